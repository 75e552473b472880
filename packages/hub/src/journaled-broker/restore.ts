/**
 * From what a journal holds to logs and results in memory. What has ended while nobody looked is left out, and where the
 * journal may lack something, no log is taken for whole: each goes on under another epoch, so that clients are told.
 */

import type { ChannelLogs } from "../memory-broker/channel-logs.ts";
import type { PublishResults } from "../memory-broker/publish-results.ts";
import type { JournalContents } from "../ports/journal.ts";

export interface RestoreTask {
  readonly logs: ChannelLogs;
  readonly results: PublishResults;
  readonly makeEpoch: () => string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Fills memory; the channels whose log is not what the journal says. */
export function restore(
  { logs: found, results, whole }: JournalContents,
  task: RestoreTask,
): { readonly changed: readonly string[] } {
  const changed: string[] = [];
  // Who is forgotten last was used last, or nearly: the limits in memory go by that order.
  const inOrder = [...found].sort((a, b) => a.record.forgetAt - b.record.forgetAt);
  for (const { channel, record, publications } of inOrder) {
    if (record.forgetAt <= task.now) {
      changed.push(channel);
      continue;
    }
    const cleared = (record.clearAt ?? 0) <= task.now;
    if (!whole || (cleared && publications.length > 0)) changed.push(channel);
    task.logs.restore({
      channel,
      record: whole ? record : { ...record, epoch: task.makeEpoch() },
      publications: cleared ? [] : publications,
    });
  }
  const live = [...results].filter(({ forgetAt }) => forgetAt > task.now);
  for (const record of live.sort((a, b) => a.forgetAt - b.forgetAt)) task.results.remember(record);
  return { changed };
}
