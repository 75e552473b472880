import type { Socket } from "node:net";
import { connect } from "@tautline/node";
import { describe, expect, it } from "vitest";
import { RemoteHost, Turns } from "../../src/client/remote-host.ts";
import { letThingsHappen, open, serve, tcpServer } from "../servers.ts";

/** A server that never answers by itself, and what has reached it. */
async function silent(): Promise<{ url: string; sockets: Socket[]; reached: () => Promise<void> }> {
  const sockets: Socket[] = [];
  const waiting: (() => void)[] = [];
  const port = await tcpServer((socket) => {
    socket.on("error", () => undefined);
    sockets.push(socket);
    waiting.shift()?.();
  });
  const reached = (): Promise<void> => new Promise((resolve) => void waiting.push(resolve));
  return { url: `ws://127.0.0.1:${port}/`, sockets, reached };
}

const outcome = (attempt: Promise<unknown>): Promise<unknown> =>
  attempt.then(
    () => "open",
    (error: unknown) => error,
  );

describe("attempts at one address and port", () => {
  it("wait until the one before has failed [RFC6455-4.1-3, RFC6455-4.1-4]", async () => {
    const { url, sockets, reached } = await silent();
    const first = reached();
    const attempts = [outcome(connect(url)), outcome(connect(url))];
    await first;
    await letThingsHappen();
    expect(sockets.length).toBe(1);
    const second = reached();
    sockets[0]!.destroy();
    await attempts[0];
    await second;
    expect(sockets.length).toBe(2);
    sockets[1]!.destroy();
    await attempts[1];
  });

  it("wait until the one before is established, and then all succeed [RFC6455-4.1-3]", async () => {
    const { url, server } = await serve();
    let open = 0;
    server.onConnection(() => {
      open += 1;
    });
    const connections = await Promise.all(Array.from({ length: 20 }, () => connect(url)));
    expect(open).toBe(20);
    for (const connection of connections) connection.terminate();
  });

  it("run side by side when that is asked for", async () => {
    const { url, sockets, reached } = await silent();
    const both = [reached(), reached()];
    const options = { parallelHandshakes: true };
    const attempts = [outcome(connect(url, options)), outcome(connect(url, options))];
    await Promise.all(both);
    expect(sockets.length).toBe(2);
    for (const socket of sockets) socket.destroy();
    await Promise.all(attempts);
  });

  it("leave the line when they are given up, by the signal or by time", async () => {
    const { url, sockets, reached } = await silent();
    const first = reached();
    const holding = outcome(connect(url));
    await first;
    const controller = new AbortController();
    const aborted = outcome(connect(url, { signal: controller.signal }));
    const late = outcome(connect(url, { connectTimeoutMs: 1 }));
    controller.abort("no longer");
    expect(await aborted).toBe("no longer");
    expect(await late).toMatchObject({ code: "CONNECTION_CONNECT_TIMEOUT" });
    const next = reached();
    const last = outcome(connect(url));
    sockets[0]!.destroy();
    await next;
    expect(sockets.length).toBe(2);
    sockets[1]!.destroy();
    await Promise.all([holding, last]);
  });

  it("do not wait for those at another port", async () => {
    const { url, sockets, reached } = await silent();
    const first = reached();
    const stuck = outcome(connect(url));
    await first;
    const other = await serve();
    expect((await open(other.url)).state).toBe("open");
    sockets[0]!.destroy();
    await stuck;
  });
});

describe("a remote host", () => {
  it("is the same under every name that leads to its addresses [RFC6455-4.1-3]", () => {
    const a = { address: "192.0.2.1", family: 4 };
    const b = { address: "2001:db8::1", family: 6 };
    expect(new RemoteHost([a, b]).identity).toBe(new RemoteHost([b, a]).identity);
    expect(new RemoteHost([a]).identity).not.toBe(new RemoteHost([b]).identity);
  });

  it("is looked up by name, and an address is itself", async () => {
    expect((await RemoteHost.find("127.0.0.1")).identity).toBe("127.0.0.1");
    expect((await RemoteHost.find("localhost")).identity).toMatch(/127\.0\.0\.1|::1/);
  });

  it("tells a socket one address or all of them", () => {
    const addresses = [
      { address: "192.0.2.1", family: 4 },
      { address: "192.0.2.2", family: 4 },
    ];
    const { lookup } = new RemoteHost(addresses);
    const answers: unknown[] = [];
    lookup("x", { all: true }, (...answer) => answers.push(answer));
    lookup("x", {}, (...answer) => answers.push(answer));
    expect(answers).toEqual([
      [null, addresses],
      [null, "192.0.2.1", 4],
    ]);
  });
});

describe("turns", () => {
  it("are taken in order, and left only once", async () => {
    const turns = new Turns();
    const order: string[] = [];
    const leaveFirst = await turns.take("here");
    const second = turns.take("here").then((leave) => {
      order.push("second");
      return leave;
    });
    const third = turns.take("here").then((leave) => {
      order.push("third");
      return leave;
    });
    leaveFirst();
    leaveFirst();
    const leaveSecond = await second;
    expect(order).toEqual(["second"]);
    leaveSecond();
    (await third)();
    (await turns.take("here"))();
    expect(order).toEqual(["second", "third"]);
  });
});
