/**
 * Floods over real sockets, and what the application may do to a connection at any moment.
 */
import { once } from "node:events";
import type { Connection, Message } from "@tautline/node";
import { describe, expect, it } from "vitest";
import { RawClient, clientFrame, echo, letThingsHappen, next, pair, serve } from "./servers.ts";
import { takeUncaught } from "./uncaught.ts";

const KiB = 1024;
const MiB = 1024 * KiB;

async function flooded(): Promise<{ connection: Connection; raw: RawClient; before: number }> {
  const { port, server } = await serve({ closeTimeoutMs: 200 });
  const raw = await RawClient.opened(port);
  raw.socket.pause();
  const [connection] = [...server.connections] as [Connection];
  connection.onMessage(() => undefined);
  connection.send(new Uint8Array(16 * MiB));
  await letThingsHappen(5);
  const before = connection.bufferedBytes;
  expect(before).toBeGreaterThan(0);
  return { connection, raw, before };
}

describe("a peer that pings and does not read", () => {
  const flood = Buffer.concat(Array.from({ length: 5000 }, () => clientFrame(9, "x".repeat(125))));

  it("makes no pongs gather", async () => {
    const { connection, raw, before } = await flooded();
    for (let round = 0; round < 10; round += 1) raw.socket.write(flood);
    await letThingsHappen();
    expect(connection.bufferedBytes).toBeLessThanOrEqual(before + 4 * KiB);
    expect(connection.state).toBe("open");
  });

  it("makes none gather while it is being closed, and does not put the end off", async () => {
    const { connection, raw, before } = await flooded();
    connection.close(1000);
    for (let round = 0; round < 10; round += 1) raw.socket.write(flood);
    await letThingsHappen(5);
    expect(connection.bufferedBytes).toBeLessThanOrEqual(before + 4 * KiB);
    expect(await connection.closed).toMatchObject({ error: { code: "CONNECTION_CLOSE_TIMEOUT" } });
  });
});

it("a flood of pongs changes nothing", async () => {
  const { port, server } = await serve({ onConnection: echo });
  const raw = await RawClient.opened(port);
  const pongs = Buffer.concat(Array.from({ length: 5000 }, () => clientFrame(10, "x".repeat(125))));
  for (let round = 0; round < 10; round += 1) raw.socket.write(pongs);
  raw.socket.write(clientFrame(1, "still here"));
  await raw.until((received) => received.includes("still here"));
  const [connection] = [...server.connections] as [Connection];
  expect(connection).toMatchObject({ state: "open", bufferedBytes: 0 });
});

/** Sends messages back that are received as streams. */
const echoStreams = (connection: Connection): void => {
  connection.onMessageStream(async (message) => connection.send(await message.text()));
};

it.each([
  { receive: "messages", onConnection: echo },
  { receive: "streams", onConnection: echoStreams },
] as const)("a frame in writes of one byte each arrives whole ($receive)", async (options) => {
  const { port } = await serve(options);
  const raw = await RawClient.opened(port);
  const payload = "0123456789abcdef".repeat(2048);
  for (const byte of clientFrame(1, payload)) {
    if (!raw.socket.write(Uint8Array.of(byte))) await once(raw.socket, "drain");
  }
  await raw.until((received) => received.length === payload.length + 4);
  expect(raw.received.subarray(4).toString()).toBe(payload);
});

async function loop(connection: Connection, act: () => void): Promise<void> {
  for await (const _message of connection) act();
}

describe("closing and cutting off", () => {
  type Moment = "connection" | "message" | "ping" | "pong" | "close" | "loop" | "drain";
  const moments: readonly Moment[] = [
    "connection",
    "message",
    "ping",
    "pong",
    "close",
    "loop",
    "drain",
  ];
  const acts: Readonly<Record<string, (connection: Connection) => void>> = {
    close: (connection) => connection.close(1000),
    terminate: (connection) => connection.terminate(),
    "close, then terminate": (connection) => {
      connection.close(1000);
      connection.terminate();
    },
    "terminate, then everything": (connection) => {
      connection.terminate();
      connection.close(1000, "again");
      connection.send("late");
      connection.ping();
      connection.pause();
      connection.resume();
    },
    "throw after close": (connection) => {
      connection.close(1000);
      throw new Error("thrown on purpose");
    },
  };

  /** Calls `act` once at `moment`. */
  function arrange(connection: Connection, moment: Moment, act: () => void): void {
    if (moment === "connection") act();
    else if (moment === "ping") connection.onPing(act);
    else if (moment === "pong") connection.onPong(act);
    else if (moment === "close") connection.onClose(act);
    else if (moment === "loop") void loop(connection, act);
    else if (moment === "message") connection.onMessage(act);
    else {
      connection.onDrain(act);
      connection.onMessage(() => void connection.send(new Uint8Array(2 * MiB)));
    }
  }

  const rows = moments.flatMap((moment) => Object.keys(acts).map((act) => ({ moment, act })));
  it.each(rows)("$act, in the midst of: $moment", async ({ moment, act }) => {
    const uncaught = takeUncaught();
    const rejected: unknown[] = [];
    const closed: Promise<unknown>[] = [];
    const { port } = await serve({
      onConnection: (connection) => {
        closed.push(connection.closed);
        arrange(connection, moment, () => {
          try {
            acts[act]!(connection);
          } catch (error) {
            rejected.push(error);
            // In a loop the throw would be the loop's own.
            if (moment !== "loop") throw error;
          }
        });
      },
    });
    const raw = await RawClient.opened(port);
    raw.socket.write(
      Buffer.concat([clientFrame(9), clientFrame(10), clientFrame(1, "x"), clientFrame(8)]),
    );
    await raw.all();
    await Promise.all(closed);
    expect(closed).toHaveLength(1);
    expect(uncaught).toEqual(moment === "loop" ? [] : rejected);
  });

  it.each(Object.keys(acts).slice(0, 4))("%s, in every state", async (act) => {
    const { client, accepted } = await pair();
    acts[act]!(client);
    acts[act]!(client);
    await client.closed;
    acts[act]!(client);
    await accepted.closed;
    acts[act]!(accepted);
    expect([client.state, accepted.state]).toEqual(["closed", "closed"]);
  });

  it("a listener that throws at every message loses none of them", async () => {
    const uncaught = takeUncaught();
    const { client, accepted } = await pair();
    const received: Message[] = [];
    accepted.onMessage((message) => {
      received.push(message);
      accepted.send(message);
      throw new Error(`on purpose: ${String(message)}`);
    });
    for (let index = 0; index < 5; index += 1) client.send(`${index}`);
    for (let index = 0; index < 5; index += 1) expect(await next(client)).toBe(`${index}`);
    expect(received).toHaveLength(5);
    expect(uncaught).toHaveLength(5);
  });
});
