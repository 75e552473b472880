/**
 * The market as a window knows it: the newest picture and the prices before it, all of one length, so that rows and chart agree. Pure steps;
 * a picture that skips some ticks repeats the price before for them.
 */
import { fieldsOf, listOf, numberOf, textOf } from "../fields.ts";
import type { Fields } from "../fields.ts";

export interface Row {
  readonly symbol: string;
  readonly price: number;
  /** The day's first price. */
  readonly open: number;
  /** Where the price went with the newest picture: -1, 0 or 1. */
  readonly turn: number;
  /** The oldest first; the last is `price`. */
  readonly past: readonly number[];
}

export interface Tape {
  readonly tick: number;
  readonly tickMs: number;
  readonly rows: readonly Row[];
}

export const keptTicks = 240;

/** Of the day's first price, in per cent. */
export function changePercent({ price, open }: Row): number {
  return open === 0 ? 0 : ((price - open) / open) * 100;
}

/** What the server answers to whoever begins to watch. Undefined when it is something else. */
export function readTape(data: unknown): Tape | undefined {
  const fields = fieldsOf(data);
  const tick = numberOf(fields?.["tick"]);
  const tickMs = numberOf(fields?.["tickMs"]);
  if (tick === undefined || tickMs === undefined) return undefined;
  const past = fieldsOf(fields?.["past"]) ?? {};
  const rows = listOf(fields?.["quotes"], fieldsOf).map((quote) => rowOf(quote, past));
  return { tick, tickMs, rows: rows.filter((row) => row !== undefined) };
}

function rowOf(quote: Fields, past: Fields): Row | undefined {
  const symbol = textOf(quote["symbol"]);
  const price = numberOf(quote["price"]);
  if (symbol === undefined || price === undefined) return undefined;
  const before = listOf(past[symbol], numberOf).slice(-keptTicks);
  const open = numberOf(quote["open"]) ?? price;
  return { symbol, price, open, turn: 0, past: before.length > 0 ? before : [price] };
}

/** Takes a picture up; one that is no newer, or none at all, changes nothing. */
export function withPicture(tape: Tape, data: unknown): Tape {
  const fields = fieldsOf(data);
  const tick = numberOf(fields?.["tick"]);
  if (tick === undefined || tick <= tape.tick) return tape;
  const quotes = new Map(
    listOf(fields?.["quotes"], fieldsOf).map((quote) => [textOf(quote["symbol"]), quote]),
  );
  const skipped = Math.min(keptTicks, tick - tape.tick - 1);
  const rows = tape.rows.map((row) => {
    const quote = quotes.get(row.symbol);
    const price = numberOf(quote?.["price"]) ?? row.price;
    const stood = Array.from({ length: skipped }, () => row.price);
    return {
      symbol: row.symbol,
      price,
      open: numberOf(quote?.["open"]) ?? row.open,
      turn: Math.sign(price - row.price),
      past: [...row.past, ...stood, price].slice(-keptTicks),
    };
  });
  return { ...tape, tick, rows };
}

/** How many symbols are not as they were. */
export function changedCount({ rows }: Tape): number {
  return rows.filter(({ turn }) => turn !== 0).length;
}
