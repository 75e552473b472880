/**
 * A session with a cluster. What belongs to a channel is in one slot, so that scripts work there as elsewhere; commands
 * follow slots that move. From Redis 7 on topics are in the channel's slot as well (sharded pub/sub), before that every node
 * hears everything.
 */

import { createCluster } from "@redis/client";
import { clientSettings, optionsFor, socketFor } from "./node-client.ts";
import type { ClusterOptions } from "./place.ts";
import { scripts } from "./script.ts";
import type { OpenSession, Session } from "./session.ts";

function makeCluster({ nodes, node = {} }: ClusterOptions, timeoutMs: number) {
  const { username, password } = node;
  return createCluster({
    RESP: 2,
    commandOptions: clientSettings.commandOptions,
    rootNodes: nodes.map((host) => optionsFor(host, node)),
    defaults: {
      disableOfflineQueue: clientSettings.disableOfflineQueue,
      commandsQueueMaxLength: clientSettings.commandsQueueMaxLength,
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
      socket: Object.assign(socketFor({}, node), {
        connectTimeout: timeoutMs,
        reconnectStrategy: false as const,
      }),
    },
  });
}

type Cluster = ReturnType<typeof makeCluster>;

export function clusterSession(options: ClusterOptions, timeoutMs: number): OpenSession {
  return async (lost) => {
    const cluster = makeCluster(options, timeoutMs);
    let state: "opening" | "open" | "closed" = "opening";
    const fail = (reason: unknown): void => {
      if (state === "open") lost(reason);
    };
    cluster.on("error", fail);
    cluster.on("node-error", fail);
    const close = (): void => {
      state = "closed";
      if (cluster.isOpen) cluster.destroy();
    };
    try {
      await cluster.connect();
      const isSharded = (await prepare(cluster)) >= 7;
      state = "open";
      return sessionOf(cluster, isSharded, close);
    } catch (error) {
      close();
      throw error;
    }
  };
}

/** Makes the scripts known everywhere. Gives the oldest major version there is. */
async function prepare(cluster: Cluster): Promise<number> {
  const majors = await Promise.all(
    cluster.masters.map(async (master) => {
      const client = await cluster.nodeClient(master);
      for (const { text } of Object.values(scripts)) {
        await client.sendCommand(["SCRIPT", "LOAD", text]);
      }
      const info: unknown = await client.sendCommand(["INFO", "server"]);
      const version = typeof info === "string" ? /redis_version:(\d+)/u.exec(info)?.[1] : undefined;
      return Number(version ?? 0);
    }),
  );
  return Math.min(...majors);
}

function sessionOf(cluster: Cluster, isSharded: boolean, close: () => void): Session {
  return {
    publishCommand: isSharded ? "SPUBLISH" : "PUBLISH",
    send: (key, command) => cluster.sendCommand(key, false, [...command]),
    async subscribe(topic, listener) {
      if (isSharded) await cluster.sSubscribe(topic, listener);
      else await cluster.subscribe(topic, listener);
    },
    async unsubscribe(topic) {
      if (isSharded) await cluster.sUnsubscribe(topic);
      else await cluster.unsubscribe(topic);
    },
    async ping() {
      await Promise.all(
        cluster.masters.map(async (master) => (await cluster.nodeClient(master)).ping()),
      );
    },
    close,
  };
}
