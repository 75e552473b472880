/** Asks sentinels where the primary is. */

import type { HostPort, RedisOptions, SentinelOptions } from "./place.ts";
import { makeClient, optionsFor } from "./node-client.ts";

/** The way to the primary that the first sentinel names which answers. Rejects when none does. */
export async function findPrimary(
  { sentinels, primary, access, node }: SentinelOptions,
  timeoutMs: number,
): Promise<RedisOptions> {
  const failures: unknown[] = [];
  for (const sentinel of sentinels) {
    try {
      const host = await askSentinel(optionsFor(sentinel, access), primary, timeoutMs);
      return optionsFor(host, node);
    } catch (error) {
      failures.push(error);
    }
  }
  throw new AggregateError(failures, `No sentinel names the primary ${primary}`);
}

async function askSentinel(
  options: RedisOptions,
  primary: string,
  timeoutMs: number,
): Promise<HostPort> {
  const client = makeClient(options, timeoutMs);
  client.on("error", () => undefined);
  const timer = setTimeout(() => {
    if (client.isOpen) client.destroy();
  }, timeoutMs);
  try {
    await client.connect();
    const address = await client.sendCommand(["SENTINEL", "GET-MASTER-ADDR-BY-NAME", primary]);
    const [host, port] = Array.isArray(address) ? address.map(String) : [];
    if (host === undefined) throw new Error("The sentinel does not know the primary");
    return { host, port: Number(port) };
  } finally {
    clearTimeout(timer);
    if (client.isOpen) client.destroy();
  }
}
