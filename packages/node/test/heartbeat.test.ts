import type { Connection } from "@tautline/node";
import { describe, expect, it } from "vitest";
import { RawClient, clientFrame, pair, serve } from "./servers.ts";

const quick = { pingIntervalMs: 20, pongTimeoutMs: 20 };

describe("the heartbeat", () => {
  it("gives up a peer that is silent, although its socket is open", async () => {
    const { port, server } = await serve(quick);
    const raw = await RawClient.opened(port);
    const [connection] = [...server.connections];
    expect(await connection!.closed).toMatchObject({
      code: 1006,
      wasClean: false,
      error: { code: "CONNECTION_PONG_TIMEOUT" },
    });
    expect((await raw.all()).slice(0, 2)).toBe("\x89\x00");
  });

  it("keeps a peer that answers, also when the client is the one who asks", async () => {
    const often = { pingIntervalMs: 20, pongTimeoutMs: 2000 };
    for (const options of [
      [often, {}],
      [{ pingIntervalMs: 0 }, often],
    ] as const) {
      const { accepted, client } = await pair(...options);
      const answering = options[1] === often ? accepted : client;
      await new Promise<void>((resolve) => {
        let pings = 0;
        answering.onPing(() => {
          pings += 1;
          if (pings === 4) resolve();
        });
      });
      expect(accepted.state).toBe("open");
    }
  });

  it("takes anything that arrives as a sign of life", async () => {
    const { port, server } = await serve({ pingIntervalMs: 10, pongTimeoutMs: 300 });
    const raw = await RawClient.opened(port);
    const [connection] = [...server.connections];
    const start = performance.now();
    while (performance.now() - start < 600) {
      await raw.until((received) => received.length >= 2);
      raw.received = Buffer.alloc(0);
      raw.socket.write(clientFrame(1, "no pong"));
    }
    expect(connection!.state).toBe("open");
  });

  it("gives nobody up while the application does not read", async () => {
    const { port, server } = await serve({ ...quick });
    const paused = await RawClient.opened(port);
    const [connection] = [...server.connections] as [Connection];
    connection.pause();
    // Others come and go by the same rule meanwhile.
    for (let round = 0; round < 3; round += 1) {
      await RawClient.opened(port);
      const other = [...server.connections].find((one) => one !== connection);
      await other!.closed;
    }
    expect(connection.state).toBe("open");
    // It goes on asking, so that a peer that is gone shows.
    await paused.until((received) => received.length >= 3 * 2);
    connection.resume();
    paused.socket.write(clientFrame(10));
    expect(connection.state).toBe("open");
  });
});
