/** The official client does everything over every transport and in both formats: one table, each row with all behaviours. */

import { describe, expect, it } from "vitest";
import { startServer } from "../transports/world.ts";
import { channels } from "./behaviours/channels.ts";
import { connecting } from "./behaviours/connecting.ts";
import { recoversFromKill } from "./behaviours/crash.ts";
import { history } from "./behaviours/history.ts";
import { tokens } from "./behaviours/tokens.ts";
import type { Behaviours } from "./combination.ts";
import { Combination, rows, transports } from "./combination.ts";
import { next } from "./official-client.ts";

const groups: Readonly<Record<string, Behaviours>> = { connecting, tokens, channels, history };

const possible = rows.filter(({ impossible }) => impossible === undefined);

/** A loaded machine starts two processes and moves 10,000 publications through both. */
const patience = { timeout: 120_000 };

describe.each(possible)("the official client over $transport in $format", (row) => {
  const combination = new Combination(row);

  describe.each(Object.entries(groups))("%s", (_, behaviours) => {
    it.each(Object.entries(behaviours))("%s", async (_title, behaviour) => {
      expect.hasAssertions();
      await behaviour(combination);
    });
  });

  it(
    `gets each of ${row.publications} publications once and in order, and the server is killed in their middle`,
    patience,
    async () => {
      expect.hasAssertions();
      await recoversFromKill(combination);
    },
  );
});

describe.each(rows.filter(({ impossible }) => impossible !== undefined))(
  "the official client over $transport in $format",
  (row) => {
    it(`cannot be: ${row.impossible}`, async () => {
      const server = await startServer();
      const client = new Combination(row).dial(server);
      const [outcome] = await Promise.race([next(client, "connected"), next(client, "error")]);
      expect(outcome).toMatchObject({ type: "connect", error: { message: "connection closed" } });
      expect(server.hub.clients.size).toBe(0);
    });
  },
);

it("leaves out no combination of a transport and a format", () => {
  const named = rows.map(({ transport, format }) => `${transport} ${format}`);
  const all = transports.flatMap((name) => [`${name} json`, `${name} protobuf`]);
  expect(named).toEqual(all);
});
