// When messages are sent, and from when their latency counts, by a clock of the test's own.
import { describe, expect, it } from "vitest";

import { Talker } from "../../../src/cli/bench/talker.ts";
import type { Pace } from "../../../src/cli/bench/talker.ts";

function talking(pace: Pace | undefined) {
  const clock = { now: 0 };
  const latencies: number[] = [];
  const talker = new Talker({
    pace,
    send: () => undefined,
    now: () => clock.now,
    onEcho: (latencyMs) => latencies.push(latencyMs),
  });
  return { clock, latencies, talker };
}

describe("with a rate", () => {
  const pace = { firstMs: 10, intervalMs: 5 };

  it("sends what is due and nothing before", () => {
    const { clock, talker } = talking(pace);
    const sent = [0, 9, 10, 14, 15, 40].map((now) => {
      clock.now = now;
      talker.tick();
      return talker.sent;
    });
    expect(sent).toEqual([0, 0, 1, 1, 2, 7]);
  });

  it("counts latency from when a message was due, however late it was sent", () => {
    const { clock, latencies, talker } = talking(pace);
    // Nothing could be done for 30 ms: three more messages were due meanwhile.
    clock.now = 25;
    talker.tick();
    clock.now = 26;
    for (let count = 0; count < 4; count++) talker.receive();
    expect(latencies).toEqual([16, 11, 6, 1]);
  });

  it("holds back what a silent server does not answer, and counts it as unsent", () => {
    const { clock, latencies, talker } = talking({ firstMs: 0, intervalMs: 1 });
    clock.now = 999;
    talker.tick();
    expect(talker.sent).toBe(256);
    // One echo makes room for one message.
    talker.receive();
    expect([talker.sent, talker.echoed, latencies]).toEqual([257, 1, [999]]);
    talker.stop(999);
    expect(talker.unsent).toBe(1000 - 257);
  });

  it("is due nothing after its connection is lost", () => {
    const { clock, talker } = talking(pace);
    clock.now = 20;
    talker.end(24);
    talker.end(100);
    expect([talker.sent, talker.unsent]).toEqual([0, 3]);
  });

  it("sends at the end what was due until then, and takes the last echoes", () => {
    const { clock, latencies, talker } = talking(pace);
    clock.now = 100;
    talker.stop(20);
    expect([talker.sent, talker.unsent]).toEqual([3, 0]);
    clock.now = 101;
    talker.receive();
    talker.tick();
    expect([talker.sent, latencies]).toEqual([3, [91]]);
  });
});

describe("without a rate", () => {
  it("sends the next message when the echo of the last has come", () => {
    const { clock, latencies, talker } = talking(undefined);
    talker.tick();
    talker.tick();
    expect(talker.sent).toBe(1);
    clock.now = 3;
    talker.receive();
    expect([talker.sent, latencies]).toEqual([2, [3]]);
    clock.now = 5;
    talker.stop(5);
    talker.receive();
    expect([talker.sent, talker.echoed, talker.unsent, latencies]).toEqual([2, 2, 0, [3, 2]]);
  });

  it("passes over a message that answers nothing", () => {
    const { latencies, talker } = talking(undefined);
    talker.receive();
    expect([talker.echoed, latencies]).toEqual([0, []]);
  });
});
