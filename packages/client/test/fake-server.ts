/**
 * A hub on the other end of fake WebSockets, driven by a fake clock. It answers as a good server does, except where a
 * test has told it otherwise.
 */

import type { WebSocketConstructor, WebSocketLike } from "@tautline/client";
import type { ClientInfo, Command, Reply, ReplyError } from "@tautline/wire";
import { commandLimits, encodePayload, jsonCodec } from "@tautline/wire";
import type { FakeEnvironment } from "./fake-environment.ts";

/** How the server meets the next connections: as it should, no listening port, silence before or after the upgrade. */
export type Mood = "good" | "refusing" | "unreachable" | "mute";

type Handler<Event> = ((event: Event) => void) | null;

/** The client's end of a connection, and what the server does with it. */
export class FakeSocket implements WebSocketLike {
  readonly url: string;
  readonly commands: Command[] = [];
  readonly subscribed = new Set<string>();
  pongs = 0;
  bufferedAmount = 0;
  onopen: Handler<object> = null;
  onmessage: Handler<{ data: unknown }> = null;
  onerror: Handler<object> = null;
  onclose: Handler<{ code: number; reason: string }> = null;
  state: "connecting" | "open" | "closing" | "closed" = "connecting";
  readonly #server: FakeServer;

  constructor(url: string, server: FakeServer) {
    this.url = url;
    this.#server = server;
  }

  send(frame: string): void {
    if (this.state === "connecting") throw new Error("InvalidStateError");
    if (this.state === "open") this.#server.take(this, frame);
  }

  close(): void {
    if (this.state === "closed" || this.state === "closing") return;
    this.state = "closing";
    this.#server.environment.schedule(() => this.end(1005), 5);
  }

  open(): void {
    if (this.state !== "connecting") return;
    this.state = "open";
    this.onopen?.({});
  }

  /** A frame from the server. */
  receive(data: unknown): void {
    if (this.state === "open") this.onmessage?.({ data });
  }

  reply(...replies: readonly Reply[]): void {
    this.receive(jsonCodec.join(replies.map((reply) => jsonCodec.encodeReply(reply))));
  }

  end(code: number, reason = ""): void {
    if (this.state === "closed") return;
    this.state = "closed";
    if (code === 1006) this.onerror?.({});
    this.onclose?.({ code, reason });
  }
}

export class FakeServer {
  readonly environment: FakeEnvironment;
  readonly sockets: FakeSocket[] = [];
  readonly WebSocket: WebSocketConstructor;
  mood: Mood = "good";
  pingSeconds = 25;
  /** Whether clients are told the ids of their connections. */
  namesClients = true;
  /** Errors to answer the next commands with, by method or by channel; each is used once. */
  readonly refusals = new Map<string, ReplyError>();
  /** Seconds that are granted, by method or by channel; without, what is granted does not expire. */
  readonly lifetimes = new Map<string, number>();
  /** Methods and channels that get no answer. */
  readonly ignored = new Set<string>();
  /** Who is in every channel. */
  members: ReadonlyMap<string, ClientInfo> = new Map();
  /** Milliseconds from dialling to the open event. */
  latencyMs = 10;

  constructor(environment: FakeEnvironment) {
    this.environment = environment;
    // oxlint-disable-next-line typescript/no-this-alias, unicorn/no-this-assignment
    const server = this;
    this.WebSocket = class extends FakeSocket {
      constructor(url: string) {
        super(url, server);
        server.meet(this);
      }
    };
  }

  /** The newest connection. */
  get socket(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (socket === undefined) throw new Error("Nobody has connected");
    return socket;
  }

  /** Connections that the client has not closed or lost. */
  get living(): readonly FakeSocket[] {
    return this.sockets.filter(({ state }) => state === "open" || state === "connecting");
  }

  /** All commands of all connections but connect, by method. */
  requests(method: keyof Command): readonly Command[] {
    return this.sockets
      .flatMap(({ commands }) => commands)
      .filter((command) => method in command && method !== "id");
  }

  publish(channel: string, data: unknown): void {
    for (const socket of this.living) {
      if (socket.subscribed.has(channel)) {
        socket.reply({ push: { channel, pub: { data: encodePayload(data) } } });
      }
    }
  }

  /** Characters of the largest frame that came. */
  largestFrame = 0;

  take(socket: FakeSocket, frame: string): void {
    this.largestFrame = Math.max(this.largestFrame, frame.length);
    for (const command of jsonCodec.decodeCommands(frame, commandLimits).messages) {
      if (Object.keys(command).length === 0) socket.pongs += 1;
      else {
        socket.commands.push(command);
        this.environment.schedule(() => this.#answer(socket, command), 1);
      }
    }
  }

  meet(socket: FakeSocket): void {
    this.sockets.push(socket);
    const mood = this.mood;
    if (mood === "unreachable") return;
    this.environment.schedule(() => {
      if (mood === "refusing") socket.end(1006);
      else socket.open();
    }, this.latencyMs);
  }

  #answer(socket: FakeSocket, command: Command): void {
    const { id = 0 } = command;
    if (this.mood === "mute" || id === 0) return;
    const [, method = ""] = Object.keys(command);
    const names = [method, command.subscribe?.channel ?? ""];
    if (names.some((name) => this.ignored.has(name))) return;
    for (const name of names) {
      const error = this.refusals.get(name);
      if (error === undefined) continue;
      this.refusals.delete(name);
      socket.reply({ id, error });
      return;
    }
    this.#accept(socket, id, command);
  }

  #lifetime(name: string): { expires?: boolean; ttl?: number } {
    const ttl = this.lifetimes.get(name);
    return ttl === undefined ? {} : { expires: true, ttl };
  }

  #accept(socket: FakeSocket, id: number, command: Command): void {
    if (command.connect !== undefined) {
      const client = `client-${this.sockets.indexOf(socket) + 1}`;
      socket.reply({
        id,
        connect: {
          ...(this.namesClients && { client }),
          ping: this.pingSeconds,
          pong: true,
          ...this.#lifetime("connect"),
        },
      });
      this.#ping(socket);
    } else if (command.subscribe !== undefined) {
      socket.subscribed.add(command.subscribe.channel ?? "");
      socket.reply({ id, subscribe: this.#lifetime(command.subscribe.channel ?? "") });
    } else if (command.refresh !== undefined) {
      socket.reply({ id, refresh: this.#lifetime("refresh") });
    } else if (command.sub_refresh !== undefined) {
      socket.reply({ id, sub_refresh: this.#lifetime("sub_refresh") });
    } else if (command.unsubscribe !== undefined) {
      socket.subscribed.delete(command.unsubscribe.channel ?? "");
      socket.reply({ id, unsubscribe: {} });
    } else if (command.presence !== undefined) {
      socket.reply({ id, presence: { presence: this.members } });
    } else if (command.presence_stats !== undefined) {
      socket.reply({ id, presence_stats: { num_clients: 3, num_users: 2 } });
    } else if (command.rpc !== undefined) {
      const { data } = command.rpc;
      socket.reply({ id, rpc: data === undefined ? {} : { data } });
    } else socket.reply({ id, publish: {} });
  }

  #ping(socket: FakeSocket): void {
    if (this.pingSeconds === 0) return;
    this.environment.schedule(() => {
      if (this.mood === "mute" || socket.state !== "open") return;
      socket.reply({});
      this.#ping(socket);
    }, this.pingSeconds * 1000);
  }
}
