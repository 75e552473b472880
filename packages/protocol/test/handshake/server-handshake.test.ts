import {
  type HandshakeOffer,
  HeadReader,
  HeaderList,
  ServerHandshake,
  type ServerHandshakeOptions,
  UsageError,
  acceptHandshake,
  encodeResponse,
  parseRequestHead,
} from "@tautline/protocol";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type RequestChanges,
  anyText,
  readResponse,
  request,
  requestBytes,
  sampleAccept,
  sampleKey,
  text,
} from "./head-text.ts";
import { complete, verdict } from "./outcomes.ts";
import { play, playings } from "./splits.ts";
import { testPlatform } from "./test-platform.ts";

const platform = testPlatform();

interface Row {
  readonly name: string;
  readonly rfc?: string | readonly string[];
  readonly change?: RequestChanges;
  readonly options?: ServerHandshakeOptions;
  /** "accepted", or status and code of the refusal. */
  readonly answer: string;
}

const header = (name: string, value: string | readonly string[]): RequestChanges => ({
  headers: { [name]: value },
});
const startLine = (line: string): RequestChanges => ({ startLine: line });

const rows: readonly Row[] = [
  {
    name: "the RFC's sample",
    rfc: ["RFC6455-4.2.2-1", "RFC6455-4.2.1-8"],
    answer: "accepted",
  },

  // The request line
  ...["POST", "HEAD", "PUT", "OPTIONS", "CONNECT", "get"].map((method) => ({
    name: `method ${method}`,
    rfc: "RFC6455-4.2.1-2",
    change: startLine(`${method} /chat HTTP/1.1`),
    answer: "405 HANDSHAKE_METHOD",
  })),
  ...["1.0", "0.9"].map((version) => ({
    name: `HTTP/${version}`,
    rfc: "RFC6455-4.2.1-2",
    change: startLine(`GET /chat HTTP/${version}`),
    answer: "505 HANDSHAKE_HTTP_VERSION",
  })),
  ...["1.1", "1.2", "2.0"].map((version) => ({
    name: `HTTP/${version}`,
    rfc: "RFC6455-4.2.1-2",
    change: startLine(`GET /chat HTTP/${version}`),
    answer: "accepted",
  })),
  ...[
    "/",
    "/a?b=c%23",
    "http://server.example.com/chat",
    "HTTPS://server.example.com/",
    "ws://s/",
  ].map((target) => ({
    name: `target ${target}`,
    change: startLine(`GET ${target} HTTP/1.1`),
    answer: "accepted",
  })),
  ...["*", "chat", "server.example.com:80", "ftp://server.example.com/", "//x#y"].map((target) => ({
    name: `target ${target}`,
    rfc: "RFC6455-4.2.1-1",
    change: startLine(`GET ${target} HTTP/1.1`),
    answer: "400 HANDSHAKE_TARGET",
  })),
  {
    name: "target with a fragment",
    rfc: "RFC6455-3-1",
    change: startLine("GET /chat#room HTTP/1.1"),
    answer: "400 HANDSHAKE_TARGET",
  },

  // Host
  {
    name: "no Host",
    rfc: "RFC6455-4.2.1-3",
    change: header("Host", []),
    answer: "400 HANDSHAKE_HOST",
  },
  {
    name: "two Hosts",
    rfc: "RFC6455-4.2.1-1",
    change: header("Host", ["a.example", "a.example"]),
    answer: "400 HANDSHAKE_HOST",
  },
  ...[
    "",
    "a b",
    "user@a.example",
    "a.example/path",
    "a.example:port",
    "a.example:65536",
    "a.example:999999",
    "::1",
    "[::1",
    "[::1]80",
    "a.example, b.example",
    "\xe9.example",
    "http://a.example",
    "a".repeat(262),
  ].map((host) => ({
    name: `Host ${host.slice(0, 40)}`,
    rfc: "RFC6455-4.2.1-1",
    change: header("Host", host),
    answer: "400 HANDSHAKE_HOST",
  })),
  ...[
    "a",
    "A.example:80",
    "127.0.0.1:65535",
    "[::1]",
    "[::1]:8080",
    "a_b.example:",
    "%41.example",
  ].map((host) => ({ name: `Host ${host}`, change: header("Host", host), answer: "accepted" })),

  // A body
  {
    name: "a body of known length",
    rfc: "RFC6455-4.2.1-1",
    change: header("Content-Length", "5"),
    answer: "400 HANDSHAKE_BODY",
  },
  {
    name: "a body in chunks",
    rfc: "RFC6455-4.2.1-1",
    change: header("Transfer-Encoding", "chunked"),
    answer: "400 HANDSHAKE_BODY",
  },
  {
    name: "two lengths",
    rfc: "RFC6455-4.2.1-1",
    change: header("Content-Length", ["0", "5"]),
    answer: "400 HANDSHAKE_BODY",
  },
  { name: "a length of 0", change: header("Content-Length", "0"), answer: "accepted" },

  // Upgrade and Connection
  ...["websocket", "WebSocket", "WEBSOCKET", "h2c, websocket", "\tx , WebSocket ,"].map(
    (value) => ({
      name: `Upgrade ${value}`,
      rfc: "RFC6455-4.2.1-4",
      change: header("Upgrade", value),
      answer: "accepted",
    }),
  ),
  {
    name: "Upgrade in two headers",
    rfc: "RFC6455-4.2.1-4",
    change: header("Upgrade", ["h2c", "websocket"]),
    answer: "accepted",
  },
  ...[[], "", "h2c", "websockets", "web socket", "websocket/13", '"websocket"'].map((value) => ({
    name: `Upgrade ${JSON.stringify(value)}`,
    rfc: "RFC6455-4.2.1-4",
    change: header("Upgrade", value),
    answer: "426 HANDSHAKE_UPGRADE",
  })),
  ...["Upgrade", "upgrade", "UPGRADE", "keep-alive, Upgrade", "Upgrade,keep-alive"].map(
    (value) => ({
      name: `Connection ${value}`,
      rfc: "RFC6455-4.2.1-5",
      change: header("Connection", value),
      answer: "accepted",
    }),
  ),
  ...[[], "", "keep-alive", "close", "Upgraded", "keep-alive Upgrade"].map((value) => ({
    name: `Connection ${JSON.stringify(value)}`,
    rfc: "RFC6455-4.2.1-5",
    change: header("Connection", value),
    answer: "400 HANDSHAKE_CONNECTION",
  })),

  // Version and key
  ...[[], "", "0", "7", "8", "12", "14", "013", "13.0", "+13", "13, 8", "x"].map((value) => ({
    name: `version ${JSON.stringify(value)}`,
    rfc: ["RFC6455-4.2.1-7", "RFC6455-4.2.2-4", "RFC6455-4.4-1"],
    change: header("Sec-WebSocket-Version", value),
    answer: "426 HANDSHAKE_VERSION",
  })),
  {
    name: "two versions",
    rfc: "RFC6455-11.3.5-1",
    change: header("Sec-WebSocket-Version", ["13", "13"]),
    answer: "426 HANDSHAKE_VERSION",
  },
  {
    name: "no key",
    rfc: "RFC6455-4.2.1-6",
    change: header("Sec-WebSocket-Key", []),
    answer: "400 HANDSHAKE_KEY",
  },
  {
    name: "two keys",
    rfc: "RFC6455-11.3.1-1",
    change: header("Sec-WebSocket-Key", [sampleKey, sampleKey]),
    answer: "400 HANDSHAKE_KEY",
  },

  // What is negotiated: the rules themselves have tests of their own
  {
    name: "a foreign origin",
    rfc: ["RFC6455-4.2.2-3", "RFC6455-10.2-1", "RFC6455-10.2-2"],
    change: header("Origin", "http://evil.example"),
    answer: "403 HANDSHAKE_ORIGIN",
  },
  {
    name: "a malformed subprotocol",
    rfc: "RFC6455-4.2.1-1",
    change: header("Sec-WebSocket-Protocol", "ch@t"),
    answer: "400 HANDSHAKE_SUBPROTOCOL",
  },
  {
    name: "a malformed extension",
    rfc: "RFC6455-9.1-1",
    change: header("Sec-WebSocket-Extensions", "a; b="),
    answer: "400 HANDSHAKE_EXTENSIONS",
  },
  {
    name: "a browser's offer of an extension nobody knows",
    rfc: ["RFC6455-9-1", "RFC6455-4.2.2-9"],
    change: header("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits"),
    answer: "accepted",
  },

  // The number of headers
  {
    name: "more headers than allowed",
    rfc: "RFC6455-4.2.1-1",
    options: { maxHeaderCount: 4 },
    answer: "431 LIMIT_HEADER_COUNT",
  },
  { name: "as many headers as allowed", options: { maxHeaderCount: 5 }, answer: "accepted" },
];

describe.each(playings)("server handshake, bytes $name", ({ cut }) => {
  test.each(rows)("$name: $answer", ({ change = {}, options, answer }) => {
    const reader = new HeadReader(parseRequestHead);
    const { result } = play(cut(requestBytes(change)), (chunk) => reader.receive(chunk));
    const { head } = complete(result);
    expect(verdict(acceptHandshake(head, options ?? {}, platform))).toBe(answer);
  });
});

describe("the response that accepts", () => {
  test("is what the RFC shows [RFC6455-4.2.2-10, RFC6455-4.2.2-11, RFC6455-4.2.2-12, RFC6455-4.2.2-13, RFC6455-4.2.2-14]", () => {
    const { response } = acceptHandshake(
      request({ headers: { "Sec-WebSocket-Protocol": "chat, superchat" } }),
      { subprotocols: ["chat", "superchat"] },
      platform,
    );
    expect(text(encodeResponse(response))).toBe(
      [
        "HTTP/1.1 101 Switching Protocols",
        "Upgrade: websocket",
        "Connection: Upgrade",
        `Sec-WebSocket-Accept: ${sampleAccept}`,
        "Sec-WebSocket-Protocol: chat",
        "\r\n",
      ].join("\r\n"),
    );
  });

  test("is as what it is given makes bytes of text, where that is given", () => {
    const { response } = acceptHandshake(request(), {}, platform);
    const texts: string[] = [];
    const bytes = encodeResponse(response, (head) => {
      texts.push(head);
      return Buffer.from(head, "latin1");
    });
    expect(texts).toEqual([text(encodeResponse(response))]);
    expect(text(bytes)).toBe(texts[0]);
  });

  test("says nothing of subprotocols and extensions that are not agreed on [RFC6455-4.2.2-7, RFC6455-9-1]", () => {
    const result = acceptHandshake(
      request({
        headers: {
          "Sec-WebSocket-Protocol": "chat",
          "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits",
        },
      }),
      { subprotocols: ["mqtt"] },
      platform,
    );
    const head = readResponse(result.response);
    expect(result).toMatchObject({ accepted: true, subprotocol: "", extensions: [] });
    expect(head.status).toBe(101);
    expect(head.headers.has("Sec-WebSocket-Protocol")).toBe(false);
    expect(head.headers.has("Sec-WebSocket-Extensions")).toBe(false);
    expect(head.headers.size).toBe(3);
  });

  test("carries the caller's headers", () => {
    const headers = [["Set-Cookie", "a=b; Path=/"]] as const;
    const { response } = acceptHandshake(request(), { headers }, platform);
    expect(readResponse(response).headers.values("set-cookie")).toEqual(["a=b; Path=/"]);
  });
});

describe("a server's options", () => {
  const wrong: readonly { name: string; options: ServerHandshakeOptions; code: string }[] = [
    ...[["a b"], [""], ["chat", "chat"], ["é"], ["a,b"]].map((subprotocols) => ({
      name: `subprotocols ${JSON.stringify(subprotocols)}`,
      options: { subprotocols },
      code: "USAGE_HANDSHAKE_SUBPROTOCOL",
    })),
    ...[
      ["X-A", "a\r\nSet-Cookie: b"],
      ["X-A", "a\nb"],
      ["X-A", "a\rb"],
      ["X-A", "a\0b"],
      ["X-A", "\u0100"],
      ["X-A\r\nX-B", "c"],
      ["X A", "c"],
      ["", "c"],
      ["Upgrade", "h2c"],
      ["connection", "close"],
      ["CONTENT-LENGTH", "0"],
      ["Transfer-Encoding", "chunked"],
      ["Sec-WebSocket-Accept", "x"],
      ["sec-websocket-anything", "x"],
    ].map(([name = "", value = ""]) => ({
      name: `header ${JSON.stringify([name, value])}`,
      options: { headers: [[name, value]] as const },
      code: "USAGE_HANDSHAKE_HEADER",
    })),
  ];

  test.each(wrong)("$name: refused before any request", ({ options, code }) => {
    const make = () => new ServerHandshake(options, platform);
    expect(make).toThrow(UsageError);
    expect(make).toThrow(expect.objectContaining({ code }));
  });

  test("are read once: changing a list later changes nothing", () => {
    const subprotocols = ["chat"];
    const handshake = new ServerHandshake({ subprotocols }, platform);
    subprotocols[0] = "mqtt";
    const asked = request({ headers: { "Sec-WebSocket-Protocol": "chat, mqtt" } });
    expect(handshake.answer(asked)).toMatchObject({ accepted: true, subprotocol: "chat" });
  });
});

describe("an answer in two halves", () => {
  const handshake = new ServerHandshake(
    { subprotocols: ["chat"], headers: [["X-All", "1"]] },
    platform,
  );
  const asked = request({ headers: { "Sec-WebSocket-Protocol": "mqtt, chat" } });

  function offer(): HandshakeOffer {
    const examined = handshake.examine(asked);
    if (examined.accepted !== undefined) throw new Error("refused");
    return examined;
  }

  test("tells what is offered, and accepts by the options where nothing is chosen", () => {
    expect(offer().subprotocols).toEqual(["mqtt", "chat"]);
    expect(handshake.accept(offer())).toEqual(handshake.answer(asked));
  });

  test.each(["mqtt", "chat", ""])("takes the application's choice %j", (subprotocol) => {
    const { response, ...agreed } = handshake.accept(offer(), {
      subprotocol,
      headers: [["X-One", "2"]],
    });
    expect(agreed.subprotocol).toBe(subprotocol);
    expect(response.headers.slice(-2)).toEqual([
      ["X-All", "1"],
      ["X-One", "2"],
    ]);
  });

  test.each([
    [{ subprotocol: "soap" }, "USAGE_HANDSHAKE_SUBPROTOCOL_CHOICE"],
    [{ headers: [["A", "b\r\nC: d"]] as const }, "USAGE_HANDSHAKE_HEADER"],
    [{ headers: [["Upgrade", "h2c"]] as const }, "USAGE_HANDSHAKE_HEADER"],
  ])("throws for a choice that must not be sent: %j", (choices, code) => {
    expect(() => handshake.accept(offer(), choices)).toThrow(expect.objectContaining({ code }));
  });

  test("refuses in the first half what the protocol forbids", () => {
    const examined = handshake.examine(request({ headers: { Origin: "http://b.example" } }));
    expect(examined).toMatchObject({ accepted: false, response: { status: 403 } });
  });
});

test("no request makes the server throw, and every answer is well-formed HTTP [RFC6455-10.7-1]", () => {
  const plainNames = ["host", "origin", "upgrade", "connection", "content-length", "__proto__"];
  const ends = ["key", "version", "protocol", "extensions"];
  const name = fc.constantFrom(...plainNames, ...ends.map((end) => `sec-websocket-${end}`));
  const value = fc.oneof(
    fc.constantFrom("websocket", "Upgrade", "13", sampleKey, "a.example", "http://a.example", "a"),
    anyText,
    fc.stringMatching(/^[a-c",;= \\:/[\]@#]*$/),
  );
  const anyRequest = fc.record({
    method: fc.oneof(fc.constant("GET"), fc.string()),
    target: fc.oneof(fc.constant("/"), fc.string()),
    httpVersion: fc.oneof(fc.constant("1.1"), fc.string()),
    headers: fc.array(fc.tuple(name, value)),
  });
  const complete = request();
  fc.assert(
    fc.property(anyRequest, fc.boolean(), ({ headers, ...line }, completed) => {
      const base = completed ? [...complete.headers].flat() : [];
      const asked = { ...line, headers: new HeaderList([...base, ...headers.flat()]) };
      const result = acceptHandshake(asked, { subprotocols: ["a", "b"] }, platform);
      const response = readResponse(result.response);
      expect(response.status).toBe(result.response.status);
      expect(response.status === 101).toBe(result.accepted);
      const length = response.headers.combined("content-length") ?? "0";
      expect(Number(length) === response.body.length || line.method === "HEAD").toBe(true);
      expect(response.headers.tokens("connection").includes("close")).toBe(!result.accepted);
    }),
  );
});
