import {
  type HeadLimits,
  HeadReader,
  UsageError,
  parseRequestHead,
  parseResponseHead,
} from "@tautline/protocol";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { headBytes, latin1, text } from "./head-text.ts";
import { complete } from "./outcomes.ts";
import { concat, play, playings } from "./splits.ts";

interface Row {
  readonly name: string;
  readonly rfc?: string;
  readonly bytes: Uint8Array;
  readonly limits?: Partial<HeadLimits>;
  /** What is read, as text: start line's parts, headers, rest; or the code of the failure. */
  readonly read: string;
}

const requests: readonly Row[] = [
  {
    name: "a request and the bytes behind it",
    rfc: "RFC6455-4.2.1-2",
    bytes: latin1("GET /chat?a=b HTTP/1.1\r\nHost: a.example\r\nX:\t y z \t\r\n\r\n\x81\x80\r\n"),
    read: "GET|/chat?a=b|1.1|Host=a.example|X=y z|+\x81\x80\r\n",
  },
  { name: "no header at all", bytes: headBytes("GET / HTTP/1.0"), read: "GET|/|1.0|+" },
  {
    name: "an empty value, a colon in a value, octets above ASCII",
    bytes: headBytes("GET / HTTP/1.1", "A:", "B: c:d", "C: \xe9\xff"),
    read: "GET|/|1.1|A=|B=c:d|C=\xe9\xff|+",
  },
  {
    name: "a later version",
    rfc: "RFC6455-4.2.1-2",
    bytes: headBytes("GET / HTTP/2.0"),
    read: "GET|/|2.0|+",
  },
  {
    name: "a name that JavaScript gives a meaning to",
    bytes: headBytes("GET / HTTP/1.1", "__proto__: x", "constructor: y"),
    read: "GET|/|1.1|__proto__=x|constructor=y|+",
  },
  ...[
    ["a bare line feed", latin1("GET / HTTP/1.1\nHost: a\n\n")],
    ["a bare line feed at the end", latin1("GET / HTTP/1.1\r\nHost: a\r\n\n")],
    ["a bare carriage return", latin1("GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n")],
    ["two carriage returns", latin1("GET / HTTP/1.1\r\r\n\r\n")],
    ["an empty line before the start line", latin1("\r\nGET / HTTP/1.1\r\n\r\n")],
    ["a folded header", headBytes("GET / HTTP/1.1", "A: b", " c: d")],
    ["a header folded with a tab", headBytes("GET / HTTP/1.1", "A: b", "\tc")],
    ["white space before the start line", headBytes(" GET / HTTP/1.1")],
    ["white space before the colon", headBytes("GET / HTTP/1.1", "Host : a")],
    ["a name that is no token", headBytes("GET / HTTP/1.1", "Ho(st: a")],
    ["a name outside ASCII", headBytes("GET / HTTP/1.1", "H\xf6st: a")],
    ["an empty name", headBytes("GET / HTTP/1.1", ": a")],
    ["a line without colon", headBytes("GET / HTTP/1.1", "Host")],
    ["NUL in a value", headBytes("GET / HTTP/1.1", "A: b\0c")],
    ["DEL in a value", headBytes("GET / HTTP/1.1", "A: b\x7fc")],
    ["ESC in the target", headBytes("GET /\x1b[31m HTTP/1.1")],
    ["two spaces", headBytes("GET  / HTTP/1.1")],
    ["a tab for a space", headBytes("GET\t/\tHTTP/1.1")],
    ["a space behind the version", headBytes("GET / HTTP/1.1 ")],
    ["a space in the target", headBytes("GET /a b HTTP/1.1")],
    ["a target outside ASCII", headBytes("GET /\xe9 HTTP/1.1")],
    ["no target", headBytes("GET HTTP/1.1")],
    ["no version", headBytes("GET /")],
    ["a version in small letters", headBytes("GET / http/1.1")],
    ["a version of three numbers", headBytes("GET / HTTP/1.1.1")],
    ["a version of two digits", headBytes("GET / HTTP/1.10")],
    ["a method that is no token", headBytes("G@T / HTTP/1.1")],
    ["a status line", headBytes("HTTP/1.1 101 Switching Protocols")],
    ["a TLS handshake", latin1("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")],
  ].map(([name, bytes]) => ({
    name: name as string,
    rfc: "RFC6455-4.2.1-1",
    bytes: bytes as Uint8Array,
    read: "HANDSHAKE_HEAD",
  })),
  {
    name: "a head of exactly as many bytes as allowed",
    limits: { maxHeadBytes: 26 },
    bytes: concat([headBytes("GET / HTTP/1.1", "A: bcd"), latin1("rest")]),
    read: "GET|/|1.1|A=bcd|+rest",
  },
  {
    name: "a head of one byte more than allowed",
    limits: { maxHeadBytes: 25 },
    bytes: headBytes("GET / HTTP/1.1", "A: bcd"),
    read: "LIMIT_HEAD_BYTES",
  },
  {
    name: "as many headers as allowed",
    limits: { maxHeaderCount: 2 },
    bytes: headBytes("GET / HTTP/1.1", "A: 1", "B: 2"),
    read: "GET|/|1.1|A=1|B=2|+",
  },
  {
    name: "one header more than allowed",
    limits: { maxHeaderCount: 2 },
    bytes: headBytes("GET / HTTP/1.1", "A: 1", "B: 2", "C: 3"),
    read: "LIMIT_HEADER_COUNT",
  },
  {
    name: "2,000 headers",
    bytes: headBytes("GET / HTTP/1.1", ...Array.from({ length: 2000 }, () => "A: 1")),
    read: "LIMIT_HEADER_COUNT",
  },
  {
    name: "one header of 64 KiB",
    bytes: headBytes("GET / HTTP/1.1", `A: ${"b".repeat(65_536)}`),
    read: "LIMIT_HEAD_BYTES",
  },
];

const responses: readonly Row[] = [
  {
    name: "a response and the bytes behind it",
    bytes: latin1("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x81\x00"),
    read: "101|Switching Protocols|1.1|Upgrade=websocket|+\x81\x00",
  },
  { name: "an empty reason", bytes: headBytes("HTTP/1.1 200 "), read: "200||1.1|+" },
  { name: "no reason", bytes: headBytes("HTTP/1.0 404"), read: "404||1.0|+" },
  ...[
    ["no status", headBytes("HTTP/1.1 ")],
    ["a status of two digits", headBytes("HTTP/1.1 20 OK")],
    ["a status of four digits", headBytes("HTTP/1.1 2000 OK")],
    ["a status that begins with 0", headBytes("HTTP/1.1 099 What")],
    ["two spaces", headBytes("HTTP/1.1  101 Switching Protocols")],
    ["another protocol", headBytes("ICY 200 OK")],
    ["a request line", headBytes("GET / HTTP/1.1")],
    ["a header without name", headBytes("HTTP/1.1 101 Switching Protocols", ": a")],
  ].map(([name, bytes]) => ({
    name: name as string,
    rfc: "RFC6455-4.1-32",
    bytes: bytes as Uint8Array,
    read: "HANDSHAKE_HEAD",
  })),
];

function readRequest({ bytes, limits }: Row, cut: (bytes: Uint8Array) => Uint8Array[]): string {
  const reader = new HeadReader(parseRequestHead, limits);
  const { result, left } = play(cut(bytes), (chunk) => reader.receive(chunk));
  if (result.state === "pending") {
    return result.state;
  }
  if (result.state === "failed") {
    return result.error.code;
  }
  const { method, target, httpVersion, headers } = result.head;
  const pairs = [...headers].map(([name, value]) => `${name}=${value}`);
  const rest = text(result.rest) + text(left);
  return [method, target, httpVersion, ...pairs, `+${rest}`].join("|");
}

function readResponse({ bytes, limits }: Row, cut: (bytes: Uint8Array) => Uint8Array[]): string {
  const reader = new HeadReader(parseResponseHead, limits);
  const { result, left } = play(cut(bytes), (chunk) => reader.receive(chunk));
  if (result.state === "pending") {
    return result.state;
  }
  if (result.state === "failed") {
    return result.error.code;
  }
  const { status, reason, httpVersion, headers } = result.head;
  const pairs = [...headers].map(([name, value]) => `${name}=${value}`);
  const rest = text(result.rest) + text(left);
  return [status, reason, httpVersion, ...pairs, `+${rest}`].join("|");
}

describe.each(playings)("HeadReader, bytes $name", ({ cut }) => {
  test.each(requests)("request: $name", (row) => {
    expect(readRequest(row, cut)).toBe(row.read);
  });

  test.each(responses)("response: $name", (row) => {
    expect(readResponse(row, cut)).toBe(row.read);
  });
});

describe("HeadReader", () => {
  test("is pending until the last byte of the head has come", () => {
    const bytes = headBytes("GET / HTTP/1.1", "Host: a");
    const reader = new HeadReader(parseRequestHead);
    expect(reader.receive(bytes.subarray(0, -1))).toEqual({ state: "pending" });
    expect(reader.receive(new Uint8Array(0))).toEqual({ state: "pending" });
    expect(reader.byteLength).toBe(bytes.length - 1);
    expect(reader.receive(bytes.subarray(-1)).state).toBe("complete");
    expect(reader.byteLength).toBe(bytes.length);
  });

  test("takes nothing after it has ended", () => {
    const ends = [headBytes("GET / HTTP/1.1"), latin1("\n")].map((bytes) => {
      const reader = new HeadReader(parseRequestHead);
      reader.receive(bytes);
      return () => reader.receive(bytes);
    });
    for (const receive of ends) {
      expect(receive).toThrow(UsageError);
      expect(receive).toThrow(expect.objectContaining({ code: "USAGE_HANDSHAKE_ENDED" }));
    }
  });

  test("has what it is given turn the head into text, and nothing behind it", () => {
    const decoded: string[] = [];
    const reader = new HeadReader(parseRequestHead, {}, (bytes, byteLength) => {
      decoded.push(text(bytes.subarray(0, byteLength)));
      return text(bytes.subarray(0, byteLength));
    });
    const bytes = concat([headBytes("GET / HTTP/1.1", "A: \xe9"), latin1("frames")]);
    reader.receive(bytes.subarray(0, 10));
    const { head } = complete(reader.receive(bytes.subarray(10)));
    expect(decoded).toEqual(["GET / HTTP", "/1.1\r\nA: \xe9\r\n\r\n"]);
    expect(head.headers.values("a")).toEqual(["\xe9"]);
  });

  test("hands over the bytes behind the head as a view of the chunk", () => {
    const chunk = concat([headBytes("GET / HTTP/1.1"), latin1("frames")]);
    const { rest } = complete(new HeadReader(parseRequestHead).receive(chunk));
    expect(rest.buffer).toBe(chunk.buffer);
    expect(text(rest)).toBe("frames");
  });

  test("reads any bytes to an end or to none, the same however they are cut", () => {
    const piece = fc.constantFrom(
      "GET / HTTP/1.1",
      "\r\n",
      "\r",
      "\n",
      "A: b",
      " ",
      ":",
      "\0",
      "é",
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof(piece, fc.string({ maxLength: 4 }))),
        fc.array(fc.nat({ max: 9 })),
        (pieces, lengths) => {
          const row = { name: "", read: "", bytes: latin1(pieces.join("")), limits: {} };
          if (row.bytes.length === 0) {
            return;
          }
          const cut = (bytes: Uint8Array) => {
            const chunks: Uint8Array[] = [];
            let start = 0;
            for (const length of lengths) {
              chunks.push(bytes.slice(start, start + length));
              start += length;
            }
            return [...chunks, bytes.slice(start)];
          };
          expect(readRequest(row, cut)).toBe(readRequest(row, (bytes) => [bytes]));
          expect(readResponse(row, cut)).toBe(readResponse(row, (bytes) => [bytes]));
        },
      ),
    );
  });
});
