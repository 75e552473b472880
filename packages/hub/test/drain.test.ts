/** How a hub sends its clients elsewhere: with which code, when, and who is let in meanwhile. */

import { disconnects } from "@tautline/wire";
import { describe, expect, it } from "vitest";
import type { FakeConnection } from "./fake-connection.ts";
import { ask, TestHub } from "./test-hub.ts";

const { shutdown } = disconnects;

async function meetFour(world: TestHub): Promise<FakeConnection[]> {
  const connections: FakeConnection[] = [];
  for (let n = 0; n < 4; n += 1) connections.push(await world.connect());
  return connections;
}

const told = (connections: readonly FakeConnection[]): number[] =>
  connections.flatMap(({ closedWith }, index) => (closedWith === undefined ? [] : [index]));

describe("drain", () => {
  it("tells clients one after the other, evenly over the time, to come back elsewhere", async () => {
    const world = new TestHub();
    const clients = await meetFour(world);
    let over = false;
    const drained = world.hub.drain(1000).then(() => (over = true));
    expect(told(clients)).toEqual([0]);
    expect(clients[0]?.closedWith).toEqual(shutdown);
    world.clock.advance(249);
    expect(told(clients)).toEqual([0]);
    world.clock.advance(1);
    expect(told(clients)).toEqual([0, 1]);
    world.clock.advance(250);
    expect(told(clients)).toEqual([0, 1, 2]);
    expect(over).toBe(false);
    world.clock.advance(250);
    await drained;
    expect(clients.map(({ closedWith }) => closedWith)).toEqual(Array(4).fill(shutdown));
  });

  it("tells all at once when there is no time, and is over where there is nobody", async () => {
    const world = new TestHub();
    const clients = await meetFour(world);
    await world.hub.drain(0);
    expect(told(clients)).toHaveLength(4);
    await new TestHub().hub.drain(60_000);
  });

  it("serves those who have not been told yet, and lets nobody in", async () => {
    const world = new TestHub();
    const [, , , last] = await meetFour(world);
    void world.hub.drain(1000);
    expect(await ask(last!, { id: 7, subscribe: { channel: "a" } })).toMatchObject([{ id: 7 }]);
    expect(last?.closedWith).toBeUndefined();
    expect(world.dial().closedWith).toEqual(shutdown);
  });

  it("is not held up by clients that leave by themselves", async () => {
    const world = new TestHub();
    const clients = await meetFour(world);
    const drained = world.hub.drain(1000);
    clients[2]?.drop();
    clients[3]?.drop();
    world.clock.advance(750);
    await drained;
    expect(told(clients)).toEqual([0, 1]);
  });

  it("is hurried by shutdown, and keeps to its first time when it is asked again", async () => {
    const world = new TestHub();
    const clients = await meetFour(world);
    const drained = world.hub.drain(1000);
    void world.hub.drain(0);
    expect(told(clients)).toEqual([0]);
    await world.hub.shutdown();
    await drained;
    expect(told(clients)).toHaveLength(4);
    expect(world.clock.pending).toBe(0);
  });

  it("takes no time that is none", () => {
    const { hub } = new TestHub();
    for (const overMs of [-1, Number.NaN]) expect(() => hub.drain(overMs)).toThrow(RangeError);
  });
});
