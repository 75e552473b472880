/** What a channel's log has to be: a list for each epoch, and of the last one what it still holds. */

import { isDeepStrictEqual } from "node:util";
import type { LogPage, LogQuery, Position } from "@tautline/hub";
import { decodePayload } from "@tautline/wire";
import type { Piece } from "./follower.ts";

export interface Published {
  readonly data: unknown;
  readonly except: string | undefined;
}

export class LogReference {
  /** What was otherwise. */
  readonly faults: string[] = [];
  readonly #logs = new Map<string, Published[]>();
  /** The offsets that the present log holds, and how far it has come; absent when nothing is known of it. */
  #present: { readonly epoch: string; kept: number[]; top: number } | undefined;
  /** The place of the last publication. */
  last: Position | undefined;
  readonly #historySize: number;

  constructor(historySize: number) {
    this.#historySize = historySize;
  }

  published({ offset, epoch }: Position, publication: Published): void {
    const log = this.#logs.get(epoch) ?? [];
    this.#logs.set(epoch, log);
    this.#compare("the offset", offset, log.push(publication));
    this.#compare("the epoch", epoch, this.#present?.epoch ?? epoch);
    const kept = [...(this.#present?.kept ?? []), offset].slice(-this.#historySize);
    this.#present = { epoch, kept, top: offset };
    this.last = { offset, epoch };
  }

  emptied(): void {
    if (this.#present !== undefined) this.#present.kept = [];
  }

  forgotten(): void {
    this.#present = undefined;
  }

  /** Looks at a page of the log: it is what a list would give. */
  check({ publications, position }: LogPage, query: Omit<LogQuery, "metaTtlMs">): void {
    this.#present ??= { epoch: position.epoch, kept: [], top: 0 };
    const { epoch, kept, top } = this.#present;
    this.#compare("the position", position, { epoch, offset: top });
    const { limit, since, reverse = false } = query;
    const after = (offset: number): boolean => since === undefined || offset > since.offset;
    const before = (offset: number): boolean => since === undefined || offset < since.offset;
    const wanted = reverse ? kept.filter(before).toReversed() : kept.filter(after);
    const held = wanted.slice(0, limit).map((offset) => ({
      offset,
      data: this.#logs.get(epoch)?.[offset - 1]?.data,
    }));
    const page = publications.map(({ offset, data }) => ({
      offset,
      data: data && decodePayload(data),
    }));
    this.#compare("a page", page, held);
  }

  /** What was published in a part of a log, whatever has become of it. */
  part({ epoch, from, to }: Piece): readonly Published[] {
    return this.#logs.get(epoch)?.slice(from, to) ?? [];
  }

  #compare(what: string, found: unknown, wanted: unknown): void {
    if (isDeepStrictEqual(found, wanted)) return;
    this.faults.push(`${what} is ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}`);
  }
}
