/**
 * The client: where connection, calls and subscriptions meet. It decides nothing by itself; the connector says when
 * there is a connection, calls and subscriptions use it.
 */

import type { ChannelContract, ConnectRequest, Payload, Procedure, Push } from "@tautline/wire";
import { Calls } from "./calls.ts";
import type { Request } from "./calls.ts";
import { ChannelSubscription } from "./channel-subscription.ts";
import { connectionExpired, invalidToken, stateInvalidated, tokenExpired } from "./codes.ts";
import type { ConnectionStatus, StateChange } from "./connector.ts";
import { Connector } from "./connector.ts";
import type { CallOptions } from "./deadline.ts";
import { patience, waitFor } from "./deadline.ts";
import type { Cancel } from "./environment.ts";
import { CallFailed, UsageError } from "./errors.ts";
import type { HistoryOptions, HistoryPage } from "./history.ts";
import { history } from "./history.ts";
import type { Listener } from "./listeners.ts";
import { Listeners } from "./listeners.ts";
import type { ClientOptions, ResolvedOptions } from "./options.ts";
import { resolveOptions } from "./options.ts";
import { encodeData } from "./payload.ts";
import { presence, presenceStats } from "./presence.ts";
import type { PresenceStats } from "./presence.ts";
import type { Member } from "./publication.ts";
import { decodeOptional } from "./publication.ts";
import { reasons } from "./reasons.ts";
import type { Reason } from "./reasons.ts";
import { Refresher } from "./refresher.ts";
import type { SessionEvents } from "./session.ts";
import type { ServerEnd } from "./server-end.ts";
import { Session } from "./session.ts";
import type { ClientState } from "./states.ts";
import type { SubscribeOptions, Subscription } from "./subscription.ts";
import { Subscriptions } from "./subscriptions.ts";
import { TokenSource } from "./token-source.ts";
import type { OpenLink } from "./transport.ts";
import { webSocketOpener, webSocketUrl } from "./websocket-link.ts";

/** A message that the server sent to this client alone, outside of channels. */
export interface ServerMessage {
  readonly data: unknown;
}

/** What a successful connect told. */
export interface ConnectedInfo {
  /** The connection's id; another one after each reconnect. */
  readonly client: string;
  /** What the server's application sent along; `undefined` when nothing. */
  readonly data: unknown;
}

/** After these the token is no longer worth sending. */
const tokenIsSpent: ReadonlySet<number> = new Set([
  tokenExpired,
  connectionExpired,
  stateInvalidated,
  invalidToken,
]);

/** Of earlier connections; what was published in them may still be recovered. */
const rememberedIds = 50;

/** Hosts that are reached without a network. */
const loopback = /^(localhost|.+\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/**
 * A client of a hub.
 *
 * Every call rejects with a `CallFailed` (`timeout`, `connection-lost`, `disconnected`), a `CallRefused` when the server
 * said no, a `LimitExceeded` when too much waits to be sent, or the reason of its own `AbortSignal`. Calls made while
 * the client is connecting wait in a bounded queue; the time they may take includes the wait.
 */
export class Client {
  readonly #options: ResolvedOptions;
  readonly #openLink: OpenLink;
  readonly #token: TokenSource;
  readonly #refresher: Refresher;
  readonly #connector: Connector;
  readonly #calls: Calls;
  readonly #subscriptions = new Subscriptions<ChannelSubscription>();
  readonly #messages: Listeners<ServerMessage>;
  readonly #server: ServerEnd | undefined;
  #info: ConnectedInfo | undefined;
  /** Of its connections, the newest first. */
  #ids: readonly string[] = [];

  /**
   * Makes a client that is disconnected; `connect` starts it.
   *
   * @param url the hub's address with ws:, wss:, http: or https:, in a page also relative to it.
   * @throws UsageError `bad-url`, `bad-option`, `bad-payload`, or `no-websocket` where the runtime has none and none
   *   is given.
   */
  constructor(url: string | URL, options: ClientOptions = {}) {
    const address = webSocketUrl(String(url));
    this.#options = resolveOptions(options);
    const { environment, format } = this.#options;
    const { transport: open = webSocketOpener, webSocket } = options;
    if (options.transport && options.format) throw new UsageError("bad-option", "format");
    this.#openLink = open(address, format.webSocket?.(webSocket) ?? webSocket, environment);
    this.#token = new TokenSource(options.token);
    this.#messages = new Listeners(environment);
    this.#server = options.serverSubscriptions;
    const data = options.data === undefined ? undefined : encodeData(options.data, format.codec);
    this.#connector = new Connector({
      environment,
      settings: this.#options,
      needsNetwork: !loopback.test(address.hostname),
      createSession: (events) => this.#createSession(data, events),
      events: {
        established: (result) => {
          const { client = "", data, subs } = result;
          this.#info = { client, data: decodeOptional(data) };
          this.#ids = [client, ...this.#ids.slice(0, rememberedIds)];
          this.#refresher.watch(result);
          this.#server?.connected(subs);
          this.#subscriptions.connected();
          this.#calls.flush();
        },
        reply: (id, reply) => this.#calls.answer(id, reply),
        push: (push) => this.#receive(push),
        lost: (end) => this.#lost(end),
        ended: (end) => this.#lost(end),
      },
    });
    this.#calls = new Calls({
      ...this.#options,
      codec: format.codec,
      line: this.#connector,
    });
    this.#refresher = new Refresher({
      environment,
      calls: this.#calls,
      tokens: this.#token,
      request: (token) => ({ refresh: { token } }),
      refused: (reason) => void this.#connector.disconnect(reason),
    });
  }

  get state(): ClientState {
    return this.#connector.state;
  }

  /** State, reason and the time of the next attempt; a new frozen object with each change. */
  get status(): ConnectionStatus {
    return this.#connector.status;
  }

  /** What the server told at the last connect; `undefined` before the first. */
  get connection(): ConnectedInfo | undefined {
    return this.#info;
  }

  /**
   * Starts connecting, and goes on until `disconnect` or until the server says not to come back. While the next attempt
   * is waited for, makes it now. Resolves as `ready` does; ignoring the promise is safe.
   */
  connect(options?: CallOptions): Promise<void> {
    this.#connector.connect();
    return unattended(this.ready(options));
  }

  /**
   * Disconnects and stays so until `connect`. The state changes at once, calls under way are failed, subscriptions wait.
   * Resolves when the WebSocket is closed; ignoring the promise is safe.
   */
  disconnect(options?: CallOptions): Promise<void> {
    return unattended(this.#disconnect(options));
  }

  /** Resolves when connected, at once if it is; rejects with `disconnected` when nothing will connect it. */
  async ready(options?: CallOptions): Promise<void> {
    const { callTimeoutMs, environment } = this.#options;
    await waitFor<void>(environment, patience(options, callTimeoutMs), (resolve, reject) => {
      const look = ({ state, reason }: ConnectionStatus): void => {
        if (state === "connected") resolve();
        if (state === "disconnected") reject(new CallFailed("disconnected", reason));
      };
      look(this.status);
      return this.onStateChange(look);
    });
  }

  /** Hears every change of `status`: also each attempt and each wait between two while connecting. */
  onStateChange(listener: Listener<StateChange>): Cancel {
    return this.#connector.changes.add(listener);
  }

  /** Hears messages that the server sends to this client alone. */
  onMessage(listener: Listener<ServerMessage>): Cancel {
    return this.#messages.add(listener);
  }

  /**
   * Subscribes to a channel, now or as soon as the client is connected. Add listeners before the next `await` and none
   * of the publications is missed.
   *
   * @throws UsageError `already-subscribed`, `bad-payload`, or `bad-option` for an empty name.
   */
  subscribe<Message = unknown>(
    channel: ChannelContract<Message> | string,
    options: SubscribeOptions = {},
  ): Subscription<Message> {
    const name = nameOf(channel);
    if (name === "") throw new UsageError("bad-option", "channel");
    if (this.#subscriptions.find(name) !== undefined) {
      throw new UsageError("already-subscribed", name);
    }
    const { format } = this.#options;
    const terms = {
      data: options.data === undefined ? undefined : encodeData(options.data, format.codec),
      joinLeave: options.joinLeave ?? false,
      echo: options.echo ?? true,
      delta: options.delta !== undefined,
      token: options.token,
      since: options.since,
    };
    const subscription = new ChannelSubscription(name, terms, {
      environment: this.#options.environment,
      format,
      settings: this.#options,
      calls: this.#calls,
      line: this.#connector,
      isOwn: (client) => this.#ids.includes(client),
      restart: (reason) => this.#connector.restart(reason),
      release: (released) => this.#subscriptions.remove(released),
    });
    this.#subscriptions.add(subscription);
    subscription.open();
    return typed(subscription);
  }

  /** The subscription to `channel` that is not over, if there is one. */
  subscription<Message = unknown>(
    channel: ChannelContract<Message> | string,
  ): Subscription<Message> | undefined {
    const found = this.#subscriptions.find(nameOf(channel));
    return found === undefined ? undefined : typed(found);
  }

  /** Publishes to a channel, subscribed or not; resolves when the server has taken the message. */
  async publish<Message>(
    channel: ChannelContract<Message> | string,
    message: NoInfer<Message>,
    options?: CallOptions,
  ): Promise<void> {
    const request = { publish: { channel: nameOf(channel), data: this.#encode(message) } };
    await this.#calls.call(request, options);
  }

  /** Calls a method of the server's application; resolves with its result, `undefined` when it gives none. */
  async rpc(method: string, data?: unknown, options?: CallOptions): Promise<unknown> {
    const request: Request = {
      rpc: { method, ...(data === undefined ? {} : { data: this.#encode(data) }) },
    };
    const reply = await this.#calls.call(request, options);
    return decodeOptional(reply.rpc?.data);
  }

  /**
   * Calls a procedure by its contract; resolves with its result. The server checks what is sent; a call that does not fit
   * is refused with the field named.
   */
  call<Sent, Input, Output>(
    { name }: Procedure<Sent, Input, Output>,
    input: NoInfer<Sent>,
    options?: CallOptions,
  ): Promise<Output> {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the server's word is taken for it
    return this.rpc(name, input, options) as Promise<Output>;
  }

  /** Sends a message that the server does not answer; resolves when it was handed to the WebSocket. */
  async send(data: unknown, options?: CallOptions): Promise<void> {
    await this.#calls.call({ send: { data: this.#encode(data) } }, options);
  }

  /** Who is in a channel now. */
  async presence<Message>(
    channel: ChannelContract<Message> | string,
    options?: CallOptions,
  ): Promise<readonly Member[]> {
    return presence(this.#calls, nameOf(channel), options);
  }

  /** How many are in a channel now. */
  async presenceStats<Message>(
    channel: ChannelContract<Message> | string,
    options?: CallOptions,
  ): Promise<PresenceStats> {
    return presenceStats(this.#calls, nameOf(channel), options);
  }

  /** A page of what was published in a channel before, where the server keeps it. */
  async history<Message = unknown>(
    channel: ChannelContract<Message> | string,
    options: HistoryOptions = {},
  ): Promise<HistoryPage<Message>> {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the server's word is taken for it
    return history(this.#calls, nameOf(channel), options) as Promise<HistoryPage<Message>>;
  }

  #encode(value: unknown): Payload {
    return encodeData(value, this.#options.format.codec);
  }

  async #disconnect(options: CallOptions | undefined): Promise<void> {
    const { callTimeoutMs, environment } = this.#options;
    const closed = this.#connector.disconnect();
    await waitFor<void>(environment, patience(options, callTimeoutMs), (resolve) => {
      void closed.then(resolve);
      return undefined;
    });
  }

  #createSession(data: Payload | undefined, events: SessionEvents): Session {
    return new Session({
      ...this.#options,
      codec: this.#options.format.codec,
      openLink: this.#openLink,
      connectRequest: () => this.#connectRequest(data),
      events,
    });
  }

  #connectRequest(data: Payload | undefined): ConnectRequest | Promise<ConnectRequest> {
    const { name, version } = this.#options;
    const withToken = (token: string): ConnectRequest => ({
      token,
      name,
      version,
      ...(this.#server && { subs: this.#server.places }),
      ...(data === undefined ? {} : { data }),
    });
    const token = this.#token.current();
    return typeof token === "string" ? withToken(token) : token.then(withToken);
  }

  #receive(push: Push): void {
    const { channel = "", message } = push;
    if (message !== undefined) this.#messages.emit({ data: decodeOptional(message.data) });
    // Without either it was under way when the application unsubscribed.
    else (this.#subscriptions.find(channel) ?? this.#server)?.push(push);
  }

  #lost(end: Reason): void {
    this.#refresher.stop();
    this.#server?.lost(end);
    if (tokenIsSpent.has(end.code) && !this.#token.expire() && end.code === tokenExpired) {
      // The same token again would be refused again, for ever.
      void this.#connector.disconnect(reasons.unauthorized);
    }
    if (this.state === "disconnected") this.#calls.failAll();
    else this.#calls.failSent();
    this.#subscriptions.lost(this.state === "disconnected" ? reasons.clientDisconnected : end);
  }
}

/** The one place where a channel's messages get the type that its contract promises. */
function typed<Message>(subscription: Subscription<unknown>): Subscription<Message> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the server's word is taken for it
  return subscription as Subscription<Message>;
}

function nameOf(channel: { readonly name: string } | string): string {
  return typeof channel === "string" ? channel : channel.name;
}

/** State events tell the same story: whoever does not wait for this promise is not to be bothered with its failure. */
function unattended(promise: Promise<void>): Promise<void> {
  promise.catch(() => undefined);
  return promise;
}
