/** Reads what the scripts answer. What is not what they give is an error of ours, or of who changed them in Redis. */

import type { Position, PublishResult } from "@tautline/hub";

export interface HistoryReply {
  readonly position: Position;
  readonly entries: readonly { readonly offset: number; readonly stored: string }[];
}

/** @throws TypeError for anything else */
export function publishReply(reply: unknown): PublishResult {
  const [epoch, offset, duplicate] = listOf(reply);
  const position = { offset: Number(textOf(offset)), epoch: textOf(epoch) };
  return { position: position.offset === 0 ? undefined : position, duplicate: duplicate === 1 };
}

/** @throws TypeError for anything else */
export function historyReply(reply: unknown): HistoryReply {
  const [epoch, offset, entries] = listOf(reply);
  return {
    position: { offset: Number(textOf(offset)), epoch: textOf(epoch) },
    entries: listOf(entries).map((entry) => {
      const [id, fields] = listOf(entry);
      const [, stored] = listOf(fields);
      return { offset: Number.parseInt(textOf(id), 10), stored: textOf(stored) };
    }),
  };
}

/** @throws TypeError for anything else */
export function textList(reply: unknown): readonly string[] {
  return listOf(reply).map(textOf);
}

function listOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError("Redis answers something else than a list");
  return value;
}

function textOf(value: unknown): string {
  if (typeof value !== "string") throw new TypeError("Redis answers something else than a text");
  return value;
}
