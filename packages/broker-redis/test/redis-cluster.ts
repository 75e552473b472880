/** A cluster of a test's own: three primaries, and a replica of the first. */

import { vi } from "vitest";
import { freePorts } from "./free-port.ts";
import { RedisServer } from "./redis-server.ts";

const primaries = 3;
const slots = 16_384;

export class RedisCluster {
  readonly nodes: readonly RedisServer[];
  readonly ports: readonly number[];

  constructor(ports: readonly number[], busPorts: readonly number[]) {
    this.ports = ports;
    this.nodes = ports.map(
      (port, index) =>
        new RedisServer([
          "--bind",
          "127.0.0.1",
          "--port",
          String(port),
          "--cluster-enabled",
          "yes",
          "--cluster-port",
          String(busPorts[index]),
          "--cluster-node-timeout",
          "1500",
          "--appendonly",
          "yes",
          "--appendfsync",
          "no",
          "--repl-diskless-sync-delay",
          "0",
        ]),
    );
  }

  static async start(): Promise<RedisCluster> {
    const ports = await freePorts(2 * (primaries + 1));
    const cluster = new RedisCluster(ports.slice(0, primaries + 1), ports.slice(primaries + 1));
    await cluster.#form(ports.slice(primaries + 1));
    return cluster;
  }

  /** The first primary, whose replica takes over when it is gone. */
  get first(): RedisServer {
    const [first] = this.nodes;
    if (first === undefined) throw new Error("A cluster has nodes");
    return first;
  }

  async start(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.start()));
    await this.#ready();
  }

  async kill(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.kill()));
  }

  async remove(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.remove()));
  }

  /** As `RedisServer.pass`; keys of replicas follow those of their primaries. */
  async pass(ms: number): Promise<void> {
    await Promise.all(this.nodes.slice(0, primaries).map((node) => node.pass(ms)));
  }

  async #form(busPorts: readonly number[]): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.start()));
    for (const [index, node] of this.nodes.entries()) {
      await node.command("CLUSTER", "SET-CONFIG-EPOCH", String(index + 1));
      if (index >= primaries) continue;
      const [from, to] = [index, index + 1].map((n) => Math.floor((n * slots) / primaries));
      await node.command("CLUSTER", "ADDSLOTSRANGE", String(from), String((to ?? 0) - 1));
    }
    for (const [index, node] of this.nodes.entries()) {
      const [port, bus] = [this.ports[0], busPorts[0]].map(String);
      if (index > 0) await node.command("CLUSTER", "MEET", "127.0.0.1", port ?? "", bus ?? "");
    }
    const id = await this.first.command("CLUSTER", "MYID");
    const replica = this.nodes[primaries];
    await eventually(async () => (await replica?.command("CLUSTER", "NODES"))?.includes(id));
    await eventually(async () => {
      const answer = await replica?.command("CLUSTER", "REPLICATE", id).catch(String);
      return answer === "OK";
    });
    await this.#ready();
  }

  async #ready(): Promise<void> {
    for (const node of this.nodes) {
      await eventually(async () => {
        const info = await node.command("CLUSTER", "INFO");
        return info.includes("cluster_state:ok") && info.includes("cluster_known_nodes:4");
      });
    }
    const replica = this.nodes[primaries];
    await eventually(async () => {
      const replication = await replica?.command("INFO", "replication");
      return /role:master|master_link_status:up/u.test(replication ?? "");
    });
  }
}

/** Asks again until it holds: who forms a cluster tells nobody when it is done. */
async function eventually(holds: () => Promise<boolean | undefined>): Promise<void> {
  await vi.waitUntil(holds, { timeout: 30_000, interval: 50 });
}
