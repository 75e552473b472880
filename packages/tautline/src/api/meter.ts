/** Counts, as the API wants them kept. */
import type { CommandEnd } from "@tautline/hub";

export interface ApiMeter {
  /** A method is about to be carried out; the answer is called with the code of its error, 0 for none. */
  methodStarted(method: string): CommandEnd;
  /** A request was refused before any method was asked, with this status. */
  requestRefused(status: number): void;
}

const ignore = (): void => undefined;

/** The meter of an API that was given none. */
export const noApiMeter: ApiMeter = Object.freeze({
  methodStarted: () => ignore,
  requestRefused: ignore,
});
