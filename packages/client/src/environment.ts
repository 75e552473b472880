/**
 * What the client needs from the world around it: time, chance, signs that the network or the user came back, and a
 * place where errors of listeners surface. Everything else in this package is free of clocks and globals, so that
 * tests drive it with an environment of their own; the one for browsers and Node.js is in `default-environment.ts`.
 */

/** Takes back what the call that returned it has set up. Calling it twice does no harm. */
export type Cancel = () => void;

/**
 * A sign from outside that bears on when to connect:
 * - `online`: the machine has a network again;
 * - `offline`: the machine has lost its network;
 * - `visible`: the user looks at the page again, perhaps after hours in which the machine slept.
 */
export type NetworkSign = "online" | "offline" | "visible";

/** The port. Give your own as `environment` in the client's options, for tests or for unusual platforms. */
export interface Environment {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `callback` once after `delayMs`, never before `schedule` has returned. */
  schedule(callback: () => void, delayMs: number): Cancel;
  /** A number from 0 to below 1, spread evenly. Need not be secret. */
  random(): number;
  /** Whether the machine believes to have a network; `true` where nobody knows. */
  online(): boolean;
  /** Listens for signs until cancelled. */
  onSign(listener: (sign: NetworkSign) => void): Cancel;
  /** Shows an error that a listener threw to whoever watches errors. Must not throw. */
  reportError(error: unknown): void;
}
