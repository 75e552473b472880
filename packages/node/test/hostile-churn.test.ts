/** Many that come and go, and nothing that stays. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { WebSocketServer, connect } from "@tautline/node";
import { expect, it, onTestFinished } from "vitest";
import { letThingsHappen } from "./servers.ts";

const MiB = 1024 * 1024;

/** Bytes that are in use once everything unreachable is gone. */
async function bytesInUse(): Promise<number> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  await letThingsHappen(3);
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

// Through a file: as many TCP ports would be used up for minutes.
it("10,000 opens and closes leave memory where it was", { timeout: 300_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "taut-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const name = join(folder, "socket");
  const path =
    process.platform === "win32" ? `\\\\.\\pipe\\${name.replaceAll(/[\\/:]/g, "-")}` : name;
  const server = new WebSocketServer({
    onHandshake: () => Promise.resolve({ data: new Uint8Array(1000) }),
    onConnection: (connection) => {
      connection.onMessage((message) => void connection.send(message));
    },
  });
  onTestFinished(() => server.shutdown({ drainTimeoutMs: 0 }));
  await server.listen({ path });

  const visit = async (number: number): Promise<void> => {
    const client = await connect("ws://localhost/", { socketPath: path, parallelHandshakes: true });
    client.send("hello");
    await client[Symbol.asyncIterator]().next();
    if (number % 4 === 0) client.terminate();
    else client.close(1000);
    await client.closed;
  };
  const visits = async (total: number): Promise<void> => {
    for (let start = 0; start < total; start += 50) {
      await Promise.all(Array.from({ length: 50 }, (_, index) => visit(start + index)));
    }
    await Promise.all([...server.connections].map(({ closed }) => closed));
  };

  await visits(1000);
  const before = await bytesInUse();
  await visits(10_000);
  const after = await bytesInUse();
  expect(server.connections.size).toBe(0);
  // A connection that is kept costs several KiB, and a fifth of one would be seen; the heap itself wavers by a MiB.
  expect(after - before).toBeLessThan(2 * MiB);
});
