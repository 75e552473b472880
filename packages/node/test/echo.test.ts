import { WebSocketServer, connect } from "@tautline/node";
import type { Connection } from "@tautline/node";
import { afterEach, describe, expect, it } from "vitest";

const servers: WebSocketServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.shutdown({ drainTimeoutMs: 100 });
});
async function echoServer(): Promise<string> {
  const server = new WebSocketServer({ onConnection: (c) => c.onMessage((m) => void c.send(m)) });
  servers.push(server);
  const { port } = await server.listen({ host: "127.0.0.1" });
  return `ws://127.0.0.1:${port}/`;
}
async function next(c: Connection) {
  return (await c[Symbol.asyncIterator]().next()).value;
}
describe("echo", () => {
  it("text and binary", async () => {
    const c = await connect(await echoServer());
    expect(c.send("hellö")).toBe(true);
    c.send(new Uint8Array([1, 2, 3]));
    c.send("");
    expect(await next(c)).toBe("hellö");
    expect(await next(c)).toEqual(new Uint8Array([1, 2, 3]));
    expect(await next(c)).toBe("");
    c.close(1000, "bye");
    expect(await c.closed).toMatchObject({ code: 1000, wasClean: true });
  });
});
