// Which format a connection of the hub speaks, on the wire.
import { once } from "node:events";
import { protobufCodec, replyLimits } from "@tautline/wire";
import { serve } from "tautline";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";

const rows = [
  { name: "JSON without a word", protocols: [], query: "", agreed: "", binary: false },
  {
    name: "JSON by subprotocol",
    protocols: ["centrifuge-json"],
    query: "",
    agreed: "centrifuge-json",
    binary: false,
  },
  {
    name: "Protobuf by subprotocol",
    protocols: ["centrifuge-protobuf"],
    query: "",
    agreed: "centrifuge-protobuf",
    binary: true,
  },
  {
    name: "what the client wants most",
    protocols: ["other", "centrifuge-json", "centrifuge-protobuf"],
    query: "",
    agreed: "centrifuge-json",
    binary: false,
  },
  {
    name: "Protobuf by format=protobuf",
    protocols: [],
    query: "?format=protobuf",
    agreed: "",
    binary: true,
  },
  {
    name: "Protobuf by cf_protocol=protobuf",
    protocols: [],
    query: "?cf_protocol=protobuf",
    agreed: "",
    binary: true,
  },
  {
    name: "JSON by another query",
    protocols: [],
    query: "?format=json&cf_protocol=x",
    agreed: "",
    binary: false,
  },
];

test.each(rows)("$name", async ({ protocols, query, agreed, binary }) => {
  const server = await serve({ port: 0, page: false, demos: false });
  onTestFinished(() => server.close());
  const url = `${server.url.replace("http", "ws")}/connection/websocket${query}`;
  const socket = new WebSocket(url, protocols);
  onTestFinished(() => socket.terminate());
  await once(socket, "open");
  expect(socket.protocol).toBe(agreed);
  const answered = once(socket, "message");
  const connect = { id: 1, connect: {} };
  socket.send(binary ? protobufCodec.encodeCommand(connect) : JSON.stringify(connect));
  const [data, isBinary] = (await answered) as [Buffer, boolean];
  expect(isBinary).toBe(binary);
  const client = binary
    ? protobufCodec.decodeReplies(data, replyLimits).messages[0]?.connect?.client
    : (JSON.parse(String(data)) as { connect: { client: string } }).connect.client;
  expect(client).toMatch(/^[0-9a-f-]{36}$/);
});
