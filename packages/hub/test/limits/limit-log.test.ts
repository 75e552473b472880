/** Every limit that a client reaches is counted each time, and logged once. */

import { describe, expect, it } from "vitest";
import type { HubOptions, LimitName } from "@tautline/hub";
import type { FakeConnection } from "../fake-connection.ts";
import { settle } from "../fake-connection.ts";
import { TestHub } from "../test-hub.ts";

interface Row {
  readonly limit: LimitName;
  readonly options?: Partial<HubOptions>;
  readonly reach: (connection: FakeConnection, test: TestHub) => void;
  readonly times?: number;
}

const rows: Row[] = [
  { limit: "frame", reach: (connection) => connection.receive(" ".repeat(65_537)) },
  { limit: "frame", reach: (connection) => connection.receive('{"id":2,"ping":{}}\n'.repeat(513)) },
  {
    limit: "channels",
    options: { maxChannelsPerClient: 1 },
    reach: (connection) => {
      for (const channel of ["a", "b", "c"]) connection.receive({ id: 2, subscribe: { channel } });
    },
    times: 2,
  },
  {
    limit: "channel-name",
    reach: (connection) => {
      const channel = "a".repeat(10_000);
      connection.receive({ id: 2, subscribe: { channel } }, { id: 3, unsubscribe: { channel } });
    },
    times: 2,
  },
  {
    limit: "rate",
    options: { maxCallsPerSecond: 0.1, rateBurstSeconds: 1 },
    reach: (connection) => {
      for (const id of [2, 3, 4]) connection.receive({ id, rpc: { method: "none" } });
    },
    times: 2,
  },
  {
    limit: "pending-commands",
    options: { maxPendingCommands: 1 },
    reach: (connection, test) => {
      test.hub.rpc("never", () => new Promise(() => undefined));
      connection.receive({ id: 2, rpc: { method: "never" } });
      test.clock.advance(60_000);
    },
  },
  {
    limit: "buffered-bytes",
    reach: (connection, test) => {
      connection.bufferedBytes = 2_000_000;
      for (const client of test.hub.clients.values()) client.send("one too many");
    },
  },
];

describe("a limit", () => {
  it.each(rows)("is counted and logged: $limit", async ({ limit, options, reach, times = 1 }) => {
    const test = new TestHub({ open: true, ...options });
    const connection = await test.connect();
    reach(connection, test);
    await settle();
    expect(test.counted).toEqual(Array.from({ length: times }, () => limit));
    const lines = test.log.filter(({ message }) => message === "a client has reached a limit");
    expect(lines).toEqual([
      {
        level: "info",
        fields: { client: "client-1", user: "", limit },
        message: lines[0]?.message,
      },
    ]);
  });
});
