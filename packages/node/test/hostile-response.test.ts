/**
 * What a hostile or broken server may answer to a handshake, over real sockets, and what a caller must not be able to
 * make a client send.
 */
import type { ConnectOptions } from "@tautline/node";
import { connect, nodePlatform } from "@tautline/node";
import { acceptKey } from "@tautline/protocol";
import { describe, expect, it } from "vitest";
import { letThingsHappen, tcpServer } from "./servers.ts";

/** A server that answers every request with `lines`, in which `ACCEPT` stands for the right value. */
function answering(...lines: readonly string[]): Promise<number> {
  return tcpServer((socket) => {
    socket.once("data", (request: Buffer) => {
      const key = /Sec-WebSocket-Key: (.*)\r\n/.exec(request.toString())![1]!;
      const text = [...lines, "", ""].join("\r\n");
      socket.write(text.replaceAll("ACCEPT", acceptKey(key, nodePlatform)));
    });
  });
}

const failure = (port: number, options?: ConnectOptions): Promise<unknown> =>
  connect(`ws://127.0.0.1:${port}/`, options).then(
    () => expect.unreachable("it connected"),
    (error: unknown) => error,
  );

const switching = [
  "HTTP/1.1 101 Switching Protocols",
  "Upgrade: websocket",
  "Connection: Upgrade",
] as const;
const accept = "Sec-WebSocket-Accept: ACCEPT";

describe("an answer", () => {
  const padding = Array.from({ length: 2000 }, (_, index) => `X-${index}: 1`);
  const rows: [string, readonly string[], string][] = [
    ["without an accept value", switching, "HANDSHAKE_ACCEPT"],
    ["with the right accept value twice", [...switching, accept, accept], "HANDSHAKE_ACCEPT"],
    [
      "with two accept values in one header",
      [...switching, `${accept}, ACCEPT`],
      "HANDSHAKE_ACCEPT",
    ],
    [
      "with an extension that was not asked for",
      [...switching, accept, "Sec-WebSocket-Extensions: x-unheard-of"],
      "HANDSHAKE_EXTENSIONS",
    ],
    [
      "with an extension called __proto__",
      [...switching, accept, "Sec-WebSocket-Extensions: __proto__; constructor"],
      "HANDSHAKE_EXTENSIONS",
    ],
    [
      "with a subprotocol that was not asked for",
      [...switching, accept, "Sec-WebSocket-Protocol: chat"],
      "HANDSHAKE_SUBPROTOCOL",
    ],
    ["without Upgrade", [switching[0], switching[2], accept], "HANDSHAKE_UPGRADE"],
    ["without Connection", [switching[0], switching[1], accept], "HANDSHAKE_CONNECTION"],
    ["of 2,000 headers", [switching[0], ...padding, ...switching.slice(1), accept], "LIMIT_"],
  ];
  it.each(rows)("%s fails: %s", async (_name, lines, code) => {
    const error = await failure(await answering(...lines));
    expect(error).toMatchObject({ code: expect.stringMatching(new RegExp(`^${code}`)) });
  });

  it("with a frame that no server may send fails the connection behind the handshake", async () => {
    const port = await answering(...switching, accept, "", "\x81\x80\0\0\0\0");
    const connection = await connect(`ws://127.0.0.1:${port}/`);
    expect(await connection.closed).toMatchObject({ code: 1002, wasClean: false });
  });
});

describe("a line end in", () => {
  const rows: [string, ConnectOptions, string][] = ["\r\n", "\r", "\n", "\0"].flatMap(
    (end): [string, ConnectOptions, string][] => [
      [
        `a header's value: ${JSON.stringify(end)}`,
        { headers: { "X-A": `b${end}X-B: c` } },
        "USAGE_HANDSHAKE_HEADER",
      ],
      [
        `a header's name: ${JSON.stringify(end)}`,
        { headers: { [`X-A: b${end}X-B`]: "c" } },
        "USAGE_HANDSHAKE_HEADER",
      ],
      [
        `a subprotocol: ${JSON.stringify(end)}`,
        { subprotocols: [`a${end}X-B: c`] },
        "USAGE_HANDSHAKE_SUBPROTOCOL",
      ],
    ],
  );
  it.each(rows)("%s is refused before anything is sent", async (_name, options, code) => {
    let connections = 0;
    const port = await tcpServer(() => {
      connections += 1;
    });
    expect(await failure(port, options)).toMatchObject({ name: "UsageError", code });
    await letThingsHappen(3);
    expect(connections).toBe(0);
  });

  it.each(["\r\n", "\r", "\n"])("a URL goes nowhere: %j", async (end) => {
    const requests: string[] = [];
    const port = await tcpServer((socket) => {
      socket.once("data", (request: Buffer) => {
        requests.push(request.toString());
        socket.end();
      });
    });
    const url = `ws://127.0.0.1:${port}/a${end}X-B: c?d${end}X-E: f`;
    await connect(url).catch(() => undefined);
    // The URL standard removes line ends; what is left stands in the request line.
    for (const request of requests) expect(request).not.toMatch(/^X-/m);
  });
});
