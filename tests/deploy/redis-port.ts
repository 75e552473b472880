/** A Redis for programs that want an address: Redis of a test listens on a path alone, and this is a port to it. */
import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { connect, createServer } from "node:net";

import { onTestFinished } from "vitest";

import { RedisServer } from "../../packages/broker-redis/test/redis-server.ts";

/** Starts it; gives its address, as in `redis://127.0.0.1:1234`. It ends with the test. */
export async function startRedis(): Promise<string> {
  const redis = new RedisServer();
  onTestFinished(() => redis.remove());
  await redis.start();
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(redis.path);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => other.destroy());
      socket.pipe(other);
    }
  });
  server.listen({ port: 0, host: "127.0.0.1" });
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `redis://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
