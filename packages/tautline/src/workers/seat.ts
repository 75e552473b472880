/** One worker's place at the broker of its machine: what it asks is carried out in the order in which it was asked. */
import type { Broker, Logger } from "@tautline/hub";
import { decodeMember, decodePublication, encodeMember, encodePublication } from "@tautline/hub";

import type { LineSocket } from "./line-socket.ts";
import type { Arrival, LocalCalls, Question, Word } from "./local-call.ts";
import { queryFrom } from "./local-call.ts";

/** What concerns other workers as well. */
export interface Desk {
  /** The worker of this name is here: it may have been elsewhere before. */
  arrived(node: string): void;
  subscribe(channel: string): Promise<void>;
  unsubscribe(channel: string): Promise<void>;
  tell(message: string, node: string | null): void;
  /** The members that the worker of this name has, each as its channel and client: the seat keeps them. */
  membersOf(node: string): Set<string>;
}

export interface SeatSetup {
  readonly broker: Broker;
  readonly line: LineSocket<Question>;
  readonly desk: Desk;
  readonly logger: Logger;
}

export class Seat {
  readonly #setup: SeatSetup;
  readonly #calls: LocalCalls;
  /** Absent until the worker has said it. */
  node: string | undefined;

  constructor(setup: SeatSetup) {
    this.#setup = setup;
    this.#calls = this.#open(setup);
  }

  /** Tells the worker; one that does not listen is cut off. */
  say(word: Word): void {
    if (!this.#setup.line.send(word)) this.cut();
  }

  cut(): void {
    this.#setup.line.cut();
  }

  /** Carries out what the worker asks. Never rejects. */
  async answer([id, method, ...given]: Question): Promise<void> {
    try {
      // The worker is the same program: what it gives fits what the method takes.
      const call: (...all: never[]) => Promise<unknown> = this.#calls[method];
      const value = await call(...given);
      if (this.#setup.line.send(["answer", id, value])) return;
      this.say(["failure", id, "The answer is too long"]);
    } catch (err) {
      this.#setup.logger.debug({ err, method }, "a worker's question was refused");
      this.say(["failure", id, err instanceof Error ? err.message : String(err)]);
    }
  }

  /** Removes members whose worker is gone for good. */
  async forgetMembers(members: ReadonlySet<string>): Promise<void> {
    for (const text of members) {
      const [channel, client]: [string, string] = JSON.parse(text);
      await this.#setup.broker.removeMember(channel, client).catch((err: unknown) => {
        this.#setup.logger.error({ err, channel }, "a member could not be removed");
      });
    }
  }

  #open({ broker, desk }: SeatSetup): LocalCalls {
    const own = (): Set<string> => desk.membersOf(this.node ?? "");
    return {
      arrive: (arrival) => nothing(this.#arrive(arrival)),
      subscribe: (channel) => nothing(desk.subscribe(channel)),
      unsubscribe: (channel) => nothing(desk.unsubscribe(channel)),
      publish: (channel, stored, terms) =>
        broker.publish(channel, decodePublication(stored), terms),
      history: async (channel, query) => {
        const { publications, position } = await broker.history(channel, queryFrom(query));
        return { publications: publications.map(encodePublication), position };
      },
      removeHistory: (channel) => nothing(broker.removeHistory(channel)),
      addMember: (channel, stored) => {
        const member = decodeMember(stored);
        own().add(JSON.stringify([channel, member.client]));
        return nothing(broker.addMember(channel, member));
      },
      removeMember: (channel, client) => {
        own().delete(JSON.stringify([channel, client]));
        return nothing(broker.removeMember(channel, client));
      },
      announceJoin: (channel, stored) =>
        nothing(broker.announceJoin(channel, decodeMember(stored))),
      announceLeave: (channel, stored) =>
        nothing(broker.announceLeave(channel, decodeMember(stored))),
      members: async (channel) =>
        Array.from((await broker.members(channel)).values(), (member) => encodeMember(member)),
      memberStats: (channel) => broker.memberStats(channel),
      tell: (message, node) => nothing(desk.tell(message, node)),
    };
  }

  async #arrive({ node, channels, members }: Arrival): Promise<void> {
    const { broker, desk } = this.#setup;
    this.node = node;
    desk.arrived(node);
    const before = desk.membersOf(node);
    const now = members.map(([channel, stored]) => ({ channel, member: decodeMember(stored) }));
    const keys = new Set(
      now.map(({ channel, member }) => JSON.stringify([channel, member.client])),
    );
    await this.forgetMembers(new Set([...before].filter((key) => !keys.has(key))));
    before.clear();
    for (const key of keys) before.add(key);
    for (const { channel, member } of now) await broker.addMember(channel, member);
    await Promise.all(channels.map((channel) => desk.subscribe(channel)));
  }
}

/** What a method gives that gives nothing: JSON has no other word for it. */
async function nothing(work: Promise<unknown> | void): Promise<null> {
  await work;
  return null;
}
