/** The delays before attempts, seen from outside through the client's status. */

import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import "./seed.ts";
import { World } from "./world.ts";

const almostOne = 1 - Number.EPSILON;

/** The delays after `count` failed attempts in a row, when `chance` is drawn each time. */
async function delaysWith(chance: () => number, count: number): Promise<number[]> {
  const world = new World();
  const client = await world.connected();
  world.environment.chance = chance;
  world.server.mood = "refusing";
  const delays: number[] = [];
  client.onStateChange(({ nextAttemptAt }) => {
    if (nextAttemptAt !== undefined) delays.push(nextAttemptAt - world.environment.now());
  });
  world.server.socket.end(1006);
  while (delays.length < count) await world.environment.advance((delays.at(-1) ?? 0) + 10);
  return delays.slice(0, count);
}

describe("delays before the next attempt", () => {
  test("the interval doubles up to the maximum", async () => {
    const delays = await delaysWith(() => almostOne, 8);
    expect(delays.map(Math.round)).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 20_000, 20_000]);
  });

  test("the jitter is full: from none to the whole interval", async () => {
    expect(await delaysWith(() => 0, 4)).toEqual([0, 0, 0, 0]);
    expect(await delaysWith(() => 0.25, 4)).toEqual([125, 250, 500, 1000]);
  });

  test("the interval stays finite after any number of failures", async () => {
    const delays = await delaysWith(() => 0.5, 1200);
    expect(delays.at(-1)).toBe(10_000);
  });

  test("no delay is outside of its interval, whatever happens", async () => {
    const chances = fc.array(fc.double({ min: 0, max: almostOne, noNaN: true }), {
      minLength: 1,
      maxLength: 20,
    });
    await fc.assert(
      fc.asyncProperty(chances, async (drawn) => {
        const left = [...drawn];
        const delays = await delaysWith(() => left.shift() ?? 0, drawn.length);
        for (const [at, delay] of delays.entries()) {
          expect(delay).toBeGreaterThanOrEqual(0);
          // Not below: the time of day leaves no room for the last bits of a delay.
          expect(delay).toBeLessThanOrEqual(Math.min(20_000, 500 * 2 ** at));
        }
      }),
    );
  });

  const resets = [
    { name: "a connection that broke at once does not start over", heldMs: 0, delay: 2000 },
    { name: "one that held almost long enough does not", heldMs: 9999, delay: 2000 },
    { name: "one that held long enough does", heldMs: 10_000, delay: 500 },
  ];
  test.each(resets)("$name", async ({ heldMs, delay }) => {
    const world = new World();
    const client = await world.connected();
    world.environment.chance = () => almostOne;
    world.server.mood = "refusing";
    world.server.socket.end(1006);
    await world.environment.advance(world.delay(client) + 10);
    world.server.mood = "good";
    await world.environment.advance(world.delay(client) + 11);
    expect(client.state).toBe("connected");
    await world.environment.advance(heldMs);
    world.server.socket.end(1006);
    expect(Math.round(world.delay(client))).toBe(delay);
  });
});
