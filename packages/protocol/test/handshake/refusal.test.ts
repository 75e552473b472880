import {
  HeadReader,
  type HeaderPair,
  type Refusal,
  UsageError,
  acceptHandshake,
  encodeResponse,
  parseRequestHead,
  refusalFor,
  refuseHandshake,
} from "@tautline/protocol";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import "../seed.ts";
import { anyText, headBytes, latin1, readResponse, request, text } from "./head-text.ts";
import { failedHead } from "./outcomes.ts";
import { testPlatform } from "./test-platform.ts";

const platform = testPlatform();

describe("a refusal by the handshake", () => {
  test("is a whole HTTP response with a sentence [RFC6455-4.2.1-1, RFC6455-10.7-3]", () => {
    const asked = request({ headers: { "Sec-WebSocket-Key": "short" } });
    const { response } = acceptHandshake(asked, {}, platform);
    const body = "request must have exactly one Sec-WebSocket-Key of 16 bytes in base64\n";
    expect(text(encodeResponse(response))).toBe(
      [
        "HTTP/1.1 400 Bad Request",
        "Connection: close",
        "Content-Type: text/plain; charset=utf-8",
        `Content-Length: ${body.length}`,
        "",
        body,
      ].join("\r\n"),
    );
  });

  test("tells which version is spoken [RFC6455-4.2.2-4, RFC6455-4.4-1]", () => {
    const asked = request({ headers: { "Sec-WebSocket-Version": "8" } });
    const { status, headers } = readResponse(acceptHandshake(asked, {}, platform).response);
    expect(status).toBe(426);
    expect(headers.values("Sec-WebSocket-Version")).toEqual(["13"]);
    expect(headers.tokens("Upgrade")).toEqual(["websocket"]);
    expect(headers.tokens("Connection")).toEqual(["close", "upgrade"]);
  });

  test("tells which method is allowed", () => {
    const asked = request({ startLine: "POST /chat HTTP/1.1" });
    const { status, headers } = readResponse(acceptHandshake(asked, {}, platform).response);
    expect([status, headers.combined("Allow")]).toEqual([405, "GET"]);
  });

  test("has no body for HEAD", () => {
    const asked = request({ startLine: "HEAD /chat HTTP/1.1" });
    const { status, body } = readResponse(acceptHandshake(asked, {}, platform).response);
    expect([status, body]).toEqual([405, ""]);
  });

  test("never repeats what the peer sent", () => {
    const planted = "planted-by-the-peer";
    const asked = request({ headers: { Origin: planted, "Sec-WebSocket-Protocol": planted } });
    const { response } = acceptHandshake(asked, {}, platform);
    expect(text(encodeResponse(response))).not.toContain(planted);
  });

  test.each([
    { bytes: latin1("\n"), limits: {}, status: 400 },
    { bytes: headBytes("GET / HTTP/1.1"), limits: { maxHeadBytes: 5 }, status: 431 },
    { bytes: headBytes("GET / HTTP/1.1", "A: b"), limits: { maxHeaderCount: 0 }, status: 431 },
  ])(
    "answers a head that cannot be read with $status [RFC6455-4.2.1-1]",
    ({ bytes, limits, status }) => {
      const result = new HeadReader(parseRequestHead, limits).receive(bytes);
      const { error } = failedHead(result);
      const response = readResponse(refusalFor(error));
      expect(response.status).toBe(status);
      expect(response.body).toBe(`${error.message}\n`);
      expect(error.closeCode).toBeUndefined();
    },
  );
});

describe("a refusal by the application", () => {
  test("has status, phrase and text [RFC6455-4.2.2-5]", () => {
    const { status, reason, headers, body } = readResponse(refuseHandshake({ status: 404 }));
    expect([status, reason, body]).toEqual([404, "Not Found", "Not Found\n"]);
    expect(headers.combined("connection")).toBe("close");
    expect(headers.combined("content-type")).toBe("text/plain; charset=utf-8");
  });

  test("sends its own text and headers", () => {
    const { headers, body } = readResponse(
      refuseHandshake({
        status: 401,
        text: '{"error":"who are you?"}',
        headers: [
          ["WWW-Authenticate", "Basic"],
          ["content-type", "application/json"],
        ],
      }),
    );
    expect(body).toBe('{"error":"who are you?"}\n');
    expect(headers.values("content-type")).toEqual(["application/json"]);
    expect(headers.combined("www-authenticate")).toBe("Basic");
  });

  test("may have a status without a phrase of its own", () => {
    expect(readResponse(refuseHandshake({ status: 418 })).reason).toBe("Refused");
  });

  test("counts its text in bytes of UTF-8, whatever it is", () => {
    fc.assert(
      fc.property(anyText, (sentence) => {
        const { headers, body } = readResponse(refuseHandshake({ status: 503, text: sentence }));
        const expected = Buffer.from(`${sentence}\n`, "utf8");
        expect(headers.combined("content-length")).toBe(String(expected.length));
        expect(body).toBe(new TextDecoder().decode(expected));
      }),
    );
    expect(readResponse(refuseHandshake({ status: 503, text: "满了 \ud83d" })).body).toBe(
      "满了 \ufffd\n",
    );
  });

  test.each([
    ...[101, 200, 204, 299, 304, 600, 404.5, Number.NaN].map((status) => ({
      refusal: { status } as Refusal,
      code: "USAGE_OPTION",
    })),
    ...(
      [
        ["Location", "/\r\nSet-Cookie: a=b"],
        ["Content-Length", "1"],
        ["Connection", "keep-alive"],
      ] satisfies HeaderPair[]
    ).map((pair) => ({
      refusal: { status: 302, headers: [pair] } as Refusal,
      code: "USAGE_HANDSHAKE_HEADER",
    })),
  ])("must be one: $refusal", ({ refusal, code }) => {
    expect(() => refuseHandshake(refusal)).toThrow(UsageError);
    expect(() => refuseHandshake(refusal)).toThrow(expect.objectContaining({ code }));
  });
});
