/**
 * Carries out what has its turn in a channel: tasks of one kind, as one message or one reading. Each is settled here,
 * or all are rejected with what is thrown.
 */

import type { PublishResult } from "@tautline/hub";
import type { ChannelLogs, Entry } from "./channel-logs.ts";
import { liveMessage } from "./heard-message.ts";
import type { NatsLink } from "./nats-link.ts";
import type { Claim, PublishResults, ResultKey } from "./publish-results.ts";
import type { Subjects } from "./subjects.ts";
import type { ChannelTask, LiveTask, LogTask } from "./tasks.ts";

export interface StepsSetup {
  readonly link: NatsLink;
  readonly subjects: Subjects;
  readonly logs: ChannelLogs;
  readonly results: PublishResults;
}

/** A task whose key nobody else has, as far as is known, and the claim to the key. */
interface Claimed<Work> {
  readonly task: Work;
  readonly key: ResultKey | undefined;
  readonly claim: Claim | undefined;
}

type PublishTask = LogTask | LiveTask;

export class Steps {
  readonly #setup: StepsSetup;

  constructor(setup: StepsSetup) {
    this.#setup = setup;
  }

  async run(channel: string, tasks: readonly ChannelTask[]): Promise<void> {
    const { logs } = this.#setup;
    await this.#log(
      channel,
      tasks.filter((task) => task.does === "log"),
    );
    await this.#live(
      channel,
      tasks.filter((task) => task.does === "live"),
    );
    const reads = tasks.filter((task) => task.does === "read");
    if (reads.length > 0) {
      const pages = await logs.read(
        channel,
        reads.map(({ query }) => query),
      );
      for (const [index, page] of pages.entries()) reads[index]?.resolve(page);
    }
    const clears = tasks.filter((task) => task.does === "clear");
    if (clears.length > 0) {
      await logs.clear(channel);
      for (const task of clears) task.resolve();
    }
  }

  async #log(channel: string, tasks: readonly LogTask[]): Promise<void> {
    const policy = tasks[0]?.policy;
    if (policy === undefined) return;
    const { logs, results } = this.#setup;
    const { claimed, repeated } = await this.#claim(channel, tasks);
    const entries = claimed.map(({ task, key, claim }): Entry => ({
      line: task.line,
      ...(key !== undefined &&
        claim !== undefined && { once: { key: key.key, after: claim.after } }),
    }));
    const written = entries.length === 0 ? [] : await logs.append(channel, entries, policy);
    for (const [index, result] of written.entries()) {
      const { task, key } = claimed[index] ?? {};
      task?.resolve(result);
      if (key !== undefined) results.settle(key, result.position);
    }
    for (const { task, of } of repeated) {
      const position = written[claimed.findIndex((one) => one.task === of)]?.position;
      task.resolve({ position, duplicate: true });
    }
  }

  async #live(channel: string, tasks: readonly LiveTask[]): Promise<void> {
    if (tasks.length === 0) return;
    const { claimed, repeated } = await this.#claim(channel, tasks);
    const fresh = claimed.filter(({ task, claim }) => {
      const isFirst = claim?.first ?? true;
      if (!isFirst) task.resolve({ position: undefined, duplicate: true });
      return isFirst;
    });
    try {
      if (fresh.length > 0)
        await this.#send(
          channel,
          fresh.map(({ task }) => task.line),
        );
    } catch (error) {
      for (const { key } of fresh) if (key !== undefined) this.#setup.results.release(key);
      throw error;
    }
    for (const { task } of fresh) task.resolve({ position: undefined, duplicate: false });
    for (const { task } of repeated) task.resolve({ position: undefined, duplicate: true });
  }

  /** Through the stream that gives all hubs one order; without JetStream in whichever order it comes. */
  async #send(channel: string, lines: readonly string[]): Promise<void> {
    const { link, subjects } = this.#setup;
    const text = liveMessage(lines);
    if (link.jetStream === undefined) await link.publish(subjects.heard(channel), text);
    else await link.askJetStream(({ client }) => client.publish(subjects.live(channel), text));
  }

  /** Claims keys. Those whose publication is known are settled; those that repeat another of the same step wait for it. */
  async #claim<Work extends PublishTask>(
    channel: string,
    tasks: readonly Work[],
  ): Promise<{
    readonly claimed: readonly Claimed<Work>[];
    readonly repeated: readonly { readonly task: Work; readonly of: Work }[];
  }> {
    const firsts = new Map<string, Work>();
    const repeated: { readonly task: Work; readonly of: Work }[] = [];
    const distinct = tasks.filter((task) => {
      const key = task.idempotency?.key;
      const of = key === undefined ? undefined : firsts.get(key);
      if (of !== undefined) repeated.push({ task, of });
      else if (key !== undefined) firsts.set(key, task);
      return of === undefined;
    });
    const all = await Promise.all(distinct.map((task) => this.#claimOne(channel, task)));
    const known = new Map<Work, PublishResult>();
    for (const { task, claim } of all) {
      if (claim?.position === undefined) continue;
      const result = { position: claim.position, duplicate: true };
      known.set(task, result);
      task.resolve(result);
    }
    for (const { task, of } of repeated) {
      const result = known.get(of);
      if (result !== undefined) task.resolve(result);
    }
    return {
      claimed: all.filter(({ task }) => !known.has(task)),
      repeated: repeated.filter(({ of }) => !known.has(of)),
    };
  }

  async #claimOne<Work extends PublishTask>(channel: string, task: Work): Promise<Claimed<Work>> {
    const { idempotency } = task;
    if (idempotency === undefined) return { task, key: undefined, claim: undefined };
    const { logs, results } = this.#setup;
    const key = { channel, ...idempotency };
    const after = task.does === "log" ? await logs.lastKnown(channel) : 0;
    return { task, key, claim: await results.claim(key, after) };
  }
}
