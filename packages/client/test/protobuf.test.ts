/** The client in Protobuf: how it asks for it, what it sends, and what the application gets. */

import { Client, UsageError } from "@tautline/client";
import { fallback } from "@tautline/client/fallback";
import { protobuf } from "@tautline/client/protobuf";
import { createBinaryDelta, encodePayload, protobufCodec } from "@tautline/wire";
import type { Command, Reply } from "@tautline/wire";
import { commandLimits } from "@tautline/wire";
import { describe, expect, test } from "vitest";
import type { WebSocketConstructor, WebSocketLike } from "@tautline/client";

type Handler<Event> = ((event: Event) => void) | null;

/** The server's end, without a server: the test says what comes. */
class BinarySocket implements WebSocketLike {
  static newest: BinarySocket | undefined;
  readonly url: string;
  readonly protocol: string | undefined;
  readonly commands: Command[] = [];
  bufferedAmount = 0;
  binaryType = "blob";
  onopen: Handler<object> = null;
  onmessage: Handler<{ data: string | ArrayBuffer }> = null;
  onerror: Handler<object> = null;
  onclose: Handler<{ code: number; reason: string }> = null;

  constructor(url: string, protocol?: string) {
    this.url = url;
    this.protocol = protocol;
    BinarySocket.newest = this;
  }

  send(data: string | Uint8Array): void {
    const { messages, fault } = protobufCodec.decodeCommands(data, commandLimits);
    if (fault !== undefined) throw new Error(fault.detail);
    this.commands.push(...messages);
  }

  close(): void {
    this.onclose?.({ code: 1005, reason: "" });
  }

  reply(...replies: readonly Reply[]): void {
    const frame = protobufCodec.join(replies.map((reply) => protobufCodec.encodeReply(reply)));
    this.onmessage?.({ data: Uint8Array.from(frame).buffer });
  }
}

const noJson = Uint8Array.of(0, 255);

function connected(options = {}): { client: Client; socket: BinarySocket } {
  const client = new Client("ws://localhost", {
    webSocket: BinarySocket,
    format: protobuf(options),
    data: { name: "é" },
  });
  void client.connect();
  const socket = BinarySocket.newest;
  if (socket === undefined) throw new Error("Nothing was opened");
  socket.onopen?.({});
  socket.reply({ id: 1, connect: { client: "c", data: encodePayload([1]) } });
  return { client, socket };
}

describe("a client in Protobuf", () => {
  test("asks for it by the subprotocol, and connects", async () => {
    const { client, socket } = connected();
    expect([socket.protocol, socket.binaryType]).toEqual(["centrifuge-protobuf", "arraybuffer"]);
    expect(socket.commands[0]?.connect?.data).toEqual(new TextEncoder().encode('{"name":"é"}'));
    await client.ready();
    expect(client.connection).toEqual({ client: "c", data: [1] });
    await client.disconnect();
  });

  test("sends bytes as they are and all else as JSON, and gets both", async () => {
    const { client, socket } = connected();
    for (const [sent, data] of [
      [noJson, noJson],
      [{ a: 1 }, new TextEncoder().encode('{"a":1}')],
    ] as const) {
      const answer = client.rpc("echo", sent);
      const command = socket.commands.at(-1);
      expect(command?.rpc?.data).toEqual(data);
      socket.reply({ id: command?.id ?? 0, rpc: { data } });
      expect(await answer).toEqual(sent);
    }
    await client.disconnect();
  });

  test("gives bytes alone when it is told to", async () => {
    const { client, socket } = connected({ data: "bytes" });
    expect(client.connection?.data).toEqual(new TextEncoder().encode("[1]"));
    const message = new Promise((resolve) => client.onMessage(({ data }) => resolve(data)));
    socket.reply({ push: { message: { data: encodePayload(1) } } });
    expect(await message).toEqual(Uint8Array.of(0x31));
    await client.disconnect();
  });

  test.each([
    {
      name: "values",
      options: {},
      whole: [{ text: "x".repeat(40) }, { text: `${"x".repeat(40)}y` }],
    },
    {
      name: "bytes",
      options: { data: "bytes" },
      whole: [new Uint8Array(40), Uint8Array.of(...new Uint8Array(40), 9)],
    },
  ])("puts differences together again, of $name", async ({ options, whole }) => {
    const { client, socket } = connected(options);
    const chat = client.subscribe("chat", { delta: "fossil" });
    const got: unknown[] = [];
    chat.onPublication(({ data }) => got.push(data));
    socket.reply({ id: socket.commands.at(-1)?.id ?? 0, subscribe: { delta: true } });
    // On several lines, as somebody else may write it: the difference is to these very bytes.
    const sent = whole.map((one) =>
      one instanceof Uint8Array ? one : new TextEncoder().encode(JSON.stringify(one, null, 1)),
    );
    const [first = noJson, second = noJson] = sent;
    socket.reply(
      { push: { channel: "chat", pub: { data: first } } },
      { push: { channel: "chat", pub: { data: createBinaryDelta(first, second), delta: true } } },
    );
    expect(got).toEqual(whole);
    await client.disconnect();
  });

  test("takes no frame of text, nor one without a byte", () => {
    for (const data of ["{}", new ArrayBuffer(0)]) {
      const { client, socket } = connected();
      socket.onmessage?.({ data });
      expect(client.state).toBe("connecting");
      void client.disconnect();
    }
  });
});

const make = (data: unknown): Client =>
  new Client("ws://localhost", { webSocket: BinarySocket, data });

describe("a client in JSON", () => {
  test("has no bytes to send", async () => {
    expect(() => make(noJson)).toThrow(UsageError);
    const client = make(1);
    expect(() => client.subscribe("a", { data: noJson })).toThrow(UsageError);
    for (const call of [
      client.publish("a", noJson),
      client.rpc("a", noJson),
      client.send(noJson),
    ]) {
      await expect(call).rejects.toMatchObject({ code: "bad-payload" });
    }
  });
});

test("other transports than WebSocket carry no Protobuf", () => {
  const options = { format: protobuf(), transport: fallback(), webSocket: BinarySocket };
  expect(() => new Client("ws://localhost", options)).toThrow(UsageError);
});

test("without a WebSocket there is nothing to speak Protobuf on", () => {
  const globals: { WebSocket?: WebSocketConstructor } = globalThis;
  const own = globals.WebSocket;
  delete globals.WebSocket;
  try {
    expect(() => new Client("ws://localhost", { format: protobuf() })).toThrow(UsageError);
    globals.WebSocket = BinarySocket;
    expect(new Client("ws://localhost", { format: protobuf() }).state).toBe("disconnected");
  } finally {
    if (own === undefined) delete globals.WebSocket;
    else globals.WebSocket = own;
  }
});
