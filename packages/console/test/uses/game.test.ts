import { describe, expect, it } from "vitest";

import { Arena, behindMs } from "../../page/pages/uses/game/arena.ts";
import {
  directionOfKeys,
  directionTo,
  steers,
  still,
} from "../../page/pages/uses/game/steering.ts";
import { LatestValue } from "../../page/pages/uses/latest-value.ts";

describe("the arena", () => {
  it("draws dots between two states, a moment ago", () => {
    const arena = new Arena();
    arena.hear({ players: [[1, 0, 0, 0]] }, 1_000);
    arena.hear({ players: [[1, 10, 20, 1]] }, 1_100);
    expect(arena.drawnAt(1_050 + behindMs)).toEqual([{ seat: 1, x: 5, y: 10, score: 1 }]);
    expect(arena.drawnAt(1_100 + behindMs)).toEqual([{ seat: 1, x: 10, y: 20, score: 1 }]);
    // Nothing is known of what comes next: dots wait.
    expect(arena.drawnAt(5_000)).toEqual(arena.places);
    // Before the first state that is kept, that one.
    expect(arena.drawnAt(900)).toEqual([{ seat: 1, x: 0, y: 0, score: 0 }]);
  });

  it("lets newcomers stand where they are, and those who left be gone", () => {
    const arena = new Arena();
    arena.hear({ players: [[1, 0, 0, 0]] }, 1_000);
    arena.hear({ players: [[2, 50, 50, 0]] }, 1_100);
    expect(arena.drawnAt(1_050 + behindMs)).toEqual([{ seat: 2, x: 50, y: 50, score: 0 }]);
  });

  it("keeps what a message says nothing about", () => {
    const arena = new Arena();
    arena.hear(
      { beads: [[1, 2, 3, 3]], seats: [{ seat: 1, name: "Ada" }], round: 2, winner: 1 },
      0,
    );
    const before = arena.scene;
    arena.hear({ players: [[1, 0, 0, 0]] }, 1);
    expect(arena.scene).toBe(before);
    arena.hear({ beads: [] }, 2);
    expect(arena.scene).toEqual({ beads: [], names: new Map([[1, "Ada"]]), round: 2, winner: 1 });
    arena.clear();
    expect(arena.scene.names.size).toBe(0);
    expect(arena.places).toEqual([]);
  });

  it("leaves what it cannot read", () => {
    const arena = new Arena();
    arena.hear({ players: [[1], "x", null, [2, 3, 4]], beads: [[]], seats: [{}, 1] }, 0);
    expect(arena.places).toEqual([{ seat: 2, x: 3, y: 4, score: 0 }]);
    expect(arena.scene).toMatchObject({ beads: [], names: new Map() });
    arena.hear("nothing", 1);
  });
});

describe("steering", () => {
  const rows = [
    { keys: ["ArrowLeft"], direction: { dx: -1, dy: 0 } },
    { keys: ["KeyD", "KeyW"], direction: { dx: 1, dy: -1 } },
    { keys: ["ArrowLeft", "ArrowRight"], direction: { dx: 0, dy: 0 } },
    { keys: ["ArrowLeft", "KeyA"], direction: { dx: -1, dy: 0 } },
    { keys: ["KeyQ"], direction: { dx: 0, dy: 0 } },
  ];
  for (const { keys, direction } of rows) {
    it(`goes ${JSON.stringify(direction)} with ${keys.join(" and ")}`, () => {
      expect(directionOfKeys(new Set(keys))).toEqual(direction);
    });
  }

  it("takes some keys and leaves the others to the browser", () => {
    expect([steers("ArrowUp"), steers("KeyS"), steers("Tab"), steers("toString")]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it("goes to where the pointer is, slower when near, and rests there", () => {
    const here = { x: 50, y: 50 };
    expect(directionTo(here, { x: 100, y: 50 })).toEqual({ dx: 1, dy: 0 });
    expect(directionTo(here, { x: 50, y: 46 })).toEqual({ dx: 0, dy: -0.5 });
    expect(directionTo(here, { x: 50.5, y: 50 })).toEqual(still);
  });
});

/** A listener whose answers a test gives. */
function play() {
  const told: number[] = [];
  const answers: { resolve: () => void; reject: (error: Error) => void }[] = [];
  const value = new LatestValue<number>(
    (one) => {
      told.push(one);
      return new Promise<void>((resolve, reject) => answers.push({ resolve, reject }));
    },
    (one, other) => one === other,
  );
  return { value, told, answers };
}

describe("the latest value", () => {
  it("is told once a beat, and only the latest", () => {
    const { value, told } = play();
    for (const one of [1, 2, 3]) value.offer(one);
    expect(told).toEqual([]);
    void value.beat();
    expect(told).toEqual([3]);
  });

  it("waits while the one before is on its way, and is not told twice", async () => {
    const { value, told, answers } = play();
    value.offer(1);
    const first = value.beat();
    value.offer(2);
    void value.beat();
    value.offer(3);
    expect(told).toEqual([1]);
    answers[0]?.resolve();
    await first;
    void value.beat();
    expect(told).toEqual([1, 3]);
    answers[1]?.resolve();
    await Promise.resolve();
    value.offer(3);
    await value.beat();
    expect(told).toEqual([1, 3]);
  });

  it("is told again after a failure, and to another listener", async () => {
    const { value, told, answers } = play();
    value.offer(1);
    const first = value.beat();
    answers[0]?.reject(new Error("no line"));
    await first;
    const second = value.beat();
    answers[1]?.resolve();
    await second;
    expect(told).toEqual([1, 1]);
    value.forget();
    void value.beat();
    expect(told).toEqual([1, 1, 1]);
  });
});
