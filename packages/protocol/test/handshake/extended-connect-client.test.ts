import {
  ClientConnect,
  type ClientConnectOptions,
  HeaderList,
  ServerHandshake,
  parseHttp2Request,
} from "@tautline/protocol";
import { describe, expect, test } from "vitest";
import { sampleAccept } from "./head-text.ts";
import { accepted } from "./outcomes.ts";
import { testExtension } from "./test-extension.ts";
import { testPlatform } from "./test-platform.ts";

const host = "server.example.com";

/** The answer's status, its fields, and what becomes of it. */
interface Row {
  readonly name: string;
  readonly rfc?: string | readonly string[];
  readonly status?: number;
  readonly fields?: readonly string[];
  readonly outcome: string;
}

const options: ClientConnectOptions = {
  host,
  subprotocols: ["chat", "mqtt"],
  extensions: [testExtension({ name: "x-test" })],
  maxHeaderCount: 4,
};

const rows: readonly Row[] = [
  { name: "nothing agreed on", outcome: "opened" },
  {
    name: "a subprotocol that was offered",
    rfc: "RFC8441-5-6",
    fields: ["sec-websocket-protocol", "mqtt"],
    outcome: "opened mqtt",
  },
  {
    name: "an accept value, wrong as it is",
    rfc: "RFC8441-5-5",
    fields: ["sec-websocket-accept", sampleAccept],
    outcome: "opened",
  },
  ...[101, 201, 204, 301, 401, 404, 501].map((status) => ({
    name: `status ${status}`,
    status,
    outcome: `CONNECTION_HANDSHAKE_REFUSED ${status}`,
  })),
  {
    name: "a subprotocol that was not",
    rfc: "RFC8441-5-6",
    fields: ["sec-websocket-protocol", "soap"],
    outcome: "HANDSHAKE_SUBPROTOCOL",
  },
  {
    name: "an extension that was not",
    rfc: "RFC8441-5-6",
    fields: ["sec-websocket-extensions", "permessage-bzip2"],
    outcome: "HANDSHAKE_EXTENSIONS",
  },
  {
    name: "more headers than are taken",
    fields: ["a", "1", "b", "2", "c", "3", "d", "4", "e", "5"],
    outcome: "LIMIT_HEADER_COUNT",
  },
];

function outcomeOf({ status = 200, fields = [] }: Row): string {
  const result = new ClientConnect(options).receive(status, new HeaderList(fields));
  if (result.state === "opened") return `opened ${result.subprotocol}`.trim();
  const { error } = result;
  return "status" in error ? `${error.code} ${String(error.status)}` : error.code;
}

describe("a client in HTTP/2", () => {
  test.each(rows)("answered with $name: $outcome $rfc", (row) => {
    expect(outcomeOf(row)).toBe(row.outcome);
  });

  test("asks for https where the URI is wss [RFC8441-4-1] [RFC8441-5-1] [RFC8441-5-2] [RFC8441-5-4]", () => {
    const { fields } = new ClientConnect({
      host: `${host}:443`,
      secure: true,
      target: "/chat?a=b",
      subprotocols: ["chat", "mqtt"],
      extensions: [testExtension({ name: "x-test" })],
      headers: [["Cookie", "a=b"]],
    });
    expect(fields.map((pair) => pair.join(" = "))).toEqual([
      ":method = CONNECT",
      ":protocol = websocket",
      ":scheme = https",
      ":authority = server.example.com",
      ":path = /chat?a=b",
      "sec-websocket-version = 13",
      "sec-websocket-protocol = chat, mqtt",
      expect.stringMatching(/^sec-websocket-extensions = x-test/),
      "cookie = a=b",
    ]);
  });

  test("asks for http where it is ws, and says no more than it must [RFC8441-5-2] [RFC8441-5-3] [RFC8441-5-5]", () => {
    const { fields } = new ClientConnect({ host: `${host}:8080` });
    expect(fields).toEqual([
      [":method", "CONNECT"],
      [":protocol", "websocket"],
      [":scheme", "http"],
      [":authority", `${host}:8080`],
      [":path", "/"],
      ["sec-websocket-version", "13"],
    ]);
  });

  test.each<[Partial<ClientConnectOptions>, string]>([
    [{ host: "a b" }, "USAGE_HANDSHAKE_HOST"],
    [{ target: "chat" }, "USAGE_HANDSHAKE_TARGET"],
    [{ target: "/a\r\nb" }, "USAGE_HANDSHAKE_TARGET"],
    [{ subprotocols: ["a", "a"] }, "USAGE_HANDSHAKE_SUBPROTOCOL"],
    [{ headers: [["Upgrade", "h2c"]] }, "USAGE_HANDSHAKE_HEADER"],
    [{ headers: [[":path", "/b"]] }, "USAGE_HANDSHAKE_HEADER"],
  ])("sends nothing that must not be sent: %j", (change, code) => {
    expect(() => new ClientConnect({ host, ...change })).toThrow(expect.objectContaining({ code }));
  });

  test("agrees with the server's half [RFC8441-5-6]", () => {
    const client = new ClientConnect({ host, subprotocols: ["chat"] });
    const server = new ServerHandshake({ subprotocols: ["chat"] }, testPlatform());
    const { response } = accepted(server.answer(parseHttp2Request(client.fields.flat())));
    const result = client.receive(response.status, new HeaderList(response.headers.flat()));
    expect(result).toMatchObject({ state: "opened", subprotocol: "chat" });
  });
});
