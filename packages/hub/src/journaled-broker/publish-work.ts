/** A publication that is written down before anything else happens to it: once for each idempotency key. */

import type { Publication } from "@tautline/wire";
import type { Audience } from "../memory-broker/audience.ts";
import type { ChannelLogs } from "../memory-broker/channel-logs.ts";
import type { PublishResults } from "../memory-broker/publish-results.ts";
import type { Position, PublishResult, PublishTerms } from "../ports/broker.ts";
import type { ResultRecord } from "../ports/journal.ts";
import type { Settle, Work } from "./commit-queue.ts";
import type { Draft, FirstResult } from "./draft.ts";

export interface PublishTask {
  readonly channel: string;
  readonly publication: Publication;
  readonly terms: PublishTerms;
  readonly parts: {
    readonly logs: ChannelLogs;
    readonly results: PublishResults;
    readonly audience: Audience;
  };
  readonly settle: Settle<PublishResult>;
}

/** What a publication needs besides its data while it waits. */
const overheadBytes = 256;

export class PublishWork implements Work {
  readonly channel: string;
  readonly bytes: number;
  readonly #task: PublishTask;
  #first: FirstResult | undefined;
  #position: Position | undefined;
  #result: ResultRecord | undefined;

  constructor(task: PublishTask) {
    this.channel = task.channel;
    this.bytes = overheadBytes + (task.publication.data?.length ?? 0);
    this.#task = task;
  }

  plan(draft: Draft): void {
    const { channel, publication, terms } = this.#task;
    const { log, idempotency } = terms;
    if (idempotency !== undefined) this.#first = draft.firstResult(channel, idempotency.key);
    if (this.#first !== undefined) return;
    if (log !== undefined) this.#position = draft.append(channel, publication, log);
    if (idempotency === undefined) return;
    const { key, ttlMs } = idempotency;
    this.#result = draft.remember({ channel, key, position: this.#position }, ttlMs);
  }

  carryOut(): void {
    const { channel, parts, settle } = this.#task;
    if (this.#first !== undefined) {
      settle.resolve({ position: this.#first.position, duplicate: true });
      return;
    }
    const position = this.#position;
    const publication = this.#append();
    if (this.#result !== undefined) parts.results.remember(this.#result);
    parts.audience.deliver(channel, (events) => events.publication(channel, publication, position));
    settle.resolve({ position, duplicate: false });
  }

  fail(reason: unknown): void {
    const { settle } = this.#task;
    // What was published before is not touched by what could not be written now.
    if (this.#first?.drafted === false) this.carryOut();
    else settle.reject(reason);
  }

  #append(): Publication {
    const { channel, publication, terms, parts } = this.#task;
    const position = this.#position;
    if (terms.log === undefined || position === undefined) return publication;
    if (!parts.logs.has(channel)) parts.logs.create(channel, position.epoch);
    return parts.logs.append(channel, publication, terms.log).publication;
  }
}
