// What runs while somebody looks: when it begins, at which times it steps, and that nothing is left when all have gone.
import type { HubClient } from "@tautline/hub";
import { ManualClock } from "@tautline/hub/broker-suite";
import { describe, expect, it } from "vitest";

import { Show } from "../../../src/console/uses/show.ts";

/** A show of four steps a second, and clients that are subscribed until they are taken out. */
function play() {
  const clock = new ManualClock();
  const begin = clock.now();
  const clients = new Map<string, HubClient>();
  const told: string[] = [];
  const show = new Show({
    hub: { clients },
    clock,
    channel: "show",
    everyMs: 250,
    begin: () => told.push("begin"),
    step: (now) => told.push(String(now - begin)),
    end: () => told.push("end"),
  });
  const enter = (id: string, channels = ["show"]): void => {
    clients.set(id, { id, channels } as unknown as HubClient);
    show.admit({ id });
  };
  return { clock, clients, show, told, enter };
}

describe("a show", () => {
  it("does nothing until somebody looks, and steps at even times from then on", () => {
    const { clock, told, enter } = play();
    clock.advance(5_000);
    expect(clock.pending).toBe(0);
    enter("ann");
    clock.advance(1_000);
    expect(told).toEqual(["begin", "5250", "5500", "5750", "6000"]);
    expect(clock.pending).toBe(1);
  });

  it("ends within a second of the last one's leaving, with no timer left", () => {
    const { clock, clients, show, told, enter } = play();
    enter("ann");
    enter("ben");
    clients.delete("ann");
    clock.advance(2_000);
    expect(show.running).toBe(true);
    clients.delete("ben");
    clock.advance(1_000);
    expect(told.at(-1)).toBe("end");
    expect([show.running, clock.pending]).toEqual([false, 0]);
  });

  it("counts who is connected and looks at something else as gone", () => {
    const { clock, show, enter } = play();
    enter("ann", ["another"]);
    clock.advance(1_000);
    expect(show.running).toBe(false);
  });

  it("begins anew for the next one", () => {
    const { clock, clients, told, enter } = play();
    enter("ann");
    clients.clear();
    clock.advance(1_000);
    told.length = 0;
    enter("ben");
    clock.advance(250);
    expect(told).toEqual(["begin", "1250"]);
  });

  it("ends at once when it is closed", () => {
    const { clock, show, told, enter } = play();
    enter("ann");
    show.close();
    show.close();
    clock.advance(1_000);
    expect(told).toEqual(["begin", "end"]);
    expect(clock.pending).toBe(0);
  });
});
