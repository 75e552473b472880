/** A socket that breaks at any byte, in any way, in either role: nothing is uncaught, nothing is left behind. */
import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import type { Socket } from "node:net";
import { connect } from "@tautline/node";
import { assert, asyncProperty, boolean, constantFrom, nat, oneof } from "fast-check";
import { expect, it } from "vitest";
import {
  clientFrame,
  echo,
  letThingsHappen,
  next,
  open,
  serve,
  upgradeRequest,
} from "./servers.ts";
import { tcpServer } from "./servers.ts";

const cuts = {
  end: (socket: Socket) => void socket.end(),
  destroy: (socket: Socket) => void socket.destroy(),
  reset: (socket: Socket) => void socket.resetAndDestroy(),
} as const;

const cut = constantFrom<(keyof typeof cuts)[]>("end", "destroy", "reset");

/** Sockets that Node.js still holds. */
const sockets = (): number =>
  process.getActiveResourcesInfo().filter((name) => name.startsWith("TCP")).length;

const conversation = Buffer.concat([
  Buffer.from(upgradeRequest()),
  clientFrame(1, "a message"),
  clientFrame(9, "a ping"),
  clientFrame(2, new Uint8Array(20_000)),
  clientFrame(8),
]);

it("by a client, of a server", async () => {
  const { port, server, url } = await serve({
    onConnection: (connection) => {
      echo(connection);
      connection.send(new Uint8Array(200_000));
      connection.ping();
    },
  });
  const before = sockets();
  const length = oneof(nat({ max: 400 }), nat({ max: conversation.length }));
  await assert(
    asyncProperty(length, cut, boolean(), async (byteLength, way, reads) => {
      const socket = connectTcp(port, "127.0.0.1").on("error", () => undefined);
      if (reads) socket.resume();
      await once(socket, "connect");
      socket.write(conversation.subarray(0, byteLength), () => cuts[way](socket));
      await new Promise<void>((resolve) => {
        socket.on("close", () => resolve()).resume();
      });
      await Promise.all([...server.connections].map(({ closed }) => closed));
    }),
    { numRuns: 80 },
  );
  const client = await open(url);
  await next(client);
  client.terminate();
  await Promise.all([...server.connections].map(({ closed }) => closed));
  await letThingsHappen(3);
  expect(sockets()).toBeLessThanOrEqual(before + 3);
});

it("by a server, of a client", async () => {
  const { port } = await serve({
    onConnection: (connection) => {
      connection.send("a message");
      connection.ping();
      connection.send(new Uint8Array(20_000));
      connection.close(1000);
    },
  });
  await assert(
    asyncProperty(nat({ max: 1000 }), cut, async (byteLength, way) => {
      // Passes the bytes on, up to the place of the cut.
      const proxy = await tcpServer((near) => {
        const far = connectTcp(port, "127.0.0.1").on("error", () => undefined);
        near.pipe(far);
        let passed = 0;
        far.on("data", (chunk: Buffer) => {
          const part = chunk.subarray(0, byteLength - passed);
          passed += part.length;
          near.write(part, () => {
            if (passed === byteLength) cuts[way](near);
          });
        });
        near.on("close", () => far.destroy());
        if (byteLength === 0) cuts[way](near);
      });
      const failure = await connect(`ws://127.0.0.1:${proxy}/`).then(
        async (connection) => {
          connection.send("an answer");
          return (await connection.closed).error;
        },
        (error: unknown) => error,
      );
      expect(failure).toMatchObject({ name: "ConnectionFailed" });
    }),
    { numRuns: 60 },
  );
});
