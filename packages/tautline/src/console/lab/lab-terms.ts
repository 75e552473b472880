/**
 * What a run of the comparison lab is asked for, and how much of it anybody may ask: the numbers that bound what a run costs the
 * server stand here and nowhere else.
 */

/** The ways by which updates travel. */
export const transports = [
  "short-polling",
  "long-polling",
  "sse",
  "http-stream",
  "websocket",
  "websocket-deflate",
] as const;
export type Transport = (typeof transports)[number];

export interface LabTerms {
  /** Updates a second. */
  readonly rate: number;
  /** Bytes of what each update carries. */
  readonly payloadBytes: number;
  /** Milliseconds that are added in each direction. */
  readonly delayMs: number;
  /** How long updates are made. */
  readonly seconds: number;
  /** How long the process is watched before, while nothing is sent. */
  readonly lullMs: number;
}

/** From the least to the most of each. */
const termBounds: Readonly<Record<keyof LabTerms, readonly [number, number]>> = {
  rate: [0.2, 60],
  payloadBytes: [16, 16_384],
  delayMs: [0, 500],
  seconds: [1, 120],
  lullMs: [0, 2000],
};

/** Of a whole server. */
export const labLimits = Object.freeze({
  /** Pages that talk about runs; more are sent away. */
  maxVisitors: 16,
  /** Runs at once. */
  maxRuns: 4,
  /** Updates of a run that are kept for who fetches them. */
  keptUpdates: 640,
  /** Bytes of updates in one answer; the rest comes with the next. One update may pass it. */
  maxAnswerBytes: 1_048_576,
  /** Bytes that may wait for a reader before it is cut off. */
  maxWaitingBytes: 2_097_152,
  /** How long a long poll is held. */
  heldMs: 20_000,
  /** How long a run waits to be begun, and after its last update to be ended. */
  idleMs: 30_000,
  /** Between two reports to the page. */
  reportMs: 500,
});

/** The terms in a message, if each is a number within its bounds. */
export function readTerms(message: Readonly<Record<string, unknown>>): LabTerms | undefined {
  const within = (name: keyof LabTerms): number => {
    const value = message[name];
    const [least, most] = termBounds[name];
    return typeof value === "number" && value >= least && value <= most ? value : Number.NaN;
  };
  const terms = {
    rate: within("rate"),
    payloadBytes: within("payloadBytes"),
    delayMs: within("delayMs"),
    seconds: within("seconds"),
    lullMs: within("lullMs"),
  };
  const sound = Number.isInteger(terms.payloadBytes) && !Object.values(terms).some(Number.isNaN);
  return sound ? terms : undefined;
}
