/**
 * A market that is made up: what ropes are made of, at prices that follow from the seed and the time alone. So two processes have the
 * same prices without talking to each other, and a server that comes back goes on where the market is by now.
 *
 * A price is a sum of waves of chance, from seconds to hours, each as high as a random walk would have gone in its length.
 */
import { chanceAt } from "./chance.ts";

/** Milliseconds between two steps of the market. */
export const tickMs = 500;

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

/** All that there is to see at one time. */
export interface Picture {
  readonly tick: number;
  readonly quotes: readonly Quote[];
}

interface Good {
  readonly symbol: string;
  readonly base: number;
}

const goods: readonly Good[] = [
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
  readonly #seed: string;

  constructor(seed: string) {
    this.#seed = seed;
  }

  /** The market's step at a time in milliseconds since 1970. */
  tickAt(now: number): number {
    return Math.floor(now / tickMs);
  }

  picture(tick: number): Picture {
    const dayBegan = Math.floor(tick / ticksPerDay) * ticksPerDay;
    const quotes = goods.map((good) => ({
      symbol: good.symbol,
      price: this.#price(good, tick),
      open: this.#price(good, dayBegan),
    }));
    return { tick, quotes };
  }

  /** The prices of the last `count` ticks up to `tick`, the oldest first, by symbol. */
  past(tick: number, count: number): Readonly<Record<string, readonly number[]>> {
    const ticks = Array.from({ length: count }, (_, index) => tick - count + 1 + index);
    return Object.fromEntries(
      goods.map((good) => [good.symbol, ticks.map((at) => this.#price(good, at))]),
    );
  }

  /** In hundredths. */
  #price(good: Good, tick: number): number {
    const traded = this.#lastTrade(good, tick);
    let sum = 0;
    for (const wave of waves) {
      sum += this.#wave(`${this.#seed} ${good.symbol} ${wave}`, traded / wave) * Math.sqrt(wave);
    }
    return Math.round(good.base * Math.exp(sum * volatility) * 100) / 100;
  }

  /** Not everything is traded at each tick: a price stands until the next trade. */
  #lastTrade({ symbol }: Good, tick: number): number {
    let at = tick;
    while (tick - at < 8 && chanceAt(`${this.#seed} ${symbol} trade`, at) > 0.45) at -= 1;
    return at;
  }

  /** From -1 to 1, going over smoothly from one whole place to the next. */
  #wave(name: string, place: number): number {
    const before = Math.floor(place);
    const way = (1 - Math.cos((place - before) * Math.PI)) / 2;
    const from = chanceAt(name, before);
    return 2 * (from + (chanceAt(name, before + 1) - from) * way) - 1;
  }
}
