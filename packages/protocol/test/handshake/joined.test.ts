/**
 * Both roles of the handshake, back to back: what one writes the other reads, whole and in pieces.
 */
import {
  ClientHandshake,
  type ClientHandshakeOptions,
  HeadReader,
  type HeaderPair,
  type ServerHandshakeOptions,
  acceptHandshake,
  encodeResponse,
  parseRequestHead,
  refuseHandshake,
} from "@tautline/protocol";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { complete, opened } from "./outcomes.ts";
import { concat, play, playings } from "./splits.ts";
import { testExtension } from "./test-extension.ts";
import { testPlatform } from "./test-platform.ts";

type Cut = (bytes: Uint8Array) => Uint8Array[];
const whole: Cut = (bytes) => [bytes];

function join(
  wish: Omit<ClientHandshakeOptions, "platform">,
  offer: ServerHandshakeOptions,
  cut: Cut = whole,
) {
  const client = new ClientHandshake({ ...wish, platform: testPlatform() });
  const reader = new HeadReader(parseRequestHead);
  const request = play(cut(client.request), (chunk) => reader.receive(chunk)).result;
  const { head } = complete(request);
  const answer = acceptHandshake(head, offer, testPlatform());
  const firstFrame = Uint8Array.of(0x81, 0x00);
  const bytes = concat([encodeResponse(answer.response), firstFrame]);
  const { result, left } = play(cut(bytes), (chunk) => client.receive(chunk));
  return { request: head, answer, result, left };
}

describe.each(playings)("client and server, bytes $name", ({ cut }) => {
  test("agree [RFC6455-4.1-1, RFC6455-4.2.2-1, RFC6455-4.2.2-10]", () => {
    const { answer, result, left } = join(
      {
        host: "localhost:8080",
        target: "/chat?room=1",
        subprotocols: ["chat", "superchat"],
        extensions: [testExtension({ name: "a" }), testExtension({ name: "b" })],
        headers: [["Origin", "http://localhost:8080"]],
      },
      {
        subprotocols: ["superchat"],
        extensions: [testExtension({ name: "b" })],
        headers: [["X-Server", "1"]],
      },
      cut,
    );
    expect(answer).toMatchObject({ accepted: true, subprotocol: "superchat" });
    const { subprotocol, extensions, headers, rest } = opened(result);
    expect(subprotocol).toBe("superchat");
    expect(extensions.map(({ extension }) => extension.name)).toEqual(["b"]);
    expect(headers.combined("X-Server")).toBe("1");
    expect(concat([rest, left])).toEqual(Uint8Array.of(0x81, 0x00));
  });

  test("the server refuses and the client knows why", () => {
    const { result } = join(
      { host: "localhost", headers: [["Origin", "http://evil.example"]] },
      {},
      cut,
    );
    expect(result).toMatchObject({
      state: "failed",
      error: { code: "CONNECTION_HANDSHAKE_REFUSED", status: 403 },
    });
  });

  test("the application refuses and the client knows where to go", () => {
    const client = new ClientHandshake({ host: "a", platform: testPlatform() });
    const headers: HeaderPair[] = [["Location", "/login"]];
    const bytes = encodeResponse(refuseHandshake({ status: 302, headers }));
    const { result } = play(cut(bytes), (chunk) => client.receive(chunk));
    expect(result).toMatchObject({ state: "failed", error: { status: 302 } });
  });
});

function toExtensions(names: readonly string[]) {
  return names.map((name) => testExtension({ name }));
}

test("whatever a client may send, a server accepts, and both agree on the same", () => {
  const token = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}$/);
  const names = fc.uniqueArray(token, { maxLength: 5 });
  const value = fc.string({
    unit: fc
      .integer({ min: 0x20, max: 0xff })
      .filter((code) => code !== 0x7f)
      .map((code) => String.fromCharCode(code)),
  });
  fc.assert(
    fc.property(
      fc.record({
        target: fc.stringMatching(/^\/[!"$-~]{0,40}$/),
        offered: names,
        supported: names,
        extensionsOffered: names,
        extensionsSupported: names,
        value,
      }),
      (sample) => {
        const { request, answer, result } = join(
          {
            host: "localhost",
            target: sample.target,
            subprotocols: sample.offered,
            extensions: toExtensions(sample.extensionsOffered),
            headers: [["X-Value", sample.value]],
          },
          {
            subprotocols: sample.supported,
            extensions: toExtensions(sample.extensionsSupported),
          },
        );
        const common = sample.supported.find((name) => sample.offered.includes(name)) ?? "";
        expect(request.target).toBe(sample.target);
        expect(request.headers.combined("x-value")).toBe(sample.value.replace(/^[ ]+|[ ]+$/g, ""));
        expect(answer).toMatchObject({ accepted: true, subprotocol: common });
        const { subprotocol, extensions } = opened(result);
        expect(subprotocol).toBe(common);
        expect(extensions.map(({ extension }) => extension.name)).toEqual(
          sample.extensionsOffered.filter((name) => sample.extensionsSupported.includes(name)),
        );
      },
    ),
  );
});
