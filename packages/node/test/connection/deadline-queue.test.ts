import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { DeadlineQueue, monotonicClock } from "../../src/connection/deadline-queue.ts";
import type { Clock } from "../../src/connection/deadline-queue.ts";
import { RawClient, tcpServer } from "../servers.ts";

/** A clock that the test moves; it has one timer, as the queue must have. */
class FakeClock implements Clock {
  time = 0;
  timers: { at: number; callback: () => void }[] = [];
  scheduled = 0;

  now(): number {
    return this.time;
  }

  schedule(callback: () => void, delayMs: number): () => void {
    this.scheduled += 1;
    const timer = { at: this.time + delayMs, callback };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((other) => other !== timer);
    };
  }

  advance(to: number): void {
    for (;;) {
      const due = this.timers.toSorted((a, b) => a.at - b.at).find(({ at }) => at <= to);
      if (due === undefined) break;
      this.time = due.at;
      this.timers = this.timers.filter((other) => other !== due);
      due.callback();
    }
    this.time = to;
  }
}

describe("DeadlineQueue", () => {
  it("wakes each at its time and in order, with one timer", () => {
    const clock = new FakeClock();
    const queue = new DeadlineQueue(clock);
    const woken: string[] = [];
    const times = [50, 10, 40, 20, 30, 25, 15, 45, 5, 35];
    for (const at of times) {
      queue.open({ wake: (now) => woken.push(`${at}@${now}`) }).move(at);
      expect(clock.timers.length).toBe(1);
    }
    clock.advance(100);
    expect(woken).toEqual(times.toSorted((a, b) => a - b).map((at) => `${at}@${at}`));
    expect(clock.timers).toEqual([]);
    expect(queue.size).toBe(0);
  });

  it("takes one out that is moved to never, wherever it stands", () => {
    const clock = new FakeClock();
    const queue = new DeadlineQueue(clock);
    const woken: number[] = [];
    const deadlines = Array.from({ length: 20 }, (_, index) => {
      const deadline = queue.open({ wake: () => woken.push(index) });
      deadline.move(((index * 7) % 20) + 1);
      return deadline;
    });
    for (const index of [3, 0, 19, 7]) deadlines[index]!.move(Infinity);
    deadlines[7]!.move(Infinity);
    expect(queue.size).toBe(16);
    clock.advance(100);
    expect(woken.toSorted((a, b) => a - b)).toEqual([
      1, 2, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18,
    ]);
  });

  it("moves earlier at once, and does not touch its timer for a time that moves later", () => {
    const clock = new FakeClock();
    const queue = new DeadlineQueue(clock);
    const woken: number[] = [];
    const deadline = queue.open({ wake: (now) => woken.push(now) });
    deadline.move(100);
    deadline.move(60);
    const before = clock.scheduled;
    for (let at = 61; at < 1000; at += 1) deadline.move(at);
    expect(clock.scheduled).toBe(before);
    clock.advance(1000);
    expect(woken).toEqual([60]);
  });

  it("wakes one that asks for the same moment again only in the next round", () => {
    const clock = new FakeClock();
    const queue = new DeadlineQueue(clock);
    let rounds = 0;
    const deadline = queue.open({
      wake: (now) => {
        rounds += 1;
        if (rounds < 3) deadline.move(now);
      },
    });
    deadline.move(10);
    clock.advance(10);
    expect(rounds).toBe(3);
  });

  it("waits in several steps for what is too far for a timer", () => {
    const clock = new FakeClock();
    const queue = new DeadlineQueue(clock);
    const woken: number[] = [];
    const far = 2 ** 33;
    queue.open({ wake: (now) => woken.push(now) }).move(far);
    clock.advance(far - 1);
    expect(woken).toEqual([]);
    clock.advance(far);
    expect(woken).toEqual([far]);
  });

  it("stops its timer when nothing is left to wait for", () => {
    const clock = new FakeClock();
    const queue = new DeadlineQueue(clock);
    const deadline = queue.open({ wake: () => undefined });
    deadline.move(10);
    deadline.move(Infinity);
    expect(clock.timers).toEqual([]);
  });
});

/** Blocks the whole process, as a long computation does. */
function stall(durationMs: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, durationMs);
}

describe("monotonicClock", () => {
  it("calls back, unless it is told not to", async () => {
    const calls: string[] = [];
    const cancel = monotonicClock.schedule(() => calls.push("cancelled"), 0);
    cancel();
    const before = monotonicClock.now();
    const keepAlive = setInterval(() => undefined, 1000);
    // Node.js counts from when its turn began: a call may come within the millisecond that is asked for.
    while (monotonicClock.now() <= before) {
      await new Promise<void>((resolve) => {
        monotonicClock.schedule(resolve, 1);
      });
    }
    clearInterval(keepAlive);
    expect(calls).toEqual([]);
  });

  it("lets sockets be read first that became ready while the process stalled", async () => {
    const log: string[] = [];
    const accepted: Socket[] = [];
    const port = await tcpServer((socket) => {
      accepted.push(socket);
      socket.write("welcome");
    });
    const client = await RawClient.connect(port);
    await client.until((received) => received.length > 0);
    const done = new Promise<void>((resolve) => {
      accepted[0]!.on("data", () => log.push("data"));
      client.socket.write("x");
      monotonicClock.schedule(() => {
        log.push("deadline");
        resolve();
      }, 1);
    });
    stall(20);
    await done;
    expect(log).toEqual(["data", "deadline"]);
  });

  it("does not call back when it is told so at the last moment", async () => {
    const calls: string[] = [];
    const cancel = monotonicClock.schedule(() => calls.push("cancelled"), 1);
    const sameRound = new Promise<void>((resolve) => {
      setTimeout(resolve, 1);
    });
    stall(20);
    await sameRound;
    cancel();
    await new Promise<void>((resolve) => {
      setImmediate(() => setImmediate(resolve));
    });
    expect(calls).toEqual([]);
  });
});
