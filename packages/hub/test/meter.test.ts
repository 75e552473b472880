/** What the hub counts and traces, as a meter and a tracer are told. */

import type { Meter, Tracer } from "@tautline/hub";
import { Hub, noMeter } from "@tautline/hub";
import { describe, expect, it } from "vitest";
import { FakeClock } from "./fake-clock.ts";
import { FakeConnection, FakePrepared } from "./fake-connection.ts";
import { ask } from "./test-hub.ts";

/** A meter that writes down what it is told, in words. */
class WrittenMeter implements Meter {
  readonly lines: string[] = [];

  limitReached(limit: string): void {
    this.lines.push(`limit ${limit}`);
  }
  tokenRefused(kind: string, fault: string): void {
    this.lines.push(`token ${kind} ${fault}`);
  }
  connectionOpened(transport: string): void {
    this.lines.push(`opened ${transport}`);
  }
  connectionClosed(transport: string, end: { code: number; byServer: boolean }): void {
    this.lines.push(`closed ${transport} ${end.code} by ${end.byServer ? "server" : "client"}`);
  }
  commandStarted(method: string): (code: number) => void {
    return (code) => this.lines.push(`${method} ${code}`);
  }
  published(publisher: string): void {
    this.lines.push(`published by ${publisher}`);
  }
  delivered(subscribers: number): void {
    this.lines.push(`delivered to ${subscribers}`);
  }
  recovered(complete: boolean): void {
    this.lines.push(complete ? "recovered" : "not recovered");
  }
}

function hubWith(meter: Meter, tracer?: Tracer): Hub {
  let ids = 0;
  return new Hub({
    clock: new FakeClock(),
    randomId: () => `id-${(ids += 1)}`,
    prepare: (data) => new FakePrepared(data),
    random: () => 0,
    meter,
    tracer,
    options: { open: true, channels: { historySize: 10, recovery: "stream" } },
  });
}

describe("a meter", () => {
  it("is told of connections, commands, publications and deliveries", async () => {
    const meter = new WrittenMeter();
    const hub = hubWith(meter);
    const ann = new FakeConnection();
    hub.accept(ann, { transport: "websocket" });
    await ask(ann, { id: 1, connect: {} }, { id: 2, subscribe: { channel: "a" } });
    await ask(ann, { id: 3, publish: { channel: "a", data: 1 } });
    await hub.channel("b").publish("to nobody");
    await hub.channel("a").publish(2, { idempotencyKey: "k" });
    await hub.channel("a").publish(2, { idempotencyKey: "k" });
    await ask(ann, { id: 4, rpc: { method: "none" } });
    ann.drop();
    expect(meter.lines).toEqual([
      "opened websocket",
      "connect 0",
      "subscribe 0",
      "delivered to 1",
      "published by client",
      "publish 0",
      "published by server",
      "delivered to 1",
      "published by server",
      "rpc 104",
      "closed websocket 1006 by client",
    ]);
  });

  it("is told whether clients get what they missed, and who ends connections", async () => {
    const meter = new WrittenMeter();
    const hub = hubWith(meter);
    const { position } = await hub.channel("a").publish(1);
    const ann = new FakeConnection();
    hub.accept(ann);
    const since = { recover: true, offset: 0, epoch: position?.epoch };
    await ask(
      ann,
      { id: 1, connect: {} },
      { id: 2, subscribe: { channel: "a", ...since } },
      { id: 3, subscribe: { channel: "b", ...since } },
    );
    await ask(ann, { id: 4, connect: {} });
    expect(meter.lines).toEqual([
      "published by server",
      "opened unknown",
      "connect 0",
      "recovered",
      "not recovered",
      "subscribe 0",
      "subscribe 0",
      "closed unknown 3501 by server",
    ]);
  });

  it("is not needed, and need not keep all counts", async () => {
    const closed: number[] = [];
    const hub = hubWith({ ...noMeter, connectionClosed: (_, { code }) => closed.push(code) });
    const ann = new FakeConnection();
    hub.accept(ann);
    await ask(ann, { id: 1, connect: {} }, { id: 2, subscribe: { channel: "a" } });
    await hub.channel("a").publish(1);
    await hub.shutdown();
    expect(closed).toEqual([3001]);
  });
});

describe("a tracer", () => {
  it("has a span around each command, with what is known of it", async () => {
    const spans: string[] = [];
    const tracer: Tracer = {
      async span(name, attributes, work) {
        const known: Record<string, string | number> = { ...attributes };
        let failure = "";
        const result = await work({
          attribute: (key, value) => void (known[key] = value),
          fail: (reason) => void (failure = `, ${reason}`),
        });
        spans.push(`${name} ${JSON.stringify(known)}${failure}`);
        return result;
      },
    };
    const hub = hubWith(noMeter, tracer);
    hub.onConnect(() => ({ user: "ann" }));
    const ann = new FakeConnection();
    hub.accept(ann);
    await ask(ann, { id: 1, connect: {} });
    await ask(ann, { id: 2, subscribe: { channel: "a" } }, { id: 3, rpc: { method: "none" } });
    const who = '"tautline.client":"id-2"';
    expect(spans.sort()).toEqual([
      `tautline.connect {${who},"tautline.user":"ann"}`,
      `tautline.rpc {${who},"tautline.user":"ann"}, code 104`,
      `tautline.subscribe {${who},"tautline.channel":"a","tautline.user":"ann"}`,
    ]);
  });
});
