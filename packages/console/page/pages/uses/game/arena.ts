/**
 * The board as one window sees it: states come in thirty times a second, a little unevenly; what is drawn is the board a moment ago, between two
 * of them, so that dots glide. Pure but for what it has heard; it knows neither network nor screen.
 */
import { cleanPersonName } from "../../../line/person.ts";
import { fieldsOf, listOf, numberOf, textOf } from "../fields.ts";

export interface Place {
  readonly seat: number;
  readonly x: number;
  readonly y: number;
  readonly score: number;
}

export interface Bead {
  readonly id: number;
  readonly x: number;
  readonly y: number;
  readonly value: number;
}

/** What changes seldom. */
export interface Scene {
  readonly beads: readonly Bead[];
  /** Names by seat. */
  readonly names: ReadonlyMap<number, string>;
  readonly round: number;
  /** The seat that won the round before. */
  readonly winner: number | undefined;
}

interface Snapshot {
  /** When it came in, in milliseconds of any clock that goes evenly. */
  readonly at: number;
  readonly places: readonly Place[];
}

/** What is drawn is so old: two states, and some for unevenness. */
export const behindMs = 75;
const keptSnapshots = 8;

const emptyScene: Scene = { beads: [], names: new Map(), round: 1, winner: undefined };

export class Arena {
  #snapshots: readonly Snapshot[] = [];
  #scene = emptyScene;

  /** A new object with each change. */
  get scene(): Scene {
    return this.#scene;
  }

  /** The newest places, as the server has them. */
  get places(): readonly Place[] {
    return this.#snapshots.at(-1)?.places ?? [];
  }

  /** Takes what the server told at `now`; whatever it cannot read it leaves. */
  hear(data: unknown, now: number): void {
    const fields = fieldsOf(data);
    if (fields === undefined) return;
    if (Array.isArray(fields["players"])) {
      const places = listOf(fields["players"], readPlace);
      this.#snapshots = [...this.#snapshots, { at: now, places }].slice(-keptSnapshots);
    }
    const beads = fields["beads"] === undefined ? undefined : listOf(fields["beads"], readBead);
    const seats = fields["seats"] === undefined ? undefined : listOf(fields["seats"], readSeat);
    const round = numberOf(fields["round"]);
    if (beads === undefined && seats === undefined && round === undefined) return;
    this.#scene = {
      ...this.#scene,
      ...(beads && { beads }),
      ...(seats && { names: new Map(seats) }),
      ...(round !== undefined && { round, winner: numberOf(fields["winner"]) }),
    };
  }

  /** Where everybody is drawn at `now`. */
  drawnAt(now: number): readonly Place[] {
    const at = now - behindMs;
    const after = this.#snapshots.findIndex((snapshot) => snapshot.at > at);
    const to = this.#snapshots[after];
    const from = this.#snapshots[after - 1];
    if (to === undefined) return this.places;
    if (from === undefined) return to.places;
    const way = (at - from.at) / (to.at - from.at);
    return to.places.map((place) => {
      const before = from.places.find(({ seat }) => seat === place.seat);
      if (before === undefined) return place;
      return {
        ...place,
        x: before.x + (place.x - before.x) * way,
        y: before.y + (place.y - before.y) * way,
      };
    });
  }

  /** Forgets all: another server has another board. */
  clear(): void {
    this.#snapshots = [];
    this.#scene = emptyScene;
  }
}

function readPlace(row: unknown): Place | undefined {
  const [seat, x, y, score] = listOf(row, numberOf);
  if (seat === undefined || x === undefined || y === undefined) return undefined;
  return { seat, x, y, score: score ?? 0 };
}

function readBead(row: unknown): Bead | undefined {
  const [id, x, y, value] = listOf(row, numberOf);
  if (id === undefined || x === undefined || y === undefined) return undefined;
  return { id, x, y, value: value ?? 1 };
}

function readSeat(row: unknown): readonly [number, string] | undefined {
  const fields = fieldsOf(row);
  const seat = numberOf(fields?.["seat"]);
  if (seat === undefined) return undefined;
  return [seat, cleanPersonName(textOf(fields?.["name"]) ?? "")];
}
