/**
 * What docs/tutorial/what-is-websocket.md shows is what travels: its requests and frames are sent to real servers, byte for byte, and
 * what comes back is compared with what the page has next.
 */
import { EventEmitter, once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import type { Socket } from "node:net";

import { WebSocketServer } from "@tautline/node";
import { expect, onTestFinished, test } from "vitest";

import { codeBlocks, read } from "./documents.ts";

const page = read("docs/tutorial/what-is-websocket.md");

function blocks(language: string): string[] {
  return codeBlocks(page)
    .filter((block) => block.language === language)
    .map(({ code }) => code);
}

/** An HTTP message of the page as bytes: it shows line feeds where CR LF travels, and no line feed after a body. */
function message(code: string): Buffer {
  const [head = "", body = ""] = code.split(/\n\n/u);
  return Buffer.from(`${head.trimEnd().replaceAll("\n", "\r\n")}\r\n\r\n${body.trimEnd()}`);
}

const frames = blocks("text").map((code) => Buffer.from(code.replaceAll(/\s/gu, ""), "hex"));
const [pollRequest, pollAnswer, upgradeRequest, upgradeAnswer] = blocks("http").map(message) as [
  Buffer,
  Buffer,
  Buffer,
  Buffer,
];

/** A plain TCP connection that says what it is told and gives as many bytes as are asked for. */
async function dial(
  port: number,
): Promise<{ say(bytes: Buffer): void; hear(length: number): Promise<Buffer> }> {
  const socket: Socket = connect(port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  await once(socket, "connect");
  return {
    say: (bytes) => void socket.write(bytes),
    async hear(length) {
      for (;;) {
        const bytes = socket.read(length) as Buffer | null;
        if (bytes !== null) return bytes;
        await once(socket, "readable");
      }
    },
  };
}

/** Without the day, which is of the same length each day. */
const undated = (bytes: Buffer): string => String(bytes).replace(/^Date: .{29}\r$/mu, "Date:\r");

test("polling costs what the page says", async () => {
  const server = createServer((_request, response) => {
    response.setHeader("Content-Type", "text/plain").end("Hello");
  }).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const line = await dial((server.address() as AddressInfo).port);
  line.say(pollRequest);
  const answer = await line.hear(pollAnswer.length);
  expect(undated(answer)).toBe(undated(pollAnswer));
  expect(page).toContain(`${pollRequest.length} bytes to ask and ${pollAnswer.length} to answer`);
  expect(page).toContain(`polling took ${pollRequest.length + pollAnswer.length}.`);
});

test("the handshake and the frames are those of a real connection", async () => {
  const [hello, echoed, ping, pong, close, closed] = frames as [
    Buffer,
    Buffer,
    Buffer,
    Buffer,
    Buffer,
    Buffer,
  ];
  const heard = new EventEmitter();
  const ponged = once(heard, "pong");
  const server = new WebSocketServer({
    onConnection(connection) {
      connection.onPong((payload) => heard.emit("pong", String(Buffer.from(payload))));
      connection.onMessage((text) => {
        connection.send(text);
        connection.ping(Buffer.from("hi"));
      });
    },
  });
  const { port } = await server.listen({ port: 0, host: "127.0.0.1" });
  onTestFinished(() => server.shutdown());
  const line = await dial(port);

  line.say(upgradeRequest);
  expect(String(await line.hear(upgradeAnswer.length))).toBe(String(upgradeAnswer));
  line.say(hello);
  expect(await line.hear(echoed.length)).toEqual(echoed);
  expect(await line.hear(ping.length)).toEqual(ping);
  line.say(pong);
  expect(await ponged).toEqual(["hi"]);
  line.say(close);
  expect(await line.hear(closed.length)).toEqual(closed);
});
