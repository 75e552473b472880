/** A session with one Redis: a connection for commands, and one on which it is heard. */

import type { NodeClient } from "./node-client.ts";
import { makeClient } from "./node-client.ts";
import type { RedisOptions } from "./place.ts";
import { scripts } from "./script.ts";
import type { OpenSession, Session } from "./session.ts";

export interface NodeSessionSetup {
  /** Where it is now. */
  readonly find: () => Promise<RedisOptions>;
  readonly timeoutMs: number;
  /** Whether what was found may be no primary any more, and has to be asked. */
  readonly mustBePrimary: boolean;
}

export function nodeSession({ find, timeoutMs, mustBePrimary }: NodeSessionSetup): OpenSession {
  return async (lost) => {
    const options = await find();
    const commands = makeClient(options, timeoutMs);
    const subscriptions = makeClient(options, timeoutMs);
    const clients = [commands, subscriptions];
    let state: "opening" | "open" | "closed" = "opening";
    const close = (): void => {
      state = "closed";
      for (const client of clients) if (client.isOpen) client.destroy();
    };
    for (const client of clients) {
      client.on("error", (reason: unknown) => {
        if (state === "open") lost(reason);
      });
    }
    try {
      await Promise.all(clients.map((client) => client.connect()));
      if (mustBePrimary) await requirePrimary(commands);
      await Promise.all(
        Object.values(scripts).map(({ text }) => commands.sendCommand(["SCRIPT", "LOAD", text])),
      );
    } catch (error) {
      close();
      throw error;
    }
    state = "open";
    return sessionOf(commands, subscriptions, close);
  };
}

function sessionOf(commands: NodeClient, subscriptions: NodeClient, close: () => void): Session {
  return {
    publishCommand: "PUBLISH",
    send: (_, command) => commands.sendCommand(command),
    subscribe: (topic, listener) => subscriptions.subscribe(topic, listener),
    unsubscribe: (topic) => subscriptions.unsubscribe(topic),
    async ping() {
      await Promise.all([commands.ping(), subscriptions.ping()]);
    },
    close,
  };
}

/** After a failover the former primary is there as well, and sentinels may name it for a while. */
async function requirePrimary(client: NodeClient): Promise<void> {
  const role = await client.sendCommand(["ROLE"]);
  if (!Array.isArray(role) || String(role[0]) !== "master") {
    throw new Error("What the sentinels name as the primary is none");
  }
}
