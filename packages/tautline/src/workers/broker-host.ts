/**
 * The broker of a machine, in its primary process: a broker for one hub, in memory or on disk, that the hubs of many workers
 * share over a socket. Whoever does not read as fast as it is told is cut off, comes back, and looks at what it missed.
 */
import { rmSync } from "node:fs";
import type { Server, Socket } from "node:net";
import { createServer } from "node:net";

import type { Broker, BrokerEvents, Cancel, Clock, Logger } from "@tautline/hub";
import { encodeMember, encodePublication, silentLogger } from "@tautline/hub";

import type { LineLimits } from "./line-socket.ts";
import { LineSocket } from "./line-socket.ts";
import type { Question, Word } from "./local-call.ts";
import { Seat } from "./seat.ts";

export interface BrokerHostSetup {
  /** Not started. It is the host's from now on. */
  readonly broker: Broker;
  /** Where workers come to: a path that is free, or on Windows the name of a pipe. */
  readonly path: string;
  readonly clock: Clock;
  /** Milliseconds that the members of a worker stay that is gone, because it may come back. Default: 5,000. */
  readonly memberTtlMs?: number | undefined;
  readonly limits?: LineLimits | undefined;
  readonly logger?: Logger | undefined;
}

export class BrokerHost {
  readonly #setup: BrokerHostSetup;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #seats = new Set<Seat>();
  /** Who listens to a channel, and when the broker does. */
  readonly #channels = new Map<
    string,
    { readonly seats: Set<Seat>; readonly ready: Promise<void> }
  >();
  /** Ends of members whose worker is gone, by the worker's name. */
  readonly #departed = new Map<string, Cancel>();
  readonly #membersOf = new Map<string, Set<string>>();

  constructor(setup: BrokerHostSetup) {
    this.#setup = setup;
    this.#server = createServer((socket) => this.#seat(socket));
  }

  /** Starts the broker, and takes workers. @throws what the broker's start does, or the system for the path */
  async start(): Promise<void> {
    const { broker, path } = this.#setup;
    await broker.start(this.#events(), "host");
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(path, resolve);
    });
  }

  /** Cuts the workers off, and stops the broker. */
  async stop(): Promise<void> {
    const { broker, path } = this.#setup;
    for (const end of this.#departed.values()) end();
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
    await broker.stop();
    if (process.platform !== "win32") rmSync(path, { force: true });
  }

  #events(): BrokerEvents {
    return {
      publication: (channel, publication, position) => {
        this.#say(channel, ["pub", channel, encodePublication(publication), position ?? null]);
      },
      join: (channel, member) => this.#say(channel, ["join", channel, encodeMember(member)]),
      leave: (channel, member) => this.#say(channel, ["leave", channel, encodeMember(member)]),
    };
  }

  #say(channel: string, word: Word): void {
    for (const seat of this.#channels.get(channel)?.seats ?? []) seat.say(word);
  }

  #seat(socket: Socket): void {
    const { broker, limits, logger = silentLogger } = this.#setup;
    this.#sockets.add(socket);
    const seat: Seat = new Seat({
      broker,
      logger,
      line: new LineSocket(
        socket,
        {
          message: (question: Question) => void seat.answer(question),
          closed: () => {
            this.#sockets.delete(socket);
            this.#leave(seat);
          },
        },
        limits,
      ),
      desk: {
        arrived: (node) => this.#arrive(seat, node),
        subscribe: (channel) => this.#subscribe(seat, channel),
        unsubscribe: (channel) => this.#unsubscribe(seat, channel),
        tell: (message, node) => this.#tell(seat, message, node),
        membersOf: (node) => this.#members(node),
      },
    });
    this.#seats.add(seat);
  }

  #members(node: string): Set<string> {
    let members = this.#membersOf.get(node);
    if (members === undefined) this.#membersOf.set(node, (members = new Set()));
    return members;
  }

  #arrive(seat: Seat, node: string): void {
    this.#departed.get(node)?.();
    this.#departed.delete(node);
    for (const other of this.#seats) if (other !== seat && other.node === node) other.cut();
  }

  #leave(seat: Seat): void {
    this.#seats.delete(seat);
    for (const channel of this.#channels.keys()) void this.#unsubscribe(seat, channel);
    const { node } = seat;
    const isBack = [...this.#seats].some((other) => other.node === node);
    if (node === undefined || isBack) return;
    // One that comes back says that it is there again.
    for (const other of this.#seats) other.say(["gone", node]);
    const { clock, memberTtlMs = 5000 } = this.#setup;
    const forget = clock.schedule(() => {
      this.#departed.delete(node);
      void seat.forgetMembers(this.#members(node));
      this.#membersOf.delete(node);
    }, memberTtlMs);
    this.#departed.set(node, forget);
  }

  async #subscribe(seat: Seat, channel: string): Promise<void> {
    let known = this.#channels.get(channel);
    if (known === undefined) {
      known = { seats: new Set(), ready: this.#setup.broker.subscribe(channel) };
      this.#channels.set(channel, known);
    }
    known.seats.add(seat);
    try {
      await known.ready;
    } catch (error) {
      if (this.#channels.get(channel) === known) this.#channels.delete(channel);
      throw error;
    }
  }

  async #unsubscribe(seat: Seat, channel: string): Promise<void> {
    const known = this.#channels.get(channel);
    if (known?.seats.delete(seat) !== true || known.seats.size > 0) return;
    this.#channels.delete(channel);
    await this.#setup.broker.unsubscribe(channel);
  }

  #tell(from: Seat, message: string, node: string | null): void {
    for (const seat of this.#seats) {
      if (node === null ? seat !== from : seat.node === node) seat.say(["told", message]);
    }
  }
}
