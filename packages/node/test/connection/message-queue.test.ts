import { describe, expect, it } from "vitest";
import { MessageQueue } from "../../src/connection/message-queue.ts";

const limits = { maxUnreadMessages: 4, maxUnreadBytes: 100 };

describe("MessageQueue", () => {
  it("gives messages back in order, whether they waited or were waited for", async () => {
    const queue = new MessageQueue(limits);
    queue.push("a");
    queue.push("b");
    const taken = [queue.take(), queue.take(), queue.take(), queue.take()];
    queue.push("");
    queue.push(new Uint8Array([1]));
    expect((await Promise.all(taken)).map(({ value }) => value)).toEqual([
      "a",
      "b",
      "",
      new Uint8Array([1]),
    ]);
    expect(queue.size).toBe(0);
  });

  it("is full by count, and has room again at half", () => {
    const queue = new MessageQueue(limits);
    for (const message of ["a", "b", "c"]) queue.push(message);
    expect([queue.full, queue.hasRoom]).toEqual([false, false]);
    queue.push("d");
    expect(queue.full).toBe(true);
    queue.shift();
    expect([queue.full, queue.hasRoom]).toEqual([false, false]);
    queue.shift();
    expect(queue.hasRoom).toBe(true);
  });

  it("is full by bytes, and refuses nothing", () => {
    const queue = new MessageQueue(limits);
    queue.push("x".repeat(99));
    expect(queue.full).toBe(false);
    queue.push(new Uint8Array(500));
    expect([queue.full, queue.size]).toEqual([true, 2]);
    queue.shift();
    queue.shift();
    expect([queue.full, queue.hasRoom, queue.shift()]).toEqual([false, true, undefined]);
  });

  it("ends for those who wait and for those who come later, after what it still holds", async () => {
    const empty = new MessageQueue(limits);
    const waiting = empty.take();
    empty.end();
    expect(await waiting).toEqual({ done: true, value: undefined });

    const queue = new MessageQueue(limits);
    queue.push("last");
    queue.end();
    expect(await queue.take()).toEqual({ done: false, value: "last" });
    expect(await queue.take()).toEqual({ done: true, value: undefined });
  });

  it("stays in order over many rounds", () => {
    const queue = new MessageQueue({ maxUnreadMessages: 1000, maxUnreadBytes: 100_000 });
    let pushed = 0;
    const shifted: string[] = [];
    for (let round = 0; round < 1000; round += 1) {
      for (let count = round % 7; count > 0; count -= 1) queue.push(String(pushed++));
      for (let count = round % 5; count > 0; count -= 1) {
        const message = queue.shift();
        if (message !== undefined) shifted.push(String(message));
      }
      expect(queue.size).toBe(pushed - shifted.length);
    }
    expect(shifted.length).toBeGreaterThan(1000);
    expect(shifted).toEqual(shifted.map((_, index) => String(index)));
  });
});
