import { describe, expect, test } from "vitest";
import { close, ping, pong, text } from "./frame-bytes.ts";
import { fails, said, sent } from "./frame-text.ts";
import type { ObservedOptions } from "./observed-engine.ts";
import { ObservedEngine } from "./observed-engine.ts";

const settings: ObservedOptions = { pingIntervalMs: 1000, pongTimeoutMs: 300, random: () => 0 };

function beating(options: ObservedOptions = {}): ObservedEngine {
  return new ObservedEngine("server", { ...settings, ...options }, 5000);
}

describe("the heartbeat", () => {
  test("pings when the interval has passed, and not before", () => {
    const observed = beating();
    expect(observed.engine.nextDeadline).toBe(6000);
    observed.engine.tick(5999);
    expect(observed.engine.hasOutput).toBe(false);
    expect(observed.pass(1000).output()).toEqual([sent.ping()]);
    expect(observed.engine.nextDeadline).toBe(6300);
  });

  test("goes on as long as the peer answers", () => {
    const observed = beating();
    for (let beat = 0; beat < 5; beat++) {
      expect(observed.pass(1000).output()).toEqual([sent.ping()]);
      observed.receive(pong());
    }
    expect(observed.engine).toMatchObject({ state: "open", nextDeadline: 11_000 });
  });

  test("gives up on a peer that stays silent, without a Close frame that nobody would read", () => {
    const observed = beating().pass(1000);
    observed.output();
    observed.pass(299);
    expect(observed.engine.state).toBe("open");
    observed.pass(1);
    expect(observed.events).toEqual(fails("CONNECTION_PONG_TIMEOUT").events);
    expect(observed.engine).toMatchObject({
      state: "closed",
      transportAction: "destroy",
      nextDeadline: Infinity,
      hasOutput: false,
    });
  });

  test.each([
    ["a message", text("here")],
    ["a ping", ping()],
    ["half a frame", Uint8Array.of(0x81)],
  ])("takes %s for a sign of life as good as a pong", (_, wire) => {
    const observed = beating().pass(1000).receive(wire);
    expect(observed.engine.nextDeadline).toBe(7000);
  });

  test("gives a silent peer no more time for having pinged it again", () => {
    const observed = beating({ pongTimeoutMs: 1500 }).pass(1000);
    expect(observed.engine.nextDeadline).toBe(7000);
    observed.pass(1000);
    expect(observed.engine.nextDeadline).toBe(7500);
    observed.pass(500);
    expect(observed.events).toEqual(fails("CONNECTION_PONG_TIMEOUT").events);
  });

  test("shortens each interval by up to a tenth at random", () => {
    const draws = [0, 0.5, 0.999_999];
    const observed = beating({ random: () => draws.shift() ?? 0 });
    expect(observed.engine.nextDeadline).toBe(6000);
    observed.pass(1000).receive(pong());
    expect(observed.engine.nextDeadline).toBeCloseTo(6950, 0);
    observed.pass(950).receive(pong());
    expect(observed.engine.nextDeadline).toBeCloseTo(7850, 0);
  });

  test("does not run when the interval is 0, which it is for a client by default: it never closes by itself [RFC6455-7.1.7-6, RFC6455-7.2.1-3, RFC6455-7.3-1]", () => {
    expect(beating({ pingIntervalMs: 0 }).engine.nextDeadline).toBe(Infinity);
    const client = new ObservedEngine("client");
    expect(client.engine.nextDeadline).toBe(Infinity);
    client.engine.tick(1e9);
    expect(client.engine).toMatchObject({ state: "open", hasOutput: false });
  });

  test("runs for a server by default", () => {
    expect(new ObservedEngine("server").engine.nextDeadline).toBeLessThanOrEqual(25_000);
  });

  test("stops with the closing handshake", () => {
    const observed = beating({ closeTimeoutMs: 9000 }).close(1000);
    expect(observed.pass(2000).output()).toEqual([sent.close(1000)]);
    observed.receive(close(1000)).receiveEnd();
    expect(observed.events).toEqual([said.closedCleanly(1000)]);
  });
});

describe("while the application does not read", () => {
  test("pings go on, and nobody is given up for not answering", () => {
    const observed = beating().pass(1000);
    observed.output();
    observed.engine.suspendReceiving();
    expect(observed.engine.nextDeadline).toBe(7000);
    observed.engine.tick(6999);
    expect(observed.engine.hasOutput).toBe(false);
    for (let beat = 0; beat < 5; beat++) {
      expect(observed.pass(1000).output()).toEqual([sent.ping()]);
    }
    expect(observed.engine).toMatchObject({ state: "open", nextDeadline: 11_000 + 1000 });
  });

  test("pings do not run where the interval is 0", () => {
    const observed = beating({ pingIntervalMs: 0 });
    observed.engine.suspendReceiving();
    expect(observed.engine.nextDeadline).toBe(Infinity);
  });

  test("an answer that is awaited gets its whole time again afterwards", () => {
    const observed = beating().pass(1000);
    observed.output();
    observed.engine.suspendReceiving();
    observed.engine.resumeReceiving(6900);
    expect(observed.engine.nextDeadline).toBe(7000);
    observed.now = 6900;
    observed.pass(100);
    expect(observed.output()).toEqual([sent.ping()]);
    observed.pass(199);
    expect(observed.engine.state).toBe("open");
    observed.pass(1);
    expect(observed.events).toEqual(fails("CONNECTION_PONG_TIMEOUT").events);
  });

  test("a ping that came due is sent afterwards", () => {
    const observed = beating();
    observed.engine.suspendReceiving();
    observed.engine.resumeReceiving(9000);
    expect(observed.engine.nextDeadline).toBe(9000);
    observed.now = 9000;
    expect(observed.pass(0).output()).toEqual([sent.ping()]);
  });

  test("resuming what was not suspended changes nothing", () => {
    const observed = beating();
    observed.engine.resumeReceiving(50_000);
    expect(observed.engine.nextDeadline).toBe(6000);
  });
});
