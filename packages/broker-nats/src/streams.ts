/**
 * The streams and buckets that hubs with the same prefix share. They are made by the first hub that wants them, and what
 * is in memory again after the server has forgotten it. How much the logs' stream holds follows from what is asked of it: it only
 * ever grows.
 */

import { DiscardPolicy, RetentionPolicy, StorageType } from "@nats-io/jetstream";
import type { StreamConfig, StreamInfo } from "@nats-io/jetstream";
import type { KV } from "@nats-io/kv";
import { Kvm } from "@nats-io/kv";
import { apiErrors, isApiError } from "./api-errors.ts";
import type { JetStream, NatsLink } from "./nats-link.ts";
import type { Subjects } from "./subjects.ts";

export interface StreamsSetup {
  readonly link: NatsLink;
  readonly subjects: Subjects;
  /** Copies of each stream. */
  readonly replicas: number;
  /** Milliseconds that the members of a hub stay without being renewed. */
  readonly memberTtlMs: number;
}

/** The buckets. */
export interface Buckets {
  readonly results: KV;
  readonly members: KV;
  readonly hubs: KV;
}

/** Room for messages of a log that hold no publication, and are not yet deleted. */
const spareMessages = 16;

/** What nobody keeps for longer than this is kept for ever, since nanoseconds in larger numbers are not exact. */
const longestAgeMs = 8e9;

/** How long what passes without being kept may be there, in milliseconds. */
const liveAgeMs = 10_000;

const ns = (ms: number): number => Math.ceil(ms) * 1e6;

export class Streams {
  readonly #setup: StreamsSetup;
  #buckets: Buckets | undefined;
  /** What the streams are known to hold. */
  #logMessages = 0;
  #logAgeMs = 0;
  #resultAgeMs = 0;

  constructor(setup: StreamsSetup) {
    this.#setup = setup;
  }

  /** Makes what is not there. */
  async open(): Promise<void> {
    const { link, subjects, replicas, memberTtlMs } = this.#setup;
    this.#logMessages = 0;
    this.#logAgeMs = 0;
    this.#resultAgeMs = 0;
    await this.#ensure({
      ...limits,
      name: subjects.name("live"),
      subjects: [subjects.all("live")],
      storage: StorageType.Memory,
      max_msgs: 1,
      max_age: ns(liveAgeMs),
      republish: { src: subjects.all("live"), dest: subjects.all("heard") },
    });
    const log = await this.#ensure({
      ...limits,
      name: subjects.name("log"),
      subjects: [subjects.all("log")],
      storage: StorageType.File,
      num_replicas: replicas,
      max_msgs_per_subject: 64,
      max_age: ns(86_400_000),
      allow_rollup_hdrs: true,
      republish: { src: subjects.all("log"), dest: subjects.all("heard") },
    });
    this.#takeLog(log);
    const bucket = (what: "results" | "members" | "hubs", storage: StorageType, ttl: number) =>
      link.askJetStream(({ client }) =>
        new Kvm(client).create(subjects.name(what), {
          history: 1,
          // Copies may be behind, and what is read decides what is written.
          allow_direct: false,
          replicas,
          storage,
          ...(ttl > 0 && { ttl }),
        }),
      );
    this.#buckets = {
      results: await bucket("results", StorageType.File, 600_000),
      members: await bucket("members", StorageType.Memory, 0),
      hubs: await bucket("hubs", StorageType.Memory, 2 * memberTtlMs),
    };
    this.#resultAgeMs = await this.#ageOf(`KV_${subjects.name("results")}`);
  }

  /** @throws Error before `open` */
  get buckets(): Buckets {
    if (this.#buckets === undefined) throw new Error("NATS' buckets are not there yet");
    return this.#buckets;
  }

  /** Makes room for logs of `size` publications that are remembered for `ageMs`. */
  async makeRoom(size: number, ageMs: number): Promise<void> {
    const messages = size + spareMessages;
    if (messages <= this.#logMessages && fits(ageMs, this.#logAgeMs)) return;
    const name = this.#setup.subjects.name("log");
    this.#takeLog(await this.#setup.link.askJetStream(({ manager }) => manager.streams.info(name)));
    if (messages <= this.#logMessages && fits(ageMs, this.#logAgeMs)) return;
    const wanted = {
      max_msgs_per_subject: Math.max(messages, this.#logMessages),
      max_age: longerNs(ageMs, this.#logAgeMs),
    };
    this.#takeLog(
      await this.#setup.link.askJetStream(({ manager }) => manager.streams.update(name, wanted)),
    );
  }

  /** Makes room for results that are remembered for `ageMs`. */
  async makeRoomForResults(ageMs: number): Promise<void> {
    if (fits(ageMs, this.#resultAgeMs)) return;
    const name = `KV_${this.#setup.subjects.name("results")}`;
    const age = await this.#ageOf(name);
    await this.#setup.link.askJetStream(({ manager }) =>
      manager.streams.update(name, { max_age: longerNs(ageMs, age) }),
    );
    this.#resultAgeMs = await this.#ageOf(name);
  }

  async #ageOf(name: string): Promise<number> {
    const info = await this.#setup.link.askJetStream(({ manager }) => manager.streams.info(name));
    return ageMsOf(info);
  }

  #takeLog(info: StreamInfo): void {
    this.#logMessages = info.config.max_msgs_per_subject;
    this.#logAgeMs = ageMsOf(info);
  }

  #ensure(config: Partial<StreamConfig> & { readonly name: string }): Promise<StreamInfo> {
    return this.#setup.link.askJetStream((jetStream) => ensure(jetStream, config));
  }
}

const limits = {
  retention: RetentionPolicy.Limits,
  discard: DiscardPolicy.Old,
  duplicate_window: ns(1000),
} as const;

/** Infinity for a stream that keeps things for ever. */
function ageMsOf({ config }: StreamInfo): number {
  return config.max_age === 0 ? Number.POSITIVE_INFINITY : config.max_age / 1e6;
}

const fits = (ageMs: number, roomMs: number): boolean => Math.min(ageMs, longestAgeMs) <= roomMs;

/** A stream's age for both; 0 is for ever. */
function longerNs(ageMs: number, roomMs: number): number {
  const longer = Math.max(ageMs, roomMs);
  return longer > longestAgeMs ? 0 : ns(longer);
}

/** As it is, or as it should be when it is not there. Another hub may make it at the same time. */
async function ensure(
  { manager }: JetStream,
  config: Partial<StreamConfig> & { readonly name: string },
): Promise<StreamInfo> {
  const { streams } = manager;
  try {
    return await streams.info(config.name);
  } catch (error) {
    if (!isApiError(error, apiErrors.streamNotFound)) throw error;
  }
  try {
    return await streams.add(config);
  } catch (error) {
    if (!isApiError(error, apiErrors.nameInUse)) throw error;
    return streams.info(config.name);
  }
}
