/**
 * The hubs that act as one, as this one knows them: who is there, and what they say to each other. Each tells the others
 * about itself every few seconds; whoever has not been heard for a while is gone. A hub whose broker joins nobody is alone, and
 * all of this costs it nothing.
 */

import type { HubInfo } from "../hub-info.ts";
import type { Broker } from "../ports/broker.ts";
import type { Cancel, Clock } from "../ports/clock.ts";
import type { Logger } from "../ports/logger.ts";
import type { NodeRelay } from "../ports/node-relay.ts";
import type { Roster } from "../roster.ts";
import type { Attendance, Elsewhere } from "../subscriptions/attendance.ts";
import { Absences } from "./absences.ts";
import { HubRelay } from "./hub-relay.ts";
import type { NodeFacts, NodeInfo } from "./node-info.ts";
import { noFacts } from "./node-info.ts";
import type { NodeMessage } from "./node-message.ts";
import { readLetter, writeLetter } from "./node-message.ts";
import type { Order } from "./orders.ts";
import { carryOutOrder } from "./orders.ts";

export interface NodesSetup {
  /** The name of this hub. */
  readonly node: string;
  readonly broker: Broker;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly roster: Roster;
  readonly attendance: Attendance;
  readonly info: () => HubInfo;
  /** Of the process around the hub; nothing by default. */
  readonly facts: (() => NodeFacts) | undefined;
}

/** Between two words of a hub about itself, in milliseconds. */
const wordIntervalMs = 3000;

/** Milliseconds after its last word that a hub is gone: three may be lost. */
const wordTtlMs = 10_000;

/** More hubs are not taken note of. */
const maxNodes = 10_000;

interface Heard {
  readonly info: NodeInfo;
  readonly at: number;
}

export class Nodes {
  /** Absent when this hub is alone. */
  readonly relay: NodeRelay | undefined;
  /** Where members of this hub may be back; absent when this hub is alone. */
  readonly elsewhere: Elsewhere | undefined;
  readonly #absences: Absences;
  readonly #setup: NodesSetup;
  readonly #relay: HubRelay;
  readonly #others = new Map<string, Heard>();
  #timer: Cancel | undefined;
  #startedAt = Number.POSITIVE_INFINITY;

  constructor(setup: NodesSetup) {
    this.#setup = setup;
    this.#relay = new HubRelay({
      ...setup,
      knows: (node) => this.#mayKnow(node),
      tell: (message, node) => this.#tell(message, node),
    });
    const { attendance } = setup;
    this.#absences = new Absences({
      ...setup,
      relay: this.#relay,
      say: (message) => this.#say(message),
      release: (channel, client) => attendance.release(channel, client),
    });
    if (setup.broker.tell === undefined) return;
    this.relay = this.#relay;
    this.elsewhere = this.#absences;
    this.#absences.start();
  }

  /** Begins to tell the others, when the broker has started. */
  start(): void {
    if (this.relay === undefined) return;
    this.#startedAt = this.#setup.clock.now();
    this.meet();
    this.#schedule();
  }

  /** Tells the others that this one is there, and asks them the same: some may have been missed. */
  meet(): void {
    if (this.#timer === undefined && this.#startedAt === Number.POSITIVE_INFINITY) return;
    this.#say({ kind: "hello" });
    this.#say({ kind: "here", info: this.#own() });
  }

  /** Resolves when the others were told, or cannot be. */
  async stop(): Promise<void> {
    this.#timer?.();
    this.#timer = undefined;
    this.#relay.close();
    this.#absences.stop();
    if (this.#startedAt === Number.POSITIVE_INFINITY) return;
    this.#startedAt = Number.POSITIVE_INFINITY;
    await this.#tell({ kind: "gone" }).catch(() => undefined);
  }

  /** All hubs by their names, this one first. */
  list(): ReadonlyMap<string, NodeInfo> {
    this.#forget();
    const others = Array.from(this.#others, ([name, heard]) => [name, heard.info] as const);
    return new Map([[this.#setup.node, this.#own()], ...others]);
  }

  /**
   * Has an order carried out here and everywhere else. Resolves with how many clients took it here, when they have and the
   * other hubs were told.
   *
   * @throws TypeError or RangeError when it makes no sense
   */
  everywhere(order: Order): Promise<number> {
    const { roster, logger } = this.#setup;
    const { client } = order.whom;
    const isHere = client !== undefined && roster.clients.has(client);
    const here = carryOutOrder(roster, order);
    const done = isHere ? here : this.#both(here, order);
    // Whoever waits for it sees the failure as well; nobody has to.
    done.catch((err: unknown) => logger.warn({ err, order: order.kind }, "an order failed"));
    return done;
  }

  /** Takes what another hub has said. */
  take(text: string): void {
    try {
      const { from, message } = readLetter(text);
      if (from !== this.#setup.node) this.#take(from, message);
    } catch (err) {
      this.#setup.logger.error({ err }, "a message of another hub could not be taken");
    }
  }

  /** Another hub has ended: nobody waits for it any longer. */
  lose(node: string): void {
    this.#others.delete(node);
    this.#relay.lose(node);
    this.#absences.lose(node);
  }

  #own(): NodeInfo {
    const { facts = () => noFacts, info } = this.#setup;
    return { ...facts(), ...info() };
  }

  async #both(here: Promise<number>, order: Order): Promise<number> {
    const [count] = await Promise.all([here, this.#tell({ kind: "order", order })]);
    return count;
  }

  #take(from: string, message: NodeMessage): void {
    switch (message.kind) {
      case "hello":
        return this.#say({ kind: "here", info: this.#own() }, from);
      case "here":
        if (this.#others.has(from) || this.#others.size < maxNodes) {
          this.#others.set(from, { info: message.info, at: this.#setup.clock.now() });
        }
        return;
      case "gone":
        return this.lose(from);
      case "missed":
        return this.#absences.hear(from, message.absence);
      case "order":
        this.#obey(from, message.order);
        return;
      case "ask":
        return this.#relay.asked(from, message.line, message.piece);
      case "answer":
        return this.#relay.answered(from, message.piece);
    }
  }

  #obey(node: string, order: Order): void {
    const { roster, logger } = this.#setup;
    carryOutOrder(roster, order).catch((err: unknown) => {
      logger.warn({ err, node, order: order.kind }, "an order of another hub failed");
    });
  }

  #schedule(): void {
    this.#timer = this.#setup.clock.schedule(() => {
      this.#forget();
      this.#say({ kind: "here", info: this.#own() });
      this.#schedule();
    }, wordIntervalMs);
  }

  /** What a hub of that name is asked may be answered: it is there, or this one has not been long enough to know. */
  #mayKnow(node: string): boolean {
    const now = this.#setup.clock.now();
    return this.#others.has(node) || now - this.#startedAt < wordIntervalMs;
  }

  #forget(): void {
    const now = this.#setup.clock.now();
    for (const [node, { at }] of this.#others) {
      if (now - at >= wordTtlMs) this.lose(node);
    }
  }

  /** Says what will be said again. */
  #say(message: NodeMessage, node?: string): void {
    this.#tell(message, node).catch((err: unknown) => {
      this.#setup.logger.debug({ err }, "other hubs could not be told");
    });
  }

  async #tell(message: NodeMessage, node?: string): Promise<void> {
    const { broker, node: from } = this.#setup;
    await broker.tell?.(writeLetter({ from, message }), node);
  }
}
