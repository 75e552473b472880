/** What the primary process and its workers say to each other besides what goes through the broker. */

/** From the primary. */
export type Order =
  | { readonly kind: "stop" | "force" }
  /** Asks for the values of the worker's metrics. */
  | { readonly kind: "metrics"; readonly id: number }
  /** The metrics of all, that the worker has asked for. */
  | { readonly kind: "joined"; readonly id: number; readonly text: string };

/** From a worker. */
export type Report =
  | { readonly kind: "listening"; readonly port: number; readonly open: boolean }
  /** It could not start, and ends: what to tell people. */
  | { readonly kind: "failed"; readonly message: string }
  | { readonly kind: "metrics"; readonly id: number; readonly values: readonly object[] }
  /** Asks for the metrics of all. */
  | { readonly kind: "join"; readonly id: number };

/** The variable in which a worker finds what it has to know. */
export const workerVariable = "TAUTLINE_WORKER";

/** What a worker is told at its beginning. */
export interface WorkerTerms {
  /** 0 where `node:cluster` gives all the same. */
  readonly port: number;
  /** Where the broker of the machine is; absent when there is another one. */
  readonly broker?: string | undefined;
  /** What opens the guarded parts of the page, the same for all. */
  readonly consoleToken?: string | undefined;
}
