/** From keys and pointers to a direction. */

export interface Direction {
  readonly dx: number;
  readonly dy: number;
}

export const still: Direction = Object.freeze({ dx: 0, dy: 0 });

const keyDirections: ReadonlyMap<string, Direction> = new Map([
  ["ArrowLeft", { dx: -1, dy: 0 }],
  ["ArrowRight", { dx: 1, dy: 0 }],
  ["ArrowUp", { dx: 0, dy: -1 }],
  ["ArrowDown", { dx: 0, dy: 1 }],
  ["KeyA", { dx: -1, dy: 0 }],
  ["KeyD", { dx: 1, dy: 0 }],
  ["KeyW", { dx: 0, dy: -1 }],
  ["KeyS", { dx: 0, dy: 1 }],
]);

/** Whether a key, by its place on the keyboard, steers. */
export function steers(code: string): boolean {
  return keyDirections.has(code);
}

/** Where the keys that are held point to; opposite ones cancel each other. */
export function directionOfKeys(held: ReadonlySet<string>): Direction {
  let [dx, dy] = [0, 0];
  for (const code of held) {
    dx += keyDirections.get(code)?.dx ?? 0;
    dy += keyDirections.get(code)?.dy ?? 0;
  }
  return { dx: Math.sign(dx), dy: Math.sign(dy) };
}

/** So near, in units of the board, it slows down. */
const near = 8;

interface Spot {
  readonly x: number;
  readonly y: number;
}

/** From a place to where the pointer is: at full speed from afar, slower when near, and no shivering when there. */
export function directionTo(from: Spot, to: Spot): Direction {
  const [x, y] = [to.x - from.x, to.y - from.y];
  const distance = Math.hypot(x, y);
  if (distance < 1) return still;
  const scale = Math.min(1, distance / near) / distance;
  return { dx: Math.round(x * scale * 100) / 100, dy: Math.round(y * scale * 100) / 100 };
}
