/**
 * What became of publications with an idempotency key, in a bucket. A key is claimed before its publication is written: who
 * comes second knows from the claim where the publication may stand, whether or not the first one lived to say so.
 */

import type { Clock, Position } from "@tautline/hub";
import { apiErrors, isApiError } from "./api-errors.ts";
import type { NatsLink } from "./nats-link.ts";
import type { Streams } from "./streams.ts";

import { tokenOf } from "./subjects.ts";

export interface PublishResultsSetup {
  readonly clock: Clock;
  readonly link: NatsLink;
  readonly streams: Streams;
}

/** A key in a channel, and for how long it counts. */
export interface ResultKey {
  readonly channel: string;
  readonly key: string;
  readonly ttlMs: number;
}

/** Who claims a key is the first, or not, and perhaps knows what became of the publication. */
export interface Claim {
  readonly first: boolean;
  /** The message of the log after which the publication stands, if it does. */
  readonly after: number;
  readonly position: Position | undefined;
}

/** As it stands in the bucket, under short names. */
interface StoredResult {
  /** When it is forgotten, in milliseconds since 1970. */
  readonly f: number;
  readonly a: number;
  readonly e?: string | undefined;
  readonly o?: number | undefined;
}

export class PublishResults {
  readonly #setup: PublishResultsSetup;

  constructor(setup: PublishResultsSetup) {
    this.#setup = setup;
  }

  /** @param after the message of the channel's log behind which its publication would be written */
  async claim(result: ResultKey, after: number): Promise<Claim> {
    const { clock, streams } = this.#setup;
    await streams.makeRoomForResults(2 * result.ttlMs);
    for (;;) {
      const now = clock.now();
      const stored: StoredResult = { f: now + result.ttlMs, a: after };
      if (await this.#write(result, stored, 0)) return { first: true, after, position: undefined };
      const found = await this.#read(result);
      if (found === undefined) continue;
      const { revision, result: known } = found;
      if (known.f > now) return { first: false, after: known.a, position: positionIn(known) };
      if (await this.#write(result, stored, revision)) {
        return { first: true, after, position: undefined };
      }
    }
  }

  /** Says where the publication stands. Without that it is looked for. */
  settle(result: ResultKey, position: Position): void {
    const { clock, link, streams } = this.#setup;
    const stored: StoredResult = {
      f: clock.now() + result.ttlMs,
      a: 0,
      e: position.epoch,
      o: position.offset,
    };
    link
      .ask(() => streams.buckets.results.put(keyOf(result), JSON.stringify(stored)))
      .catch(() => undefined);
  }

  /** Gives a claim up: nothing was published. */
  release(result: ResultKey): void {
    const { link, streams } = this.#setup;
    link.ask(() => streams.buckets.results.purge(keyOf(result))).catch(() => undefined);
  }

  /** Whether it was written: nobody else has written since `revision`. */
  async #write(result: ResultKey, stored: StoredResult, revision: number): Promise<boolean> {
    const { link, streams } = this.#setup;
    const text = JSON.stringify(stored);
    try {
      await link.ask(() =>
        streams.buckets.results.put(keyOf(result), text, { previousSeq: revision }),
      );
      return true;
    } catch (error) {
      if (isApiError(error, apiErrors.wrongLastSequence)) return false;
      throw error;
    }
  }

  async #read(
    result: ResultKey,
  ): Promise<{ readonly revision: number; readonly result: StoredResult } | undefined> {
    const { link, streams } = this.#setup;
    const entry = await link.ask(() => streams.buckets.results.get(keyOf(result)));
    if (entry === null) return undefined;
    const { revision } = entry;
    // A claim that was given up leaves an empty entry behind.
    if (entry.operation !== "PUT") return { revision, result: { f: 0, a: 0 } };
    return { revision, result: entry.json<StoredResult>() };
  }
}

const keyOf = ({ channel, key }: ResultKey): string => `${tokenOf(channel)}.${tokenOf(key)}`;

function positionIn({ e, o }: StoredResult): Position | undefined {
  return e === undefined || o === undefined ? undefined : { epoch: e, offset: o };
}
