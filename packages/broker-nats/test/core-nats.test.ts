/** A NATS server without JetStream: what the broker keeps nevertheless, and how it says what it lacks. */

import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Lacking } from "@tautline/hub/broker-suite";
import { planCases } from "@tautline/hub/broker-suite";
import { Hubs, silent, until } from "./hubs.ts";
import { NatsServer } from "./nats-server.ts";

let core: NatsServer;

beforeAll(async () => {
  core = new NatsServer({ jetStream: false });
  await core.start();
});

afterAll(() => core.remove());

const byChance = "core NATS keeps the order of each publisher alone";

const lacking: Lacking = {
  logs: "nothing is kept without JetStream",
  idempotency: "nothing is kept without JetStream",
  members: "nothing is kept without JetStream",
  "one order": byChance,
};

const equal = (actual: unknown, expected: unknown): void => expect(actual).toEqual(expected);

describe("the broker over core NATS", () => {
  it.for(planCases(lacking))("$title", async ({ reason, play }, { skip }) => {
    // It may hold nevertheless, so that playing it says nothing.
    skip(reason === byChance, byChance);
    const outcome = await play(new Hubs(core).world(equal)).then(
      () => "kept",
      (error: unknown) => (reason === undefined ? error : "not kept"),
    );
    expect(outcome).toBe(reason === undefined ? "kept" : "not kept");
  });

  it.each([
    { needs: { logs: true, members: false }, what: "historySize" },
    { needs: { logs: false, members: true }, what: "presence" },
  ])("does not start for channels that need more: $what", async ({ needs, what }) => {
    const broker = await new Hubs(core).make();
    const started = broker.start(silent, randomUUID(), needs);
    await expect(started).rejects.toMatchObject({ code: "NATS_WITHOUT_JETSTREAM" });
    await expect(started).rejects.toThrow(what);
  });

  it("starts for channels that need no more than it has", async () => {
    const broker = await new Hubs(core).make();
    const heard: string[] = [];
    await broker.start({ ...silent, join: (_, { client }) => heard.push(client) }, randomUUID(), {
      logs: false,
      members: false,
    });
    await broker.subscribe("a");
    await broker.announceJoin("a", { user: "ann", client: "1" });
    await until(() => heard.length > 0);
    expect(heard).toEqual(["1"]);
  });

  it("refuses what it cannot do, call by call", async () => {
    const broker = await new Hubs(core).make();
    await broker.start(silent, randomUUID());
    const refused = { code: "NATS_WITHOUT_JETSTREAM" };
    const key = { idempotency: { key: "k", ttlMs: 1000 } };
    await expect(broker.publish("a", {}, key)).rejects.toMatchObject(refused);
    await expect(broker.members("a")).rejects.toMatchObject(refused);
    await expect(broker.history("a", { limit: 0, metaTtlMs: 1000 })).rejects.toMatchObject(refused);
  });
});
