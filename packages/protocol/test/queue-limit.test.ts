import type { Role } from "@tautline/protocol";
import { prepareMessage, UsageError } from "@tautline/protocol";
import { describe, expect, test } from "vitest";
import { filler } from "./frame-bytes.ts";
import { fails, sent } from "./frame-text.ts";
import type { ObservedOptions } from "./observed-engine.ts";
import { ObservedEngine } from "./observed-engine.ts";

function limited(options: ObservedOptions = {}, role: Role = "server"): ObservedEngine {
  return new ObservedEngine(role, { maxQueuedBytes: 100, closeTimeoutMs: 500, ...options });
}

interface Sending {
  readonly name: string;
  /** Sends a payload of that many bytes. */
  readonly send: (observed: ObservedEngine, byteLength: number) => boolean;
}

const messages: readonly Sending[] = [
  { name: "a text", send: ({ engine }, length) => engine.sendText("x".repeat(length)) },
  {
    name: "a text of three bytes a unit",
    send: ({ engine }, length) =>
      engine.sendText("€".repeat(Math.floor(length / 3)) + "x".repeat(length % 3)),
  },
  { name: "bytes", send: ({ engine }, length) => engine.sendBinary(filler(length)) },
  {
    name: "a prepared message",
    send: ({ engine, platform }, length) =>
      engine.sendPrepared(prepareMessage(filler(length), platform)),
  },
];

const controls: readonly Sending[] = (["ping", "pong"] as const).map((kind) => ({
  name: `a ${kind}`,
  send: ({ engine }, length) => {
    engine[kind](filler(length));
    return false;
  },
}));

describe.each([...messages, ...controls])("$name", ({ send }) => {
  test("fits when exactly maxQueuedBytes wait afterwards, header included", () => {
    const server = limited();
    send(server, 98);
    expect(server.engine).toMatchObject({ state: "open", bufferedBytes: 100 });
    const client = limited({}, "client");
    send(client, 94);
    expect(client.engine).toMatchObject({ state: "open", bufferedBytes: 100 });
  });

  test("of one byte more closes with 1013 by default, and that is all the peer still gets", () => {
    for (const [role, length] of [["server", 99] as const, ["client", 95] as const]) {
      const observed = limited({}, role);
      observed.engine.sendText("will not be read either");
      expect(send(observed, length)).toBe(false);
      expect(observed.engine).toMatchObject({ state: "failing", transportAction: "end" });
      expect(observed.output()).toEqual(fails("LIMIT_QUEUED_BYTES").output);
      expect(observed.engine.sendText("more")).toBe(false);
      observed.receiveEnd();
      expect(observed.events).toEqual(fails("LIMIT_QUEUED_BYTES").events);
    }
  });
});

describe("a peer that does not take the Close frame either", () => {
  test("is given up when closeTimeoutMs have passed since, however long ago time was told", () => {
    const observed = limited();
    observed.engine.sendText("in flight");
    observed.engine.takeOutput();
    expect(observed.engine.sendBinary(filler(95))).toBe(false);
    // The deadline is due at once, for it begins with the time that comes with it.
    expect(observed.engine.nextDeadline).toBe(0);
    observed.now = 70_000;
    observed.pass(0);
    expect(observed.engine.nextDeadline).toBe(70_500);
    observed.pass(499);
    expect(observed.events).toEqual([]);
    observed.pass(1);
    expect(observed.events).toEqual(fails("LIMIT_QUEUED_BYTES").events);
    expect(observed.engine).toMatchObject({ state: "closed", transportAction: "destroy" });
  });

  test("gets it behind what is in flight", () => {
    const observed = limited();
    observed.engine.sendText("in flight");
    observed.engine.takeOutput();
    observed.engine.sendText("dropped");
    observed.engine.sendBinary(filler(95));
    observed.engine.outputWritten();
    expect(observed.output()).toEqual(fails("LIMIT_QUEUED_BYTES").output);
  });
});

describe.each(messages)("where a full queue refuses, $name", ({ send }) => {
  test("that does not fit is an error of the caller's, and nothing else changes", () => {
    const observed = limited({ whenQueueFull: "refuse" });
    observed.engine.sendText("kept");
    expect(() => send(observed, 95)).toThrow(UsageError);
    expect(() => send(observed, 95)).toThrow("no room");
    expect(observed.engine).toMatchObject({ state: "open", bufferedBytes: 6, droppedMessages: 0 });
    expect(observed.output()).toEqual([sent.text("kept")]);
    expect(send(observed, 95)).toBe(true);
  });
});

describe.each(messages)("where a full queue drops, $name", ({ send }) => {
  test("that does not fit is dropped and counted", () => {
    const observed = limited({ whenQueueFull: "drop" });
    observed.engine.sendText("kept");
    expect(send(observed, 95)).toBe(false);
    expect(send(observed, 2000)).toBe(false);
    expect(observed.engine).toMatchObject({ state: "open", bufferedBytes: 6, droppedMessages: 2 });
    expect(observed.output()).toEqual([sent.text("kept")]);
    expect(send(observed, 95)).toBe(true);
    expect(observed.engine.droppedMessages).toBe(2);
  });
});

describe.each(["refuse", "drop"] as const)("where a full queue does not close (%s)", (policy) => {
  test.each(controls)("$name that does not fit is left out", ({ send }) => {
    const observed = limited({ whenQueueFull: policy });
    observed.engine.sendText("kept");
    send(observed, 95);
    expect(observed.engine).toMatchObject({ state: "open", bufferedBytes: 6, droppedMessages: 0 });
  });

  test("a closed connection is not a full one", () => {
    const observed = limited({ whenQueueFull: policy }).close(1000);
    expect(observed.engine.sendBinary(filler(1000))).toBe(false);
    expect(observed.engine.droppedMessages).toBe(0);
  });

  test("the peer's pings are answered and its Close too", () => {
    const observed = limited({ whenQueueFull: policy, maxQueuedBytes: 1 });
    expect(observed.close(1000).output()).toEqual([sent.close(1000)]);
  });
});

test("bufferedBytes counts what is in flight towards the limit", () => {
  const observed = limited({ whenQueueFull: "drop" });
  observed.engine.sendText("x".repeat(60));
  observed.engine.takeOutput();
  expect(observed.engine.sendText("x".repeat(60))).toBe(false);
  expect(observed.engine.bufferedBytes).toBe(62);
});

test("a text near the limit is measured, one far from it is not", () => {
  const observed = limited({ whenQueueFull: "drop", maxQueuedBytes: 40 });
  expect(observed.engine.sendText("x".repeat(37))).toBe(true);
  expect(observed.engine.bufferedBytes).toBe(39);
});
