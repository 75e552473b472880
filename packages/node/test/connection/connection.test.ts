import { once } from "node:events";
import { prepareMessage } from "@tautline/node";
import type { Connection, Message } from "@tautline/node";
import { describe, expect, it } from "vitest";
import {
  RawClient,
  clientFrame,
  echo,
  letThingsHappen,
  next,
  open,
  pair,
  serve,
  upgradeRequest,
} from "../servers.ts";
import { takeUncaught } from "../uncaught.ts";

const pattern = (byteLength: number): Uint8Array =>
  Uint8Array.from({ length: byteLength }, (_, index) => (index * 31) % 251);

async function take(connection: Connection, count: number): Promise<Message[]> {
  const messages: Message[] = [];
  for await (const message of connection) {
    messages.push(message);
    if (messages.length === count) break;
  }
  return messages;
}

describe("messages", () => {
  const samples: [string, Message][] = [
    ["text", "hellö \u{1f600}"],
    ["empty text", ""],
    ["empty bytes", new Uint8Array(0)],
    ["bytes", pattern(5)],
    ["125 bytes", pattern(125)],
    ["126 bytes", pattern(126)],
    ["65,535 bytes", pattern(65_535)],
    ["65,536 bytes", pattern(65_536)],
    ["5 MiB of bytes", pattern(5 * 1024 * 1024)],
    ["3 MiB of text", "träge ".repeat(500_000)],
  ];
  it.each(samples)("travel both ways: %s", async (_name, sample) => {
    const { url } = await serve({ onConnection: echo });
    const connection = await open(url);
    connection.send(sample);
    const received = await next(connection);
    expect(typeof received).toBe(typeof sample);
    // Compared by hand: a matcher would print megabytes.
    const [ours, theirs] = [sample, received as Message].map((data) => Buffer.from(data as string));
    expect(ours!.equals(theirs!)).toBe(true);
  });

  it("keep their order, many at once and of all sizes", async () => {
    const { url } = await serve({ onConnection: echo });
    const connection = await open(url, { maxUnreadMessages: 5000 });
    const sent = Array.from({ length: 2000 }, (_, index) => `${index}:${"x".repeat(index % 700)}`);
    for (const message of sent) connection.send(message);
    expect(await take(connection, sent.length)).toEqual(sent);
  });

  it("leave the sender's bytes as they are, at both ends and of any size", async () => {
    const { client, accepted } = await pair();
    for (const [from, to] of [
      [client, accepted],
      [accepted, client],
    ] as const) {
      for (const byteLength of [10, 1000, 20_000, 200_000]) {
        const bytes = pattern(byteLength);
        from.send(bytes);
        await next(to);
        expect(Buffer.compare(bytes, pattern(byteLength))).toBe(0);
      }
    }
  });

  it("of any size are the receiver's to give away, while others follow", async () => {
    const { accepted, client } = await pair();
    const sizes = [3_000_000, 200_000, 70_000, 1_000_000, 5, 2_000_000];
    const messages = sizes.map((size, index) =>
      new Uint8Array(size).map((_, at) => index + at + (at >> 8)),
    );
    const received: Uint8Array[] = [];
    const all = new Promise<void>((resolve) => {
      accepted.onMessage((message) => {
        if (typeof message === "string") return;
        // Detached, and soon collected: nothing may be read into it any more.
        received.push(structuredClone(message, { transfer: [message.buffer] }));
        if (received.length === messages.length) resolve();
      });
    });
    for (const message of messages) client.send(message);
    await all;
    for (const [index, message] of messages.entries()) {
      expect(Buffer.compare(received[index] ?? new Uint8Array(0), message)).toBe(0);
    }
  });

  it("may be sent from within a listener, and all answers to one read leave as one write", async () => {
    const { port } = await serve({ onConnection: echo });
    const raw = await RawClient.opened(port);
    const frames = Array.from({ length: 16 }, (_, index) => clientFrame(1, `m${index}`));
    raw.socket.write(Buffer.concat(frames));
    const [first] = (await once(raw.socket, "data")) as [Buffer];
    const answers = Array.from({ length: 16 }, (_, index) => `m${index}`);
    expect(first.toString("latin1").match(/m\d+/g)).toEqual(answers);
  });

  it("that are sent one by one within a turn leave as one write", async () => {
    const { port } = await serve({
      onConnection: async (connection) => {
        for await (const message of connection) {
          await Promise.resolve();
          connection.send(message);
        }
      },
    });
    const raw = await RawClient.opened(port);
    const frames = Array.from({ length: 16 }, (_, index) => clientFrame(1, `m${index}`));
    raw.socket.write(Buffer.concat(frames));
    const [first] = (await once(raw.socket, "data")) as [Buffer];
    expect(first.toString("latin1").match(/m\d+/g)).toHaveLength(16);
  });

  it("that are prepared go to many, from servers and clients", async () => {
    const message = prepareMessage("to all");
    const { client, accepted } = await pair();
    client.send(message);
    accepted.send(message);
    accepted.send(prepareMessage(pattern(300)));
    expect(await next(accepted)).toBe("to all");
    expect(await take(client, 2)).toEqual(["to all", pattern(300)]);
  });
});

describe("listeners for messages", () => {
  it("get what came before them, after their owner has set up, and in order", async () => {
    const { client, accepted } = await pair();
    for (const message of ["a", "b"]) client.send(message);
    await letThingsHappen();
    const received: Message[] = [];
    const done = new Promise<void>((resolve) => {
      accepted.onMessage((message) => {
        received.push(message);
        if (message === "c") resolve();
      });
    });
    expect(received).toEqual([]);
    client.send("c");
    await done;
    expect(received).toEqual(["a", "b", "c"]);
  });

  it("get nothing between pause and resume, not even the rest of the same read", async () => {
    const { port, server } = await serve();
    const received: Message[] = [];
    server.onConnection((connection) => {
      connection.onMessage((message) => {
        received.push(message);
        if (message === "pause") connection.pause();
      });
    });
    const raw = await RawClient.opened(port);
    const [connection] = [...server.connections];
    raw.socket.write(
      Buffer.concat(["one", "pause", "two", "pause", "three"].map((text) => clientFrame(1, text))),
    );
    await letThingsHappen();
    expect(received.splice(0)).toEqual(["one", "pause"]);
    connection!.resume();
    expect(received.splice(0)).toEqual(["two", "pause"]);
    connection!.resume();
    connection!.resume();
    expect(received).toEqual(["three"]);
  });

  it("may throw: it surfaces, and the connection goes on", async () => {
    const uncaught = takeUncaught();
    const bug = new Error("the application's bug");
    const { url } = await serve({
      onConnection: (connection) => {
        connection.onMessage((message) => {
          if (message === "bad") throw bug;
        });
        echo(connection);
      },
    });
    const connection = await open(url);
    for (const message of ["good", "bad", "good again"]) connection.send(message);
    expect(await take(connection, 3)).toEqual(["good", "bad", "good again"]);
    expect(uncaught).toEqual([bug]);
  });
});

describe("asynchronous loops", () => {
  it("lose nothing that came with the handshake or before the loop began", async () => {
    const { port, server } = await serve();
    const accepted = new Promise<Connection>((resolve) => {
      server.onConnection(resolve);
    });
    const raw = await RawClient.connect(port);
    raw.socket.write(
      Buffer.concat([Buffer.from(upgradeRequest()), clientFrame(1, "with the handshake")]),
    );
    const connection = await accepted;
    await raw.head();
    raw.socket.write(clientFrame(1, "before the loop"));
    await letThingsHappen();
    raw.socket.write(Buffer.concat([clientFrame(1, "at last"), clientFrame(8)]));
    const received: Message[] = [];
    for await (const message of connection) received.push(message);
    expect(received).toEqual(["with the handshake", "before the loop", "at last"]);
    expect(await connection.closed).toMatchObject({ code: 1005, wasClean: true });
  });

  it("can be left and entered again", async () => {
    const { client, accepted } = await pair();
    for (const message of ["1", "2", "3", "4"]) client.send(message);
    expect(await take(accepted, 2)).toEqual(["1", "2"]);
    expect(await take(accepted, 2)).toEqual(["3", "4"]);
    expect(accepted.state).toBe("open");
  });

  it("end quietly when the connection is cut, with all messages taken", async () => {
    const { port, server } = await serve();
    const raw = await RawClient.opened(port);
    const [connection] = [...server.connections];
    raw.socket.write(clientFrame(1, "last words"));
    const received: Message[] = [];
    for await (const message of connection!) {
      received.push(message);
      raw.socket.resetAndDestroy();
    }
    expect(received).toEqual(["last words"]);
    expect(await connection!.closed).toMatchObject({
      code: 1006,
      wasClean: false,
      error: { code: "CONNECTION_LOST" },
    });
  });

  it("give what was left unread after the end", async () => {
    const { client, accepted } = await pair();
    client.send("unread");
    client.close(1000);
    await accepted.closed;
    expect(await next(accepted)).toBe("unread");
    expect(await next(accepted)).toBeUndefined();
  });

  it("serve several takers in the order they came", async () => {
    const { client, accepted } = await pair();
    const taken = [next(accepted), next(accepted)];
    client.send("first");
    client.send("second");
    expect(await Promise.all(taken)).toEqual(["first", "second"]);
  });
});

describe("pings", () => {
  it("are answered, and both ends can listen", async () => {
    const { client, accepted } = await pair();
    const events: string[] = [];
    accepted.onPing((payload) => events.push(`ping ${Buffer.from(payload).toString()}`));
    const answered = new Promise<void>((resolve) => {
      client.onPong((payload) => {
        events.push(`pong ${Buffer.from(payload).toString()}`);
        if (payload.byteLength === 0) resolve();
      });
    });
    client.ping("text");
    client.ping(Uint8Array.of(0x61).buffer);
    client.ping();
    await answered;
    expect(events).toEqual(["ping text", "ping a", "ping ", "pong text", "pong a", "pong "]);
  });

  it("that are too long are the caller's mistake", async () => {
    const { client } = await pair();
    expect(() => client.ping(new Uint8Array(126))).toThrow(
      expect.objectContaining({ code: "USAGE_CONTROL_PAYLOAD" }),
    );
  });
});

describe("closing", () => {
  it("is told to both ends, with code and reason", async () => {
    const { client, accepted, server } = await pair();
    client.close(3001, "enough");
    expect(client.state).toBe("closing");
    expect(await accepted.closed).toEqual({ code: 3001, reason: "enough", wasClean: true });
    expect(await client.closed).toEqual({ code: 3001, reason: "enough", wasClean: true });
    expect(client.state).toBe("closed");
    expect(server.connections.size).toBe(0);
  });

  it("lets messages through that were sent before it, in both directions", async () => {
    const { client, accepted } = await pair();
    const large = "x".repeat(3_000_000);
    accepted.onMessage(() => {
      accepted.send("one more");
      accepted.close(1000);
    });
    client.send(large);
    client.send(large);
    expect(await next(client)).toBe("one more");
    expect(await client.closed).toMatchObject({ code: 1000, wasClean: true });
  });

  it("drops what is sent afterwards, and says so", async () => {
    const { client, accepted } = await pair();
    client.close();
    expect(client.send("too late")).toBe(false);
    client.ping();
    client.close(1000);
    await expect(client.write("too late")).rejects.toMatchObject({ code: "CONNECTION_CLOSED" });
    expect(await accepted.closed).toMatchObject({ code: 1005 });
    expect(await next(accepted)).toBeUndefined();
    expect(client.send("far too late")).toBe(false);
    await expect(client.drained()).rejects.toMatchObject({ code: "CONNECTION_CLOSED" });
    expect(client.bufferedBytes).toBe(0);
    client.terminate();
  });

  it("is told to listeners that come after it", async () => {
    const { client, accepted } = await pair();
    client.close(1000);
    const end = await accepted.closed;
    const told = await new Promise((resolve) => {
      accepted.onClose(resolve);
    });
    expect(told).toBe(end);
    const removed: unknown[] = [];
    accepted.onClose((late) => removed.push(late))();
    await letThingsHappen(1);
    expect(removed).toEqual([]);
  });

  it("comes through although the application has paused, and messages it does not take are dropped", async () => {
    const { client, accepted } = await pair({ maxUnreadMessages: 2 });
    accepted.pause();
    for (let index = 0; index < 100; index += 1) client.send(`${index}`.padEnd(10_000));
    await letThingsHappen();
    accepted.close(1000, "done");
    expect(await client.closed).toMatchObject({ code: 1000, reason: "done", wasClean: true });
    expect(await accepted.closed).toMatchObject({ code: 1000, wasClean: true });
  });

  it.each([
    [1005, undefined, "USAGE_CLOSE_CODE"],
    [999, undefined, "USAGE_CLOSE_CODE"],
    [1000, "x".repeat(124), "USAGE_CLOSE_REASON"],
    [undefined, "reason", "USAGE_CLOSE_REASON"],
  ])("with code %s and reason %s is the caller's mistake", async (code, reason, error) => {
    const { client } = await pair();
    expect(() => client.close(code, reason)).toThrow(expect.objectContaining({ code: error }));
    expect(client.state).toBe("open");
  });
});

describe("terminate", () => {
  it("ends at once, and the peer sees 1006", async () => {
    const { client, accepted } = await pair();
    client.send("queued, perhaps lost");
    client.terminate();
    expect(client.state).toBe("closed");
    expect(await client.closed).toMatchObject({
      code: 1006,
      wasClean: false,
      error: { code: "CONNECTION_TERMINATED" },
    });
    expect(await accepted.closed).toMatchObject({ code: 1006, wasClean: false });
  });

  it("may be called in every callback, and after the end", async () => {
    for (const when of ["message", "ping", "close", "connection"] as const) {
      const { port } = await serve({
        onConnection: (connection) => {
          const end = (): void => connection.terminate();
          if (when === "message") connection.onMessage(end);
          if (when === "ping") connection.onPing(end);
          if (when === "close") connection.onClose(end);
          if (when === "connection") end();
        },
      });
      const raw = await RawClient.connect(port);
      raw.socket.write(upgradeRequest());
      raw.socket.write(Buffer.concat([clientFrame(9), clientFrame(1, "x"), clientFrame(8)]));
      expect(await raw.all()).toMatch(/^HTTP\/1.1 101 |^$/);
    }
  });
});

describe("a peer that breaks the protocol", () => {
  it("is told why, and both ends know", async () => {
    const { port, server } = await serve();
    const raw = await RawClient.opened(port);
    const [connection] = [...server.connections];
    const unmasked = Buffer.from([0x81, 0x01, 0x61]);
    raw.socket.write(unmasked);
    await raw.until((received) => received.length >= 4);
    expect(raw.received[0]).toBe(0x88);
    expect(raw.received.readUInt16BE(2)).toBe(1002);
    raw.socket.end();
    expect(await connection!.closed).toMatchObject({
      code: 1002,
      wasClean: false,
      error: { code: "PROTOCOL_UNMASKED_FRAME" },
    });
  });

  it("in the same packet as the handshake too", async () => {
    const { port } = await serve();
    const raw = await RawClient.connect(port);
    raw.socket.write(Buffer.from(`${upgradeRequest()}\x81\x01a`, "latin1"));
    await raw.head();
    await raw.until((received) => received.length >= 4);
    expect(raw.received.readUInt16BE(2)).toBe(1002);
  });
});

describe("addresses", () => {
  it("are known at both ends", async () => {
    const { client, accepted, port } = await pair();
    expect(client.remotePort).toBe(port);
    expect([client.remoteAddress, accepted.remoteAddress]).toEqual(["127.0.0.1", "127.0.0.1"]);
    expect([client.encrypted, accepted.encrypted]).toEqual([false, false]);
  });
});
