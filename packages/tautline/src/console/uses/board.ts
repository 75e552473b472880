/**
 * The rules of the game: players steer their dots over a board and gather beads; who has enough first wins the round, and the next one begins.
 * Pure but for the chance it is given; it knows neither clients nor time.
 */

export const boardSize = Object.freeze({ width: 160, height: 90 });
export const roundScore = 25;
export const mostPlayers = 24;

/** Units a second. */
const speed = 46;
const playerRadius = 3;
const beadRadius = 1.4;
const goldenEvery = 6;
const goldenValue = 3;

export interface Player {
  readonly seat: number;
  x: number;
  y: number;
  /** Where it wants to go, -1 to 1 in each direction. */
  dx: number;
  dy: number;
  score: number;
}

export interface Bead {
  readonly id: number;
  readonly x: number;
  readonly y: number;
  readonly value: number;
}

export class Board {
  readonly players = new Map<number, Player>();
  readonly #random: () => number;
  #beads: readonly Bead[] = [];
  #nextBead = 1;
  round = 1;
  /** The seat that won the round before. */
  winner: number | undefined;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** A new array with each change. */
  get beads(): readonly Bead[] {
    return this.#beads;
  }

  /** Takes a free seat, the lowest; `undefined` when there is none. */
  join(): number | undefined {
    let seat = 1;
    while (this.players.has(seat)) seat += 1;
    if (seat > mostPlayers) return undefined;
    const { width, height } = boardSize;
    const x = playerRadius + this.#random() * (width - 2 * playerRadius);
    const y = playerRadius + this.#random() * (height - 2 * playerRadius);
    this.players.set(seat, { seat, x, y, dx: 0, dy: 0, score: 0 });
    return seat;
  }

  leave(seat: number): void {
    this.players.delete(seat);
  }

  /** Says where a player goes until it says otherwise. Nobody is faster across than along. */
  steer(seat: number, dx: number, dy: number): void {
    const player = this.players.get(seat);
    if (player === undefined) return;
    const length = Math.max(1, Math.hypot(dx, dy));
    player.dx = dx / length;
    player.dy = dy / length;
  }

  /** Lets `seconds` go by. */
  step(seconds: number): void {
    for (const player of this.players.values()) {
      const { width, height } = boardSize;
      player.x = within(player.x + player.dx * speed * seconds, width);
      player.y = within(player.y + player.dy * speed * seconds, height);
      this.#gather(player);
    }
    const winner = [...this.players.values()].find(({ score }) => score >= roundScore);
    if (winner !== undefined) this.#nextRound(winner);
    this.#strew();
  }

  #gather(player: Player): void {
    const reach = playerRadius + beadRadius;
    const left = this.#beads.filter((bead) => {
      const caught = Math.hypot(bead.x - player.x, bead.y - player.y) < reach;
      if (caught) player.score += bead.value;
      return !caught;
    });
    if (left.length < this.#beads.length) this.#beads = left;
  }

  #nextRound(winner: Player): void {
    this.round += 1;
    this.winner = winner.seat;
    for (const player of this.players.values()) player.score = 0;
    this.#beads = [];
  }

  /** There are always a few beads, and a few more with each player. */
  #strew(): void {
    const missing = 5 + this.players.size - this.#beads.length;
    if (missing <= 0) return;
    const { width, height } = boardSize;
    const fresh = Array.from({ length: missing }, () => {
      const id = this.#nextBead;
      this.#nextBead += 1;
      return {
        id,
        x: tenths(4 + this.#random() * (width - 8)),
        y: tenths(4 + this.#random() * (height - 8)),
        value: id % goldenEvery === 0 ? goldenValue : 1,
      };
    });
    this.#beads = [...this.#beads, ...fresh];
  }
}

function within(place: number, size: number): number {
  return Math.min(size - playerRadius, Math.max(playerRadius, place));
}

/** As exact as anybody can see. */
export function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}
