import {
  HeaderList,
  ServerHandshake,
  type ServerHandshakeOptions,
  http2Fields,
  parseHttp2Request,
} from "@tautline/protocol";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { anyText, sampleKey } from "./head-text.ts";
import { accepted, verdict } from "./outcomes.ts";
import { testExtension } from "./test-extension.ts";
import { testPlatform } from "./test-platform.ts";

/** A good request, as RFC 8441 §5.1 has it. */
const sample: Readonly<Record<string, string>> = {
  ":method": "CONNECT",
  ":protocol": "websocket",
  ":scheme": "https",
  ":path": "/chat",
  ":authority": "server.example.com",
  "sec-websocket-version": "13",
};

/** The good request with changes: a list repeats a field, an empty one leaves it out. */
function fields(changes: Readonly<Record<string, string | readonly string[]>> = {}): string[] {
  return Object.entries({ ...sample, ...changes }).flatMap(([name, value]) =>
    [value].flat().flatMap((one) => [name, one]),
  );
}

function answer(
  changes: Parameters<typeof fields>[0] = {},
  options: ServerHandshakeOptions = {},
): ReturnType<ServerHandshake["answer"]> {
  const handshake = new ServerHandshake(options, testPlatform());
  return handshake.answer(parseHttp2Request(fields(changes)));
}

interface Row {
  readonly name: string;
  readonly rfc?: string | readonly string[];
  readonly change?: Readonly<Record<string, string | readonly string[]>>;
  readonly options?: ServerHandshakeOptions;
  readonly answer: string;
}

const rows: readonly Row[] = [
  { name: "the RFC's sample", rfc: ["RFC8441-5-1", "RFC8441-5-4"], answer: "accepted" },
  { name: "a target with a query", change: { ":path": "/?a=b" }, answer: "accepted" },
  { name: "scheme http", change: { ":scheme": "http" }, answer: "accepted" },
  {
    name: "a Host that says the same",
    change: { host: "SERVER.example.com" },
    answer: "accepted",
  },
  {
    name: "a key that makes no sense",
    rfc: "RFC8441-5-5",
    change: { "sec-websocket-key": ["a", sampleKey] },
    answer: "accepted",
  },
  { name: "method GET", change: { ":method": "GET" }, answer: "400 HANDSHAKE_METHOD" },
  ...["WebSocket", "connect-udp", ""].map((protocol) => ({
    name: `protocol ${JSON.stringify(protocol)}`,
    rfc: "RFC8441-5-1",
    change: { ":protocol": protocol },
    answer: "501 HANDSHAKE_PROTOCOL",
  })),
  ...[[], ["wss"], ["HTTPS"], [""]].map((scheme) => ({
    name: `scheme ${JSON.stringify(scheme)}`,
    rfc: ["RFC8441-4-2", "RFC8441-5-2"],
    change: { ":scheme": scheme },
    answer: "400 HANDSHAKE_SCHEME",
  })),
  ...[[], ["*"], [""], ["https://server.example.com/"], ["/#a"], ["/a b"]].map((path) => ({
    name: `path ${JSON.stringify(path)}`,
    rfc: "RFC8441-4-2",
    change: { ":path": path },
    answer: "400 HANDSHAKE_TARGET",
  })),
  ...[[], [""], ["a b"], ["user@server.example.com"], ["a:99999999"]].map((authority) => ({
    name: `authority ${JSON.stringify(authority)}`,
    rfc: ["RFC8441-4-2", "RFC8441-5-4"],
    change: { ":authority": authority },
    answer: "400 HANDSHAKE_HOST",
  })),
  {
    name: "a Host that says something else",
    change: { host: "other.example.com" },
    answer: "400 HANDSHAKE_HOST",
  },
  ...["connection", "upgrade", "transfer-encoding", "keep-alive", "proxy-connection"].map(
    (name) => ({
      name: `the header ${name}`,
      rfc: "RFC8441-5-3",
      change: { [name]: "websocket" },
      answer: "400 HANDSHAKE_CONNECTION_SPECIFIC",
    }),
  ),
  { name: "a body", change: { "content-length": "5" }, answer: "400 HANDSHAKE_BODY" },
  { name: "a body of no length", change: { "content-length": "0" }, answer: "accepted" },
  ...[[], ["8"], ["13", "13"], ["13, 8"]].map((version) => ({
    name: `version ${JSON.stringify(version)}`,
    rfc: "RFC8441-5-6",
    change: { "sec-websocket-version": version },
    answer: "400 HANDSHAKE_VERSION",
  })),
  {
    name: "a page of the same host, as :authority says it",
    rfc: ["RFC8441-5-4", "RFC8441-5-6"],
    change: { ":authority": "a.example:8443", origin: "https://a.example:8443" },
    answer: "accepted",
  },
  {
    name: "a page of another host",
    rfc: "RFC8441-5-6",
    change: { origin: "https://other.example.com" },
    answer: "403 HANDSHAKE_ORIGIN",
  },
  {
    name: "a malformed list of subprotocols",
    rfc: "RFC8441-5-6",
    change: { "sec-websocket-protocol": "a, a" },
    answer: "400 HANDSHAKE_SUBPROTOCOL",
  },
  {
    name: "a malformed list of extensions",
    rfc: "RFC8441-5-6",
    change: { "sec-websocket-extensions": "a;" },
    answer: "400 HANDSHAKE_EXTENSIONS",
  },
  {
    name: "more headers than are allowed",
    change: { "x-a": ["1", "2", "3"] },
    options: { maxHeaderCount: 3 },
    answer: "431 LIMIT_HEADER_COUNT",
  },
];

describe("an extended CONNECT", () => {
  test.each(rows)("$name: $answer $rfc", ({ change, options, answer: expected }) => {
    expect(verdict(answer(change, options))).toBe(expected);
  });

  test("is accepted with 200 and what was agreed on, and nothing else [RFC8441-5-3] [RFC8441-5-5]", () => {
    const { response, ...agreed } = accepted(
      answer(
        {
          "sec-websocket-protocol": "superchat, chat",
          "sec-websocket-extensions": "x-test; level=1",
          "sec-websocket-key": sampleKey,
        },
        {
          subprotocols: ["chat"],
          extensions: [testExtension({ name: "x-test" })],
          headers: [["Set-Cookie", "a=b"]],
        },
      ),
    );
    expect(agreed.subprotocol).toBe("chat");
    expect(agreed.extensions).toHaveLength(1);
    expect(response).toMatchObject({ status: 200, body: "" });
    expect(http2Fields(response.headers).map(([name]) => name)).toEqual([
      "sec-websocket-protocol",
      "sec-websocket-extensions",
      "set-cookie",
    ]);
  });

  test("of another version is told which one is spoken [RFC8441-5-6]", () => {
    const { response } = answer({ "sec-websocket-version": "8" });
    expect(http2Fields(response.headers)).toContainEqual(["sec-websocket-version", "13"]);
  });

  test("does not make the server throw, whatever it says", () => {
    const name = fc.constantFrom(...Object.keys(sample), "host", "origin", "__proto__", ":x");
    const value = fc.oneof(fc.constantFrom(...Object.values(sample)), anyText);
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value)), fc.boolean(), (list, completed) => {
        const handshake = new ServerHandshake({}, testPlatform());
        const given = [...(completed ? fields() : []), ...list.flat()];
        const { accepted: yes, response } = handshake.answer(parseHttp2Request(given));
        expect(response.status >= 400).toBe(!yes);
      }),
    );
  });
});

describe("the fields of a head in HTTP/2", () => {
  test("are read apart: those of the start line, and headers", () => {
    const request = parseHttp2Request(fields({ cookie: ["a=1", "b=2"] }));
    expect(request).toMatchObject({
      method: "CONNECT",
      target: "/chat",
      httpVersion: "2.0",
      connect: { protocol: "websocket", scheme: "https", authority: "server.example.com" },
    });
    expect([...request.headers].map(([name]) => name)).toEqual([
      "sec-websocket-version",
      "cookie",
      "cookie",
    ]);
  });

  test("say no extended CONNECT where there is no :protocol", () => {
    const request = parseHttp2Request([":method", "CONNECT", ":authority", "a.example:443"]);
    expect([request.method, request.target, request.connect]).toEqual(["CONNECT", "", undefined]);
  });

  test("are written in small letters, without those of HTTP/1.1", () => {
    const headers = [
      ["Connection", "close"],
      ["Upgrade", "websocket"],
      ["Keep-Alive", "timeout=5"],
      ["Transfer-Encoding", "chunked"],
      ["X-Two", "Words"],
    ] as const;
    expect(http2Fields(headers)).toEqual([["x-two", "Words"]]);
    expect(http2Fields([...new HeaderList(["A", "b"])])).toEqual([["a", "b"]]);
  });
});
