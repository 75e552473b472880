// Captures, dumps and HAR files, made up here, as handshakes and frames; and what is said of broken ones.
import { describe, expect, it } from "vitest";

import { MalformedFile } from "../../src/inspect/finding.ts";
import type { Finding } from "../../src/inspect/finding.ts";
import { inspectBytes } from "../../src/inspect/inspect-bytes.ts";
import {
  ascii,
  fin,
  hex,
  packets,
  pcap,
  pcapng,
  request,
  response,
  syn,
} from "./capture-writer.ts";
import type { Sent } from "./capture-writer.ts";

function inspect(file: Uint8Array | string): Finding[] {
  const found: Finding[] = [];
  inspectBytes(Buffer.from(file), (finding) => found.push(finding));
  return found;
}

/** Frames in a few words: who, what, payload, problems. */
function frames(found: readonly Finding[]): unknown[] {
  return found.flatMap((one) => {
    if (one.kind !== "frame") return [];
    const { from, opcode, inflated, payload, problems } = one;
    return [[from, opcode, Buffer.from(inflated ?? payload).toString("latin1"), ...problems]];
  });
}

const notes = (found: readonly Finding[]): string[] =>
  found.flatMap((one) => (one.kind === "note" ? [one.text] : []));

/** RFC 6455 §5.7: a masked and an unmasked "Hello". */
const masked = hex("81 85 37 fa 21 3d 7f 9f 4d 51 58");
const unmasked = hex("81 05 48 65 6c 6c 6f");

const talk: readonly Sent[] = [
  { from: "client", bytes: Buffer.alloc(0), flags: syn },
  { from: "server", bytes: Buffer.alloc(0), flags: syn },
  { from: "client", bytes: request },
  { from: "server", bytes: response() },
  { from: "client", bytes: masked },
  { from: "server", bytes: unmasked },
  { from: "server", bytes: hex("88 02 03 e8"), flags: fin },
];

const spoken = [
  ["client", 1, "Hello"],
  ["server", 1, "Hello"],
  ["server", 8, "\u0003è"],
];

const extension = (more: string) =>
  response(`Sec-WebSocket-Extensions: permessage-deflate${more}\r\n`);

/** A server that begins with this head and says this. */
const say = (head: Buffer, ...bytes: readonly Buffer[]): Finding[] =>
  inspect(
    pcap(
      packets([
        { from: "client", bytes: request },
        { from: "server", bytes: head },
        ...bytes.map((one) => ({ from: "server", bytes: one }) as const),
      ]),
    ),
  );

describe("a capture", () => {
  const forms = [
    { name: "pcap, little end first", file: pcap(packets(talk)) },
    { name: "pcap, big end first", file: pcap(packets(talk), 1, false) },
    { name: "pcapng", file: pcapng(packets(talk)) },
    { name: "IPv6", file: pcap(packets(talk, { ip: 6 })) },
    { name: "a VLAN", file: pcap(packets(talk, { vlan: true })) },
    { name: "IP alone", file: pcap(packets(talk, { linkType: 101 }), 101) },
    { name: "any device of Linux", file: pcapng(packets(talk, { linkType: 113 }), 113) },
    {
      name: "numbers that wrap around",
      file: pcap(packets(talk, { firstSequence: 2 ** 32 - 40 })),
    },
    { name: "no SYN", file: pcap(packets(talk.slice(2))) },
  ];
  for (const { name, file } of forms) {
    it(`is read: ${name}`, () => {
      const found = inspect(file);
      expect(frames(found)).toEqual(spoken);
      expect(notes(found)).toEqual([]);
    });
  }

  it("gives addresses, both heads, the accept key, times and the bits of frames", () => {
    const [connection, handshake, frame] = inspect(pcap(packets(talk)));
    expect(connection).toEqual({
      kind: "connection",
      connection: 1,
      client: "10.0.0.1:50000",
      server: "10.0.0.2:8080",
    });
    expect(handshake).toMatchObject({
      request: { startLine: "GET /chat HTTP/1.1" },
      response: { startLine: "HTTP/1.1 101 Switching Protocols" },
      acceptComputed: "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
      acceptReceived: "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
      problems: [],
    });
    expect(frame).toMatchObject({
      at: 5500,
      fin: true,
      rsv: [false, false, false],
      maskKey: "37fa213d",
      payloadLength: 5,
    });
  });

  it("puts segments in order, and passes over what comes twice", () => {
    const [, , first, second, third] = packets([
      ...talk.slice(2, 4),
      { from: "server", bytes: unmasked },
      { from: "server", bytes: hex("81 01 61") },
      { from: "server", bytes: hex("81 01 62") },
    ]);
    const [ask, answer] = packets(talk.slice(2, 4));
    const all = [ask, answer, third, first, second, first].filter((one) => one !== undefined);
    expect(frames(inspect(pcap(all)))).toEqual([
      ["server", 1, "Hello"],
      ["server", 1, "a"],
      ["server", 1, "b"],
    ]);
  });

  it("says where bytes are missing, and goes on with the other side", () => {
    const all = packets([...talk.slice(2, 5), ...Array.from({ length: 3 }, () => talk[5] as Sent)]);
    const found = inspect(pcap(all.filter((_, i) => i !== 4)));
    expect(frames(found)).toEqual([
      ["client", 1, "Hello"],
      ["server", 1, "Hello"],
    ]);
    expect(notes(found)).toEqual([expect.stringMatching(/^7 bytes of the server are missing/)]);
  });

  it("does not wait for a missing segment with more than a bounded number of bytes", () => {
    const big: Sent = { from: "server", bytes: Buffer.alloc(60_000) };
    const all = packets([...talk.slice(2, 4), ...Array.from({ length: 30 }, () => big)]);
    const seen: Finding[] = [];
    inspectBytes(pcap(all.filter((_, i) => i !== 2)), (finding) => seen.push(finding));
    expect(notes(seen)).toEqual([expect.stringMatching(/^60000 bytes of the server are missing/)]);
  });

  it("inflates messages, with and without context takeover", () => {
    // RFC 7692 §7.2.3.2: "Hello" twice, the second by reference to the first.
    const [hello, again] = [hex("c1 07 f2 48 cd c9 c9 07 00"), hex("c1 05 f2 00 11 00 00")];
    const twice = [
      ["server", 1, "Hello"],
      ["server", 1, "Hello"],
    ];
    expect(frames(say(extension(""), hello, again))).toEqual(twice);
    expect(frames(say(extension("; server_no_context_takeover"), hello, hello))).toEqual(twice);
    // RFC 7692 §7.2.3.1, in two fragments.
    expect(frames(say(extension(""), hex("41 03 f2 48 cd"), hex("80 04 c9 c9 07 00")))).toEqual([
      ["server", 1, "òHÍ"],
      ["server", 0, "Hello"],
    ]);
    expect(frames(say(response(), hello))).toEqual([
      ["server", 1, "òHÍÉÉ\u0007\u0000", "RSV1 without an extension (RFC 6455 §5.2)"],
    ]);
    const broken = frames(say(extension(""), hex("c1 02 ff ff"), again));
    expect(broken.map((frame) => (frame as string[])[3])).toEqual([
      "does not inflate",
      "cannot be inflated: a message before it is missing",
    ]);
  });

  it("tells what is wrong with frames and handshakes", () => {
    const wrong = inspect(
      pcap(
        packets([
          { from: "client", bytes: Buffer.from(request.toString().replace(": 13", ": 8")) },
          { from: "server", bytes: Buffer.from(response().toString().replace("s3p", "s4p")) },
          { from: "client", bytes: unmasked },
          { from: "server", bytes: masked },
          { from: "server", bytes: hex("83 00 09 00 82 7e 00 01 61") },
        ]),
      ),
    );
    expect(wrong.find((one) => one.kind === "handshake")).toMatchObject({
      problems: [
        "Sec-WebSocket-Version is 8, not 13 (§4.1)",
        "Sec-WebSocket-Accept does not fit the key (§4.2.2)",
      ],
    });
    expect(frames(wrong)).toEqual([
      ["client", 1, "Hello", "client's frame without a mask (§5.1)"],
      ["server", 1, "Hello", "server's frame with a mask (§5.1)"],
      ["server", 3, "", "reserved opcode (RFC 6455 §5.2)"],
      ["server", 9, "", "fragmented control frame (§5.5)"],
      ["server", 2, "a", "length not in its shortest form (§5.2)"],
    ]);
  });

  it("finds the handshake behind other requests on the same connection", () => {
    const found = inspect(
      pcap(
        packets([
          { from: "client", bytes: ascii("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n") },
          { from: "server", bytes: ascii("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi") },
          ...talk.slice(2),
        ]),
      ),
    );
    expect(frames(found)).toEqual(spoken);
  });

  it("keeps a refusal, and says what the rest of the file is", () => {
    const refused = inspect(
      pcap(
        packets([
          { from: "client", bytes: request },
          { from: "server", bytes: ascii("HTTP/1.1 403 Forbidden\r\n\r\n") },
        ]),
      ),
    );
    expect(refused.find((one) => one.kind === "handshake")).toMatchObject({
      problems: ["the server refused: HTTP/1.1 403 Forbidden"],
    });
    const tls = inspect(pcap(packets([{ from: "client", bytes: hex("16 03 01 00 05 01") }])));
    expect(notes(tls)).toEqual([
      expect.stringMatching(/^1 connections are encrypted/),
      expect.stringMatching(/^1 other connections/),
    ]);
  });
});

describe("a hex dump", () => {
  const dumps = [
    { name: "plain", text: "81 05 48 65 6c 6c 6f" },
    { name: "in a row", text: "81054865\n6c6c6f" },
    { name: "as C writes it", text: "0x81, 0x05, 0x48, 0x65,\n0x6c, 0x6c, 0x6f\n" },
    { name: "of xxd", text: "00000000: 8105 4865 6c6c 6f                        ..Hello\n" },
    {
      name: "of hexdump -C",
      text: "00000000  81 05 48 65 6c 6c 6f                              |..Hello|\n00000007\n",
    },
    { name: "with remarks", text: "# head\n81 05\n\n// text\n48 65 6c 6c 6f\n" },
  ];
  for (const { name, text } of dumps) {
    it(`is read: ${name}`, () => {
      expect(frames(inspect(text))).toEqual([["server", 1, "Hello"]]);
    });
  }

  it("is the client's when it is masked or begins with a request", () => {
    expect(frames(inspect(masked.toString("hex")))).toEqual([["client", 1, "Hello"]]);
    const found = inspect(Buffer.concat([request, masked]).toString("hex"));
    expect(found[1]).toMatchObject({
      acceptComputed: "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
      problems: [],
    });
    expect(frames(found)).toEqual([["client", 1, "Hello"]]);
  });

  it("may end within a frame", () => {
    expect(notes(inspect("81 05 48"))).toEqual(["the server's last frame is not complete"]);
  });
});

const har = (entries: readonly unknown[]): string => JSON.stringify({ log: { entries } });

describe("a HAR file", () => {
  it("gives handshakes and messages", () => {
    const found = inspect(
      har([
        { request: { url: "https://a.example/" } },
        {
          request: {
            method: "GET",
            url: "ws://a.example/chat?x=1",
            headers: [{ name: "Sec-WebSocket-Key", value: "dGhlIHNhbXBsZSBub25jZQ==" }],
          },
          response: { status: 101, statusText: "Switching Protocols", headers: [] },
          _webSocketMessages: [
            { type: "send", time: 1.5, opcode: 1, data: "héllo" },
            { type: "receive", time: 2, opcode: 2, data: "AAH/" },
            "nonsense",
          ],
        },
      ]),
    );
    expect(found[1]).toMatchObject({
      request: { startLine: "GET /chat?x=1 HTTP/1.1" },
      response: { startLine: "HTTP/1.1 101 Switching Protocols" },
      acceptComputed: "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
    });
    expect(found.slice(2, 4)).toMatchObject([
      { kind: "message", from: "client", at: 1500, opcode: 1, payloadLength: 6 },
      { kind: "message", from: "server", at: 2000, opcode: 2, payload: hex("00 01 ff") },
    ]);
    expect(found).toHaveLength(5);
  });

  it("may have nothing of WebSocket", () => {
    expect(notes(inspect(har([{}, 7])))).toEqual([
      expect.stringMatching(/^no entry has WebSocket/),
    ]);
  });
});

const whole = pcapng(packets(talk));
const broken: readonly (readonly [name: string, file: Uint8Array | string, says: RegExp])[] = [
  ["nothing", "", /^it is empty$/],
  ["remarks alone", "# nothing\n", /^it has no bytes in it$/],
  [
    "bytes of another kind",
    hex("89 50 4e 47 ff fe"),
    /^it is neither pcap, pcapng, HAR nor a hex dump/,
  ],
  ["text of another kind", "81 05\nhello\n", /^line 2: 'hello' is not bytes in hexadecimal$/],
  ["half a byte", "81 5", /^line 1: '5' is not bytes/],
  ["a dump that leaves lines out", "00000000  00 00\n*\n", /^line 2 leaves lines out/],
  ["JSON that ends early", '{"log":', /^it begins like a HAR file and is not JSON/],
  ["JSON of another kind", "{}", /^it is JSON, but no HAR file/],
  ["a pcap without a whole head", hex("d4 c3 b2 a1 02 00"), /^the pcap file ends in its head$/],
  [
    "a pcap that was cut",
    pcap(packets(talk)).subarray(0, -3),
    /^the file ends within the packet at byte \d+/,
  ],
  ["a pcapng that was cut", whole.subarray(0, -3), /^the file ends within the packet at byte \d+/],
  ["a block without length", Buffer.concat([whole, Buffer.alloc(12)]), /impossible length 0$/],
  [
    "a packet of no interface",
    pcapngWithoutInterface(),
    /belongs to an interface that is not there$/,
  ],
  [
    "packets of a link that is not known",
    pcap(packets(talk), 147),
    /^packets of link type 147 are not known/,
  ],
  [
    "an HTTP head without an end",
    ascii("GET / HTTP/1.1\r\n").toString("hex"),
    /^the HTTP head does not end$/,
  ],
];

function pcapngWithoutInterface(): Buffer {
  return Buffer.concat([whole.subarray(0, 28), whole.subarray(48)]);
}

describe("a file that is malformed", () => {
  for (const [name, file, says] of broken) {
    it(`is told to be: ${name}`, () => {
      expect(() => inspect(file)).toThrow(expect.objectContaining({ name: "MalformedFile" }));
      expect(() => inspect(file)).toThrow(says);
    });
  }

  it("gives what is in front of the mistake", () => {
    const found: Finding[] = [];
    const cut = pcap(packets(talk)).subarray(0, -3);
    expect(() => inspectBytes(cut, (finding) => found.push(finding))).toThrow(/ends within/);
    expect(frames(found)).toEqual(spoken.slice(0, 2));
  });

  it("is no trouble whatever its bytes are", () => {
    const file = pcap(packets(talk));
    const surprises: unknown[] = [];
    for (let at = 24; at < file.byteLength; at++) {
      const changed = Buffer.from(file);
      changed[at] = (changed[at] ?? 0) ^ 0xff;
      try {
        inspect(changed);
      } catch (error) {
        if (!(error instanceof MalformedFile)) surprises.push(error);
      }
    }
    expect(surprises).toEqual([]);
  });
});
