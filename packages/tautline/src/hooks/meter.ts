/** Counts, as hooks to a backend want them kept. */
import type { HookName } from "./options.ts";

/** Called when a hook is over, with whether the backend has answered. */
export type HookEnd = (answered: boolean) => void;

export interface HookMeter {
  /** The backend is about to be asked. */
  hookStarted(hook: HookName): HookEnd;
}

const ignore = (): void => undefined;

/** The meter of hooks that were given none. */
export const noHookMeter: HookMeter = Object.freeze({ hookStarted: () => ignore });
