/** One way by which updates come into the page. What travels is the same for all; how it is asked for differs. */
export interface Update {
  readonly number: number;
  /** When the server made it, by its clock, in milliseconds since 1970. */
  readonly madeAt: number;
}

export interface ReceiverSetup {
  /** Where the run's updates are, over HTTP. */
  readonly url: (after: number) => string;
  /** Where they are as a WebSocket. */
  readonly socketUrl: string;
  readonly pollMs: number;
  /** An update came. */
  readonly heard: (update: Update) => void;
  /** It does not work any more, and why if that is known. */
  readonly failed: (reason: string) => void;
}

export interface Receiver {
  /** Resolves when it is there to receive, or has failed. */
  readonly ready: Promise<void>;
  close(): void;
}

export type OpenReceiver = (setup: ReceiverSetup) => Receiver;

/** The updates in one that was decoded, or in a list of them; what is none is left out. */
export function updatesIn(value: unknown): readonly Update[] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return values.flatMap((one) => {
    if (typeof one !== "object" || one === null || !("n" in one) || !("at" in one)) return [];
    const { n, at } = one;
    return typeof n === "number" && typeof at === "number" ? [{ number: n, madeAt: at }] : [];
  });
}
