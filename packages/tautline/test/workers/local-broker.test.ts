// The broker that the processes of one machine share keeps what every broker has to keep, and comes back when it was cut off.
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { MemoryBroker } from "@tautline/hub";
import type { Broker, BrokerEvents } from "@tautline/hub";
import { ManualClock, planCases } from "@tautline/hub/broker-suite";
import { encodePayload } from "@tautline/wire";
import { describe, expect, it, onTestFinished } from "vitest";

import { BrokerHost } from "../../src/workers/broker-host.ts";
import { LocalBroker } from "../../src/workers/local-broker.ts";
import type { LineLimits } from "../../src/workers/line-socket.ts";
import { lineLimits } from "../../src/workers/line-socket.ts";

const memberTtlMs = 5000;

async function until(holds: () => boolean): Promise<void> {
  await expect.poll(holds, { timeout: 15_000, interval: 5 }).toBe(true);
}

/** A machine: the host, the clock of everything, and brokers for its workers. */
async function startMachine(limits: LineLimits = lineLimits) {
  const clock = new ManualClock();
  const folder = mkdtempSync(join(tmpdir(), "tautline-host-"));
  const path = join(folder, "broker.sock");
  const broker = new MemoryBroker({ clock, randomId: randomUUID });
  const host = new BrokerHost({ broker, path, clock, memberTtlMs, limits });
  await host.start();
  const made = new Set<LocalBroker>();
  const make = (): LocalBroker => {
    const local = new LocalBroker({ path, clock });
    made.add(local);
    return local;
  };
  onTestFinished(async () => {
    for (const local of made) await local.stop();
    await host.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  return { clock, path, broker, host, make };
}

describe("the broker of one machine", () => {
  const reason = "the engine is in the process without which there are no workers";
  it.each(planCases({ restarts: reason, silences: reason }))(
    "$title",
    async ({ reason: lacking, play }) => {
      const machine = await startMachine();
      const played = play({
        make: async () => machine.make(),
        crash: async (broker: Broker) => {
          const before = machine.clock.pending;
          await broker.stop();
          // The host has noticed: it counts the time of the members.
          await until(() => machine.clock.pending > before);
        },
        memberTtlMs,
        pass: async (ms) => machine.clock.advance(ms),
        until,
        equal: (actual, expected) => expect(actual).toEqual(expected),
      });
      const outcome = played.then(
        () => "kept",
        (error: unknown) => (lacking === undefined ? error : "not kept"),
      );
      expect(await outcome).toBe(lacking === undefined ? "kept" : "not kept");
    },
  );
});

function hear(): BrokerEvents & { readonly heard: string[] } {
  const heard: string[] = [];
  return {
    heard,
    publication: (_, { data }) => heard.push(String(data)),
    join: () => undefined,
    leave: () => undefined,
    resumed: () => heard.push("resumed"),
    gone: (node) => heard.push(`${node} is gone`),
  };
}

const value = (data: unknown) => ({ data: encodePayload(data) });

describe("a worker", () => {
  it("that does not listen is cut off; it comes back with its channels and members, and looks", async () => {
    const machine = await startMachine({ ...lineLimits, maxWaitingBytes: 1000 });
    const worker = machine.make();
    const events = hear();
    await worker.start(events, "one");
    await worker.subscribe("a");
    await worker.addMember("a", { user: "ann", client: "1" });
    // More than the host lets wait, in one turn in which nobody reads.
    const long = value("x".repeat(300_000));
    for (let n = 0; n < 10; n += 1) void machine.broker.publish("a", long);
    await expect(worker.memberStats("a")).rejects.toThrow("is away");
    await expect(worker.publish("a", value(1))).rejects.toThrow("is away");
    machine.clock.advance(100);
    await until(() => events.heard.includes("resumed"));
    await worker.publish("a", value("after"));
    await until(() => events.heard.includes('"after"'));
    machine.clock.advance(memberTtlMs);
    expect((await worker.members("a")).size).toBe(1);
  });

  it("hears at once that another one has ended", async () => {
    const machine = await startMachine();
    const [one, two] = [machine.make(), machine.make()];
    const [events, others] = [hear(), hear()];
    await one.start(events, "one");
    await two.start(others, "two");
    await one.stop();
    await until(() => others.heard.includes("one is gone"));
    expect(events.heard).toEqual([]);
  });

  it("is told what went wrong, and so is who sends nonsense", async () => {
    const machine = await startMachine({ ...lineLimits, maxLineLength: 2000 });
    const worker = machine.make();
    await worker.start(hear(), "one");
    const log = { size: 10, ttlMs: 1000, metaTtlMs: 1000 };
    for (let n = 0; n < 3; n += 1) await worker.publish("a", value("x".repeat(900)), { log });
    const all = { limit: Number.POSITIVE_INFINITY, metaTtlMs: 1000 };
    await expect(worker.history("a", all)).rejects.toThrow("too long");
    expect((await worker.history("a", { ...all, limit: 1 })).publications).toHaveLength(1);
    for (const nonsense of ["{\n", "x".repeat(3000)]) {
      const socket = connect(machine.path);
      socket.write(nonsense);
      await once(socket, "close");
    }
    expect(await worker.memberStats("a")).toEqual({ clients: 0, users: 0 });
  });
});
