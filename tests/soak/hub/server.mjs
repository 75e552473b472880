/**
 * The hub of the soak, in a process of its own so that its memory can be measured. Takes the number of channels, and fills
 * the log of each, so that what grows afterwards is no log. Prints its port; for each line on standard input, what it holds
 * after a collection, in bytes.
 */
import { createInterface } from "node:readline";
import { serve } from "tautline";

const historySize = 100;

const server = await serve({
  port: 0,
  page: false,
  demos: false,
  hub: {
    open: true,
    namespaces: { soak: { historySize, historyTtlMs: 3_600_000, recovery: "stream" } },
  },
});
server.hub.rpc("sum", (numbers) => numbers.reduce((sum, number) => sum + number, 0));
server.hub.rpc("announce", async ({ channel, data }) => {
  const { position } = await server.channel(channel).publish(data);
  return position;
});
server.hub.rpc("position", async ({ channel }) => {
  const { position } = await server.channel(channel).history({ limit: 0 });
  return position;
});

for (let index = 0; index < Number(process.argv[2]); index += 1) {
  const channel = server.channel(`soak:${index}`);
  for (let filled = 0; filled < historySize; filled += 1) {
    await channel.publish({ id: `filler/${filled}`, text: "x".repeat(80) });
  }
}
console.log(server.port);

for await (const _line of createInterface({ input: process.stdin })) {
  globalThis.gc();
  // What the first collection finds dead may hold more until its handles are closed.
  await new Promise(setImmediate);
  globalThis.gc();
  const { rss, heapUsed, external } = process.memoryUsage();
  console.log(JSON.stringify({ rss, held: heapUsed + external, clients: server.hub.clients.size }));
}
await server.terminate();
