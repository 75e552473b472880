/**
 * A market that is made up: what ropes are made of, at prices that follow from the seed and the time alone. So two processes have the
 * same prices without talking to each other, and a server that comes back goes on where the market is by now.
 *
 * A price is a sum of waves of chance, from seconds to hours, each as high as a random walk would have gone in its length.
 */
import { chanceAt, seedOf } from "./chance.ts";

/** Milliseconds between two steps of the market. */
export const tickMs = 500;

/** So much of what was before is told. */
export const pastTicks = 240;

const ticksPerDay = 86_400_000 / tickMs;

/** In ticks. */
const waves = [6, 20, 60, 240, 1_200, 7_200];
/** Of the logarithm of the price, for one tick. */
const volatility = 0.0009;

export interface Quote {
  readonly symbol: string;
  readonly price: number;
  /** The day's first price. */
  readonly open: number;
}

/** Prices by symbol, the oldest first. */
export type Past = Readonly<Record<string, readonly number[]>>;

/** All that there is to see at one time. */
export interface Picture {
  readonly tick: number;
  readonly quotes: readonly Quote[];
}

interface Good {
  readonly symbol: string;
  readonly base: number;
  /** Rows of chances: of each wave's heights, and of when there is a trade. */
  readonly heights: readonly number[];
  readonly trades: number;
}

const goods: readonly Pick<Good, "symbol" | "base">[] = [
  { symbol: "HEMP", base: 84.2 },
  { symbol: "FLAX", base: 131.5 },
  { symbol: "SISAL", base: 47.9 },
  { symbol: "JUTE", base: 29.4 },
  { symbol: "COTTON", base: 76.8 },
  { symbol: "COIR", base: 18.3 },
  { symbol: "NYLON", base: 212.6 },
  { symbol: "STEEL", base: 348.0 },
];

export class Market {
  readonly #goods: readonly Good[];
  #past: { readonly tick: number; readonly prices: Past } | undefined;

  constructor(seed: string) {
    this.#goods = goods.map(({ symbol, base }) => ({
      symbol,
      base,
      heights: waves.map((wave) => seedOf(`${seed} ${symbol} ${wave}`)),
      trades: seedOf(`${seed} ${symbol}`),
    }));
  }

  /** The market's step at a time in milliseconds since 1970. */
  tickAt(now: number): number {
    return Math.floor(now / tickMs);
  }

  picture(tick: number): Picture {
    const dayBegan = Math.floor(tick / ticksPerDay) * ticksPerDay;
    const quotes = this.#goods.map((good) => ({
      symbol: good.symbol,
      price: priceAt(good, tick),
      open: priceAt(good, dayBegan),
    }));
    return { tick, quotes };
  }

  /** The prices of the last ticks up to `tick`. It costs the most here, so it is made once for all who ask at the same time. */
  past(tick: number): Past {
    if (this.#past?.tick !== tick) this.#past = { tick, prices: this.#pastOf(tick) };
    return this.#past.prices;
  }

  #pastOf(tick: number): Past {
    const ticks = Array.from({ length: pastTicks }, (_, index) => tick - pastTicks + 1 + index);
    return Object.fromEntries(
      this.#goods.map((good) => [good.symbol, ticks.map((at) => priceAt(good, at))]),
    );
  }
}

/** In hundredths. */
function priceAt(good: Good, tick: number): number {
  const traded = lastTrade(good, tick);
  let sum = 0;
  for (const [index, wave] of waves.entries()) {
    sum += heightOf(good.heights[index] ?? 0, traded / wave) * Math.sqrt(wave);
  }
  return Math.round(good.base * Math.exp(sum * volatility) * 100) / 100;
}

/** Not everything is traded at each tick: a price stands until the next trade. */
function lastTrade({ trades }: Good, tick: number): number {
  let at = tick;
  while (tick - at < 8 && chanceAt(trades, at) > 0.45) at -= 1;
  return at;
}

/** From -1 to 1, going over smoothly from one whole place to the next. */
function heightOf(row: number, place: number): number {
  const before = Math.floor(place);
  const way = (1 - Math.cos((place - before) * Math.PI)) / 2;
  const from = chanceAt(row, before);
  return 2 * (from + (chanceAt(row, before + 1) - from) * way) - 1;
}
