// The rules of the game, with chance that is none.
import { describe, expect, it } from "vitest";

import { Board, boardSize, mostPlayers, roundScore } from "../../../src/console/uses/board.ts";

/** Chance that goes through a list again and again. */
function rolling(...values: readonly number[]): () => number {
  let next = 0;
  return () => {
    next += 1;
    return values[(next - 1) % values.length] ?? 0;
  };
}

/** The player in a seat. */
function playerAt(board: Board, seat: number) {
  const player = board.players.get(seat);
  if (player === undefined) throw new Error(`Nobody has seat ${seat}.`);
  return player;
}

describe("the board", () => {
  it("has so many seats and no more, and gives the lowest free one", () => {
    const board = new Board(() => 0.5);
    const seats = Array.from({ length: mostPlayers }, () => board.join());
    expect(seats.at(-1)).toBe(mostPlayers);
    expect(board.join()).toBeUndefined();
    board.leave(7);
    expect(board.join()).toBe(7);
  });

  it("moves who steers, across no faster than along, and not beyond its edge", () => {
    const board = new Board(() => 0.5);
    board.join();
    board.join();
    const { x, y } = playerAt(board, 1);
    board.steer(1, 1, 0);
    board.steer(2, 1, 1);
    board.step(0.5);
    const [along, across] = [playerAt(board, 1), playerAt(board, 2)];
    expect(along.y).toBe(y);
    expect(Math.hypot(across.x - x, across.y - y)).toBeCloseTo(along.x - x);
    board.step(1_000);
    expect(along.x).toBe(boardSize.width - 3);
    expect(across.y).toBe(boardSize.height - 3);
  });

  it("hears nothing of seats that nobody has", () => {
    const board = new Board(() => 0.5);
    board.steer(9, 1, 1);
    board.leave(9);
    board.step(1);
    expect(board.players.size).toBe(0);
  });

  it("always has beads, more for more players, and gives points for those that are reached", () => {
    // Players begin in the middle, and beads lie there too.
    const board = new Board(() => 0.5);
    board.step(0);
    expect(board.beads).toHaveLength(5);
    board.join();
    board.step(0);
    const gathered = playerAt(board, 1).score;
    expect(gathered).toBe(5);
    expect(board.beads).toHaveLength(6);
    expect(board.beads[0]?.value).toBe(3);
  });

  it("begins another round when somebody has enough, with nobody's points", () => {
    const board = new Board(rolling(0.5));
    board.join();
    while (board.round === 1) board.step(0);
    expect([board.round, board.winner]).toEqual([2, 1]);
    expect(playerAt(board, 1).score).toBeLessThan(roundScore);
  });
});
