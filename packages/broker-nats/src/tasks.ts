/** What can be asked for in a channel's turn, and how what is asked for becomes such a task. */

import type { LogPage, LogPolicy, LogQuery, PublishResult } from "@tautline/hub";
import type { Task } from "./lanes.ts";

interface Asked<Result> extends Task {
  resolve(result: Result): void;
}

/** A publication that its channel's log keeps. */
export interface LogTask extends Asked<PublishResult> {
  readonly does: "log";
  readonly line: string;
  readonly policy: LogPolicy;
  readonly idempotency: Idempotency | undefined;
}

/** An event that is not kept. */
export interface LiveTask extends Asked<PublishResult> {
  readonly does: "live";
  readonly line: string;
  readonly idempotency: Idempotency | undefined;
}

export interface ReadTask extends Asked<LogPage> {
  readonly does: "read";
  readonly query: LogQuery;
}

export interface ClearTask extends Asked<void> {
  readonly does: "clear";
}

export type ChannelTask = LogTask | LiveTask | ReadTask | ClearTask;

export interface Idempotency {
  readonly key: string;
  readonly ttlMs: number;
}

export type Settle<Result> = Pick<Asked<Result>, "resolve" | "reject">;

export function logTask(
  settle: Settle<PublishResult>,
  { line, policy, idempotency }: Pick<LogTask, "line" | "policy" | "idempotency">,
): LogTask {
  // Those that keep their log alike go together.
  const kind = `log ${policy.size} ${policy.ttlMs} ${policy.metaTtlMs}`;
  return { does: "log", kind, bytes: line.length, line, policy, idempotency, ...settle };
}

export function liveTask(
  settle: Settle<PublishResult>,
  { line, idempotency }: Pick<LiveTask, "line" | "idempotency">,
): LiveTask {
  return { does: "live", kind: "live", bytes: line.length, line, idempotency, ...settle };
}

export const readTask = (settle: Settle<LogPage>, query: LogQuery): ReadTask => ({
  does: "read",
  kind: "read",
  bytes: 0,
  query,
  ...settle,
});

export const clearTask = (settle: Settle<void>): ClearTask => ({
  does: "clear",
  kind: "clear",
  bytes: 0,
  ...settle,
});
