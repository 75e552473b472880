/**
 * Whatever happens in whatever order, a client is never stuck, never has two sockets, never waits longer than it may, and
 * leaves nothing behind when it disconnects.
 */

import type { Client } from "@tautline/client";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Mood } from "./fake-server.ts";
import { seed } from "./seed.ts";
import { World } from "./world.ts";

type Step = (world: World, client: Client) => void | Promise<void>;

const endCodes = [1000, 1001, 1006, 1009, 1011, 3000, 3001, 3005, 3012, 3500, 4000, 4500];
const moods: readonly Mood[] = ["good", "refusing", "unreachable", "mute"];

/** The open or opening connection, if there is one. */
const living = (world: World) => world.server.living.at(-1);

const step: fc.Arbitrary<readonly [name: string, step: Step]> = fc.oneof(
  fc
    .nat(70_000)
    .map((ms) => [`advance ${ms}`, (world: World) => world.environment.advance(ms)] as const),
  fc
    .nat(100)
    .map((ms) => [`advance ${ms}`, (world: World) => world.environment.advance(ms)] as const),
  fc
    .nat(7_200_000)
    .map((ms) => [`sleep ${ms}`, (world: World) => world.environment.sleep(ms)] as const),
  fc
    .constantFrom("online", "offline", "visible")
    .map((sign) => [sign, (world: World) => world.environment.give(sign)] as const),
  fc.constantFrom(...moods).map(
    (mood) =>
      [
        `server ${mood}`,
        (world: World) => {
          world.server.mood = mood;
        },
      ] as const,
  ),
  fc
    .constantFrom(...endCodes)
    .map((code) => [`close ${code}`, (world: World) => living(world)?.end(code)] as const),
  fc
    .constantFrom(...endCodes)
    .map(
      (code) =>
        [
          `push ${code}`,
          (world: World) => living(world)?.reply({ push: { disconnect: { code } } }),
        ] as const,
    ),
  fc
    .constantFrom(2000, 2500)
    .map(
      (code) =>
        [
          `unsubscribe ${code}`,
          (world: World) =>
            living(world)?.reply({ push: { channel: "chat", unsubscribe: { code } } }),
        ] as const,
    ),
  fc.constant(["bad frame", (world: World) => living(world)?.receive("{")] as const),
  fc.boolean().map(
    (temporary) =>
      [
        `refuse connect, temporary ${temporary}`,
        (world: World) => {
          world.server.refusals.set("connect", { code: 100, message: "no", temporary });
        },
      ] as const,
  ),
  fc.constantFrom("chat", "unsubscribe", "publish").map(
    (name) =>
      [
        `toggle answers to ${name}`,
        (world: World) => {
          if (!world.server.ignored.delete(name)) world.server.ignored.add(name);
        },
      ] as const,
  ),
  fc.constant(["connect", (_: World, client: Client) => void client.connect()] as const),
  fc.constant(["disconnect", (_: World, client: Client) => void client.disconnect()] as const),
  fc.constant([
    "publish",
    (_: World, client: Client) => {
      client.publish("chat", 1).catch(() => undefined);
    },
  ] as const),
  fc.constant([
    "unsubscribe",
    (_: World, client: Client) => {
      void client.subscription("chat")?.unsubscribe();
    },
  ] as const),
  fc.constant([
    "subscribe",
    (_: World, client: Client) => {
      if (client.subscription("chat") === undefined) client.subscribe("chat");
    },
  ] as const),
);

function checkInvariants({ environment, server }: World, client: Client): void {
  const { state, nextAttemptAt } = client.status;
  expect(environment.errors).toEqual([]);
  const waiting = nextAttemptAt !== undefined;
  // An attempt holds a socket, a wait between two does not; a wait has an end in sight, though a machine that sleeps
  // may make the attempt late.
  expect({ state, waiting, sockets: server.living.length }).toBeOneOf([
    { state: "disconnected", waiting: false, sockets: 0 },
    { state: "connecting", waiting: true, sockets: 0 },
    { state: "connecting", waiting: false, sockets: 1 },
    { state: "connected", waiting: false, sockets: 1 },
  ]);
  expect((nextAttemptAt ?? 0) - environment.now()).toBeLessThanOrEqual(60_000);
}

test(`no sequence of faults breaks the client (seed ${seed})`, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 40 }),
      fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
      async (steps, chances) => {
        const world = new World();
        world.environment.chance = () => chances.next().value ?? 0.5;
        const client = world.client();
        void client.connect();
        for (const [, act] of steps) {
          await act(world, client);
          checkInvariants(world, client);
        }

        // The world is good again: so must be the client, within the longest delays there are.
        world.server.mood = "good";
        world.server.refusals.clear();
        world.server.ignored.clear();
        void client.connect();
        world.environment.give("online");
        if (client.subscription("chat") === undefined) client.subscribe("chat");
        for (let waited = 0; waited < 200_000; waited += 5000) {
          await world.environment.advance(5000);
          checkInvariants(world, client);
        }
        expect(client.state).toBe("connected");
        expect(client.subscription("chat")?.state).toBe("subscribed");

        void client.disconnect();
        await world.environment.advance(200_000);
        expect(world.server.living).toEqual([]);
        expect(world.environment.timerCount).toBe(0);
        expect(world.environment.listenerCount).toBe(0);
      },
    ),
    { numRuns: 150, examples: [] },
  );
});
