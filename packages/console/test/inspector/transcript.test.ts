// What the inspector's page makes of frames: messages from fragments, pings with their pongs, and no more than there is room for.
import { describe, expect, it } from "vitest";

import type { FrameEntry, JoinedMessage } from "../../page/pages/inspector/entries.ts";
import { toBase64, utf8Text } from "../../page/pages/inspector/payload-bytes.ts";
import type { FrameEvent } from "../../page/pages/inspector/seen-events.ts";
import { Transcript } from "../../page/pages/inspector/transcript.ts";

function frame(given: Partial<FrameEvent> & { readonly text?: string }): FrameEvent {
  const { text = "", ...rest } = given;
  const bytes = new TextEncoder().encode(text);
  return {
    kind: "frame",
    from: "client",
    at: 1_000,
    header: "8100",
    fin: true,
    rsv: [false, false, false],
    opcode: 1,
    payloadLength: bytes.length,
    payload: toBase64(bytes),
    problems: [],
    ...rest,
  };
}

function seen(...events: readonly FrameEvent[]): readonly FrameEntry[] {
  const transcript = new Transcript();
  transcript.begin({ url: "ws://localhost/", watched: undefined });
  for (const event of events) transcript.add(event);
  return framesOf(transcript);
}

const framesOf = (transcript: Transcript): readonly FrameEntry[] =>
  transcript.talk.entries.filter((entry) => entry.kind === "frame");

const textOf = (message: JoinedMessage | undefined): string | undefined =>
  message && utf8Text(message.bytes);

it("dials no more when the order to dial was wrong, and goes on with what is open", () => {
  const transcript = new Transcript();
  transcript.begin({ url: "ftp://localhost/", watched: undefined });
  expect(transcript.talk.phase).toBe("dialing");
  transcript.withdraw();
  expect(transcript.talk.phase).toBe("idle");
  const response = { startLine: "HTTP/1.1 101 Switching Protocols", headers: [] };
  transcript.begin({ url: "ws://localhost/", watched: undefined });
  transcript.add({
    kind: "handshake",
    request: { startLine: "GET / HTTP/1.1", headers: [] },
    response,
    acceptComputed: "",
    acceptReceived: "",
    problems: [],
  });
  transcript.withdraw();
  expect(transcript.talk.phase).toBe("open");
});

describe("messages", () => {
  it("are joined from fragments, a ping between them left out", () => {
    const [first, ping, last] = seen(
      frame({ fin: false, text: "Hel" }),
      frame({ opcode: 9, text: "?" }),
      frame({ opcode: 0, text: "lo" }),
    );
    expect(first?.message).toBeUndefined();
    expect(ping?.message).toBeUndefined();
    expect(textOf(last?.message)).toBe("Hello");
    expect(last?.message).toMatchObject({ frames: [1, 3], opcode: 1, byteLength: 5, isCut: false });
    expect(last?.messageOpcode).toBe(1);
  });

  it("of one direction have nothing to do with those of the other", () => {
    const [, server, client] = seen(
      frame({ fin: false, text: "a" }),
      frame({ from: "server", text: "whole" }),
      frame({ opcode: 0, text: "b" }),
    );
    expect([textOf(server?.message), textOf(client?.message)]).toEqual(["whole", "ab"]);
  });

  it("that are compressed show what they inflate to", () => {
    const inflated = toBase64(new TextEncoder().encode("taut taut taut"));
    const [entry] = seen(
      frame({ rsv: [true, false, false], text: "xyz", inflated, inflatedLength: 14 }),
    );
    expect(textOf(entry?.message)).toBe("taut taut taut");
    expect(entry?.message).toMatchObject({ isCompressed: true, byteLength: 3, inflatedLength: 14 });
  });

  it("of which only a part was kept say so", () => {
    const [entry] = seen(frame({ text: "abc", payloadLength: 70_000 }));
    expect(entry?.message).toMatchObject({ byteLength: 70_000, isCut: true });
  });

  it("that continue nothing are shown as what they are", () => {
    const [entry] = seen(frame({ opcode: 0, text: "of what" }));
    expect(entry?.message).toMatchObject({ opcode: 0, frames: [1] });
  });
});

describe("pings", () => {
  it("are paired with the pong of the other side that has their payload", () => {
    const [one, two, pong] = seen(
      frame({ opcode: 9, at: 10, text: "one" }),
      frame({ opcode: 9, at: 20, text: "two" }),
      frame({ opcode: 10, at: 27.5, from: "server", text: "two" }),
    );
    expect(one?.partner).toBeUndefined();
    expect(two).toMatchObject({ partner: 3, roundTripMs: 7.5 });
    expect(pong).toMatchObject({ partner: 2, roundTripMs: 7.5 });
  });

  it("are not paired with a pong of the same side, nor twice", () => {
    const [, own, first, second] = seen(
      frame({ opcode: 9, text: "x" }),
      frame({ opcode: 10, text: "x" }),
      frame({ opcode: 10, from: "server", text: "x" }),
      frame({ opcode: 10, from: "server", text: "x" }),
    );
    expect([own?.partner, first?.partner, second?.partner]).toEqual([undefined, 1, undefined]);
  });
});

describe("the connection", () => {
  it("opens with the handshake, closes with Close, and ends", () => {
    const transcript = new Transcript();
    const phases: string[] = [];
    const note = (): void => void phases.push(transcript.talk.phase);
    note();
    transcript.begin({ url: "ws://localhost/", watched: undefined });
    note();
    const head = { startLine: "GET / HTTP/1.1", headers: [] };
    transcript.add({ kind: "request", at: 1, head });
    const response = { startLine: "HTTP/1.1 101 Switching Protocols", headers: [] };
    transcript.add({ kind: "handshake", request: head, response, problems: [] });
    note();
    transcript.add(frame({ opcode: 8 }));
    note();
    transcript.add({ kind: "end", at: 2, reason: "ended" });
    note();
    expect(phases).toEqual(["idle", "dialing", "open", "closing", "ended"]);
    expect(transcript.talk.entries.map(({ kind }) => kind)).toEqual(["handshake", "frame", "end"]);
  });

  it("is not open when the server refuses", () => {
    const transcript = new Transcript();
    transcript.begin({ url: "ws://localhost/", watched: undefined });
    const response = { startLine: "HTTP/1.1 403 Forbidden", headers: [] };
    transcript.add({ kind: "handshake", response, problems: ["the server refused"] });
    transcript.add({ kind: "body", text: "no" });
    expect(transcript.talk.phase).toBe("dialing");
    expect(transcript.talk.entries).toMatchObject([{ kind: "handshake", body: "no" }]);
  });
});

describe("room", () => {
  it("is made by letting go of the oldest frames, and never of the handshake", () => {
    const transcript = new Transcript({ entries: 3, bytes: 1_000, messageBytes: 100 });
    const head = { startLine: "GET / HTTP/1.1", headers: [] };
    transcript.add({ kind: "request", at: 1, head });
    for (const text of ["a", "b", "c", "d"]) transcript.add(frame({ text }));
    const { entries, forgotten } = transcript.talk;
    expect(entries.map(({ id }) => id)).toEqual([1, 4, 5]);
    expect(forgotten).toBe(2);
  });

  it("is counted in bytes too", () => {
    const transcript = new Transcript({ entries: 100, bytes: 40, messageBytes: 100 });
    for (const text of ["0123456789", "abcdefghij", "ABCDEFGHIJ"]) transcript.add(frame({ text }));
    expect(framesOf(transcript).map(({ message }) => textOf(message))).toEqual([
      "abcdefghij",
      "ABCDEFGHIJ",
    ]);
  });

  it("is there again when the list was cleared", () => {
    const transcript = new Transcript();
    transcript.add(frame({ fin: false, text: "Hel" }));
    transcript.clear();
    transcript.add(frame({ opcode: 0, text: "lo" }));
    expect(transcript.talk.entries).toHaveLength(1);
    expect(textOf(framesOf(transcript)[0]?.message)).toBe("Hello");
  });
});
