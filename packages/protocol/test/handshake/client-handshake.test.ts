import {
  ClientHandshake,
  type ClientHandshakeOptions,
  type ClientHandshakeResult,
  ConnectionFailed,
  HandshakeRefused,
  HeadReader,
  type HeadLimits,
  ProtocolViolation,
  UsageError,
  acceptKey,
  parseRequestHead,
} from "@tautline/protocol";
import { describe, expect, test } from "vitest";
import { headBytes, latin1, text } from "./head-text.ts";
import { complete, failed, opened } from "./outcomes.ts";
import { concat, play, playings } from "./splits.ts";
import { declineBad, testExtension } from "./test-extension.ts";
import { testPlatform } from "./test-platform.ts";

/** The key that a fresh test platform leads to. */
const key = "AAECAwQFBgcICQoLDA0ODw==";
const accept = acceptKey(key, testPlatform());

type Wish = Partial<Omit<ClientHandshakeOptions, "platform">>;

function client(wish: Wish = {}): ClientHandshake {
  return new ClientHandshake({ host: "server.example.com", platform: testPlatform(), ...wish });
}

describe("the request", () => {
  test("is what the RFC shows [RFC6455-4.1-15, RFC6455-4.1-16, RFC6455-4.1-17, RFC6455-4.1-18, RFC6455-4.1-19, RFC6455-4.1-20, RFC6455-4.1-21, RFC6455-4.1-22, RFC6455-4.1-23, RFC6455-4.1-24, RFC6455-4.1-27, RFC6455-4.1-28]", () => {
    const { request } = client({
      target: "/chat?room=1",
      subprotocols: ["chat", "superchat"],
      headers: [
        ["Origin", "http://example.com"],
        ["X-Empty", ""],
        ["X-Octets", "\xe9\t\xff"],
      ],
    });
    expect(text(request)).toBe(
      [
        "GET /chat?room=1 HTTP/1.1",
        "Host: server.example.com",
        "Upgrade: websocket",
        "Connection: Upgrade",
        `Sec-WebSocket-Key: ${key}`,
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Protocol: chat, superchat",
        "Origin: http://example.com",
        "X-Empty: ",
        "X-Octets: \xe9\t\xff",
        "\r\n",
      ].join("\r\n"),
    );
  });

  test("has key and version once, and nothing that is not wished for [RFC6455-11.3.1-1, RFC6455-11.3.5-1]", () => {
    const { head } = complete(new HeadReader(parseRequestHead).receive(client().request));
    expect(head.target).toBe("/");
    expect([...head.headers].map(([name]) => name)).toEqual([
      "Host",
      "Upgrade",
      "Connection",
      "Sec-WebSocket-Key",
      "Sec-WebSocket-Version",
    ]);
  });

  test("offers extensions in order, each with all its offers", () => {
    const deflate = testExtension({
      name: "deflate",
      offers: [
        new Map<string, string | true>([
          ["bits", "8"],
          ["quick", true],
        ]),
        new Map(),
      ],
    });
    const { request } = client({ extensions: [deflate, testExtension({ name: "b" })] });
    expect(text(request)).toContain(
      "\r\nSec-WebSocket-Extensions: deflate; bits=8; quick, deflate, b\r\n",
    );
  });

  test.each([
    { host: "a.example", secure: false, sent: "a.example" },
    { host: "a.example:80", secure: false, sent: "a.example" },
    { host: "a.example:443", secure: false, sent: "a.example:443" },
    { host: "a.example:443", secure: true, sent: "a.example" },
    { host: "a.example:80", secure: true, sent: "a.example:80" },
    { host: "A.example:8080", secure: true, sent: "a.example:8080" },
    { host: "[::1]:8080", secure: false, sent: "[::1]:8080" },
  ])("names $host with secure $secure as $sent [RFC6455-4.1-20]", ({ host, secure, sent }) => {
    expect(text(client({ host, secure }).request)).toContain(`\r\nHost: ${sent}\r\n`);
  });
});

describe("what must not be sent", () => {
  const injected = ["a\r\nX-Injected: 1", "a\nb", "a\rb", "a\0b"];
  const rows: readonly { name: string; rfc?: string; wish: Wish; code: string }[] = [
    ...["a b", "a/b", "user@a", "", "::1", "a:b", "a.example:65536", ...injected].map((host) => ({
      name: `host ${JSON.stringify(host)}`,
      rfc: "RFC6455-4.1-2",
      wish: { host },
      code: "USAGE_HANDSHAKE_HOST",
    })),
    ...["", "chat", "http://a/", "*", "/a b", "/é", ...injected.map((part) => `/${part}`)].map(
      (target) => ({
        name: `target ${JSON.stringify(target)}`,
        rfc: "RFC6455-4.1-2",
        wish: { target },
        code: "USAGE_HANDSHAKE_TARGET",
      }),
    ),
    {
      name: "target with a fragment",
      rfc: "RFC6455-3-1",
      wish: { target: "/chat#room" },
      code: "USAGE_HANDSHAKE_TARGET",
    },
    ...["", "a b", "a,b", "a;b", "a/b", '"a"', "é", "(a)", ...injected].map((subprotocol) => ({
      name: `subprotocol ${JSON.stringify(subprotocol)}`,
      rfc: "RFC6455-4.1-29",
      wish: { subprotocols: ["fine", subprotocol] },
      code: "USAGE_HANDSHAKE_SUBPROTOCOL",
    })),
    {
      name: "a subprotocol twice",
      rfc: "RFC6455-4.1-30",
      wish: { subprotocols: ["a", "b", "a"] },
      code: "USAGE_HANDSHAKE_SUBPROTOCOL",
    },
    ...[
      ...injected.map((value) => ["X-A", value]),
      ...injected.map((name) => [name, "value"]),
      ["X-A", "\u20ac"],
      ["X-A", "a\x7fb"],
      ["X A", "a"],
      ["X-A:", "a"],
      ["", "a"],
      ["Host", "evil.example"],
      ["upgrade", "h2c"],
      ["CONNECTION", "close"],
      ["Content-Length", "5"],
      ["Transfer-Encoding", "chunked"],
      ["Expect", "100-continue"],
      ["Sec-WebSocket-Key", key],
      ["sec-websocket-version", "8"],
      ["Sec-WebSocket-Extensions", "permessage-deflate"],
      ["Sec-WebSocket-Protocol", "chat"],
    ].map(([name = "", value = ""]) => ({
      name: `header ${JSON.stringify([name, value])}`,
      wish: { headers: [[name, value]] as const },
      code: "USAGE_HANDSHAKE_HEADER",
    })),
  ];

  test.each(rows)("$name", ({ wish, code }) => {
    expect(() => client(wish)).toThrow(UsageError);
    expect(() => client(wish)).toThrow(expect.objectContaining({ code }));
  });
});

interface Row {
  readonly name: string;
  readonly rfc?: string | readonly string[];
  readonly wish?: Wish;
  readonly bytes: Uint8Array;
  /** "opened subprotocol extensions" or the code of the error; behind "+" what follows the head. */
  readonly result: string;
}

const responseLines: Readonly<Record<string, string>> = {
  Upgrade: "websocket",
  Connection: "Upgrade",
  "Sec-WebSocket-Accept": accept,
};

function response(
  headers: Readonly<Record<string, string | readonly string[]>> = {},
  startLine = "HTTP/1.1 101 Switching Protocols",
): Uint8Array {
  const lines = Object.entries({ ...responseLines, ...headers }).flatMap(([name, value]) =>
    [value].flat().map((one) => `${name}: ${one}`),
  );
  return headBytes(startLine, ...lines);
}

const interim = headBytes("HTTP/1.1 103 Early Hints", "Link: </style.css>");
const twoOffers: Wish = { subprotocols: ["chat", "superchat"] };
const limits: Partial<HeadLimits> = { maxHeadBytes: 256, maxHeaderCount: 8 };

const rows: readonly Row[] = [
  {
    name: "the RFC's response",
    rfc: ["RFC6455-4.1-1", "RFC6455-4.1-32"],
    bytes: response(),
    result: "opened",
  },
  {
    name: "frames right behind the head",
    bytes: concat([response(), latin1("\x81\x02hi\r\n\r\n")]),
    result: "opened +\x81\x02hi\r\n\r\n",
  },
  {
    name: "an empty reason",
    bytes: response({}, "HTTP/1.1 101 "),
    result: "opened",
  },
  {
    name: "letters of any case, lists, white space",
    rfc: ["RFC6455-4.1-33", "RFC6455-4.1-34", "RFC6455-4.1-35"],
    bytes: response({
      Upgrade: "WebSocket",
      Connection: "keep-alive,\tUPGRADE",
      "Sec-WebSocket-Accept": ` \t${accept} \t`,
    }),
    result: "opened",
  },
  {
    name: "names and values of no interest",
    bytes: response({ __proto__x: "1", constructor: "2", Date: "today" }),
    result: "opened",
  },

  // Status
  ...[200, 204, 301, 302, 400, 401, 403, 404, 426, 429, 500, 503, 999].map((status) => ({
    name: `status ${status}`,
    rfc: "RFC6455-4.1-38",
    bytes: concat([response({}, `HTTP/1.1 ${status} Whatever`), latin1("body")]),
    result: "CONNECTION_HANDSHAKE_REFUSED +body",
  })),
  {
    name: "news before the response",
    bytes: concat([interim, interim, response(), latin1("\x8a\x00")]),
    result: "opened +\x8a\x00",
  },
  {
    name: "news without end",
    wish: { limits },
    bytes: concat(Array.from({ length: 10 }, () => interim)),
    result: "LIMIT_HEAD_BYTES",
  },
  {
    name: "HTTP/1.0",
    rfc: "RFC6455-4.1-38",
    bytes: response({}, "HTTP/1.0 101 Switching Protocols"),
    result: "HANDSHAKE_HTTP_VERSION",
  },

  // Upgrade, Connection, accept
  ...[[], "", "h2c", "websocket, h2c", "websockets", ["websocket", "websocket"]].map((value) => ({
    name: `Upgrade ${JSON.stringify(value)}`,
    rfc: "RFC6455-4.1-33",
    bytes: response({ Upgrade: value }),
    result: "HANDSHAKE_UPGRADE",
  })),
  ...[[], "", "close", "keep-alive", "upgraded", "keep-alive Upgrade"].map((value) => ({
    name: `Connection ${JSON.stringify(value)}`,
    rfc: "RFC6455-4.1-34",
    bytes: response({ Connection: value }),
    result: "HANDSHAKE_CONNECTION",
  })),
  ...[
    [],
    "",
    key,
    "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
    accept.toLowerCase(),
    accept.slice(0, -1),
    `${accept}=`,
    `"${accept}"`,
    `${accept}, ${accept}`,
  ].map((value) => ({
    name: `accept ${JSON.stringify(value)}`,
    rfc: "RFC6455-4.1-35",
    bytes: response({ "Sec-WebSocket-Accept": value }),
    result: "HANDSHAKE_ACCEPT",
  })),
  {
    name: "the right accept twice",
    rfc: "RFC6455-11.3.3-1",
    bytes: response({ "Sec-WebSocket-Accept": [accept, accept] }),
    result: "HANDSHAKE_ACCEPT",
  },

  // Subprotocol
  ...twoOffers.subprotocols!.map((subprotocol) => ({
    name: `subprotocol ${subprotocol} of two`,
    wish: twoOffers,
    bytes: response({ "Sec-WebSocket-Protocol": subprotocol }),
    result: `opened ${subprotocol}`,
  })),
  { name: "none of two subprotocols", wish: twoOffers, bytes: response(), result: "opened" },
  ...["mqtt", "Chat", "", "chat, superchat"].map((value) => ({
    name: `subprotocol ${JSON.stringify(value)} that is none of two`,
    rfc: "RFC6455-4.1-37",
    wish: twoOffers,
    bytes: response({ "Sec-WebSocket-Protocol": value }),
    result: "HANDSHAKE_SUBPROTOCOL",
  })),
  ...["chat", ""].map((value) => ({
    name: `subprotocol ${JSON.stringify(value)} though none was offered`,
    rfc: "RFC6455-4.1-37",
    bytes: response({ "Sec-WebSocket-Protocol": value }),
    result: "HANDSHAKE_SUBPROTOCOL",
  })),
  {
    name: "a subprotocol in two headers",
    rfc: "RFC6455-11.3.4-1",
    wish: twoOffers,
    bytes: response({ "Sec-WebSocket-Protocol": ["chat", "chat"] }),
    result: "HANDSHAKE_SUBPROTOCOL",
  },

  // Extensions
  {
    name: "an extension that was offered",
    rfc: "RFC6455-9.1-5",
    wish: { extensions: [testExtension({ name: "a" })] },
    bytes: response({ "Sec-WebSocket-Extensions": "a; b=1" }),
    result: "opened a(b=1)",
  },
  {
    name: "two extensions, in the server's order",
    rfc: "RFC6455-9.1-5",
    wish: { extensions: [testExtension({ name: "a" }), testExtension({ name: "b" })] },
    bytes: response({ "Sec-WebSocket-Extensions": "b, a" }),
    result: "opened b() a()",
  },
  {
    name: "no extension of those offered",
    rfc: "RFC6455-9.1-5",
    wish: { extensions: [testExtension({ name: "a" })] },
    bytes: response(),
    result: "opened",
  },
  ...["permessage-deflate", "a, a", "a; bad", "a;", "", "__proto__", "a, b"].map((value) => ({
    name: `extension ${JSON.stringify(value)} that does not fit the offer`,
    rfc: ["RFC6455-4.1-36", "RFC6455-9.1-1", "RFC6455-9.1-4"],
    wish: { extensions: [testExtension({ name: "a", judge: declineBad })] },
    bytes: response({ "Sec-WebSocket-Extensions": value }),
    result: "HANDSHAKE_EXTENSIONS",
  })),
  {
    name: "an extension though none was offered",
    rfc: "RFC6455-4.1-36",
    bytes: response({ "Sec-WebSocket-Extensions": "permessage-deflate" }),
    result: "HANDSHAKE_EXTENSIONS",
  },
  {
    name: "extensions in two headers",
    rfc: "RFC6455-11.3.2-1",
    wish: { extensions: [testExtension({ name: "a" }), testExtension({ name: "b" })] },
    bytes: response({ "Sec-WebSocket-Extensions": ["a", "b"] }),
    result: "HANDSHAKE_EXTENSIONS",
  },
  {
    name: "two extensions with one reserved bit",
    rfc: "RFC6455-4.1-38",
    wish: {
      extensions: ["a", "b"].map((name) => testExtension({ name, reservedBits: 4 })),
    },
    bytes: response({ "Sec-WebSocket-Extensions": "a, b" }),
    result: "HANDSHAKE_EXTENSIONS",
  },

  // A head that is none
  {
    name: "a mail server",
    rfc: "RFC6455-4.1-32",
    bytes: latin1("220 mail.example ESMTP\r\n\r\n"),
    result: "HANDSHAKE_HEAD",
  },
  {
    name: "frames without a head",
    rfc: "RFC6455-4.1-32",
    bytes: latin1("\x81\x05hello"),
    result: "HANDSHAKE_HEAD",
  },
  {
    name: "a response that never ends",
    wish: { limits },
    bytes: latin1(`HTTP/1.1 101 ${"x".repeat(1000)}`),
    result: "LIMIT_HEAD_BYTES",
  },
  {
    name: "a response that never ends, without limits of the caller",
    bytes: latin1(`HTTP/1.1 101 OK\r\nA: ${"x".repeat(20_000)}`),
    result: "LIMIT_HEAD_BYTES",
  },
  {
    name: "2,000 headers before the ones that matter",
    bytes: headBytes(
      "HTTP/1.1 101 Switching Protocols",
      ...Array.from({ length: 2000 }, () => "A: b"),
      ...Object.entries(responseLines).map(([name, value]) => `${name}: ${value}`),
    ),
    result: "LIMIT_HEADER_COUNT",
  },
];

function describeResult(result: ClientHandshakeResult, left: Uint8Array): string {
  if (result.state === "pending") {
    return result.state;
  }
  const rest =
    result.rest.length + left.length === 0 ? [] : [`+${text(concat([result.rest, left]))}`];
  if (result.state === "failed") {
    const failedEarly =
      result.error.code.startsWith("LIMIT") || result.error.code === "HANDSHAKE_HEAD";
    return [result.error.code, ...(failedEarly ? [] : rest)].join(" ");
  }
  const extensions = result.extensions.map(({ extension, parameters }) => {
    const pairs = [...parameters].map(([name, value]) => `${name}=${value}`);
    return `${extension.name}(${pairs.join()})`;
  });
  const subprotocol = result.subprotocol === "" ? [] : [result.subprotocol];
  return ["opened", ...subprotocol, ...extensions, ...rest].join(" ");
}

describe.each(playings)("the response, bytes $name", ({ cut }) => {
  test.each(rows)("$name", ({ wish, bytes, result: expected }) => {
    const handshake = client(wish);
    const { result, left } = play(cut(bytes), (chunk) => handshake.receive(chunk));
    expect(describeResult(result, left)).toBe(expected);
  });
});

describe("a handshake that failed", () => {
  test("carries status and headers of another response than 101", () => {
    const result = client().receive(
      headBytes("HTTP/1.1 301 Moved Permanently", "Location: /elsewhere", "Content-Length: 0"),
    );
    const { error } = failed(result);
    expect(error).toBeInstanceOf(HandshakeRefused);
    expect(error).toBeInstanceOf(ConnectionFailed);
    expect(error).toMatchObject({
      name: "HandshakeRefused",
      message: "server did not switch to WebSocket: status 301",
      status: 301,
    });
    const { headers } = error as HandshakeRefused;
    expect(headers.combined("location")).toBe("/elsewhere");
  });

  test("blames the peer for a wrong 101", () => {
    const result = client().receive(response({ "Sec-WebSocket-Accept": "x" }));
    expect(result).toMatchObject({ state: "failed", error: expect.any(ProtocolViolation) });
  });

  test("has nothing behind it when there was no whole head", () => {
    const result = client().receive(latin1("\n and more"));
    expect(result).toMatchObject({ state: "failed", rest: new Uint8Array(0) });
  });

  test("is one that the connection cut off", () => {
    const cause = new Error("reset");
    const handshake = client();
    handshake.receive(latin1("HTTP/1.1 101 Swi"));
    const result = handshake.receiveEnd(cause);
    expect(result.error).toMatchObject({ code: "CONNECTION_HANDSHAKE_CUT", cause });
    expect(client().receiveEnd().error.cause).toBeUndefined();
  });
});

describe("a handshake that has ended", () => {
  test.each([
    { name: "opened", end: (handshake: ClientHandshake) => void handshake.receive(response()) },
    { name: "failed", end: (handshake: ClientHandshake) => void handshake.receive(latin1("\n")) },
    { name: "cut off", end: (handshake: ClientHandshake) => void handshake.receiveEnd() },
  ])("takes nothing more: $name", ({ end }) => {
    const handshake = client();
    end(handshake);
    for (const late of [() => handshake.receive(response()), () => handshake.receiveEnd()]) {
      expect(late).toThrow(UsageError);
      expect(late).toThrow(expect.objectContaining({ code: "USAGE_HANDSHAKE_ENDED" }));
    }
  });

  test("shows the response's headers and hands over frames as a view", () => {
    const chunk = concat([response({ "Set-Cookie": "a=b" }), latin1("\x81\x00")]);
    const { headers, rest } = opened(client().receive(chunk));
    expect(headers.combined("set-cookie")).toBe("a=b");
    expect(rest.buffer).toBe(chunk.buffer);
  });
});
