/**
 * The hub: where connections become clients, and where code on the server meets channels, procedures and permissions. It
 * wires the parts together and owns the list of clients; the rules stand in the parts.
 */

import type {
  ChannelContract,
  ChannelPattern,
  Disconnect,
  Procedure,
  UnsubscribeReason,
} from "@tautline/wire";
import { disconnects, jsonCodec } from "@tautline/wire";
import type { RefreshGrant } from "./access/refresh-grant.ts";
import { TokenGate } from "./access/token-gate.ts";
import { Broadcast } from "./channels/broadcast.ts";
import { fitsPattern } from "./channels/channel-pattern.ts";
import { Channels } from "./channels/channels.ts";
import { createFossilForms } from "./channels/fossil-forms.ts";
import { HubChannel } from "./channels/hub-channel.ts";
import { HubChannels } from "./channels/hub-channels.ts";
import { Namespaces } from "./channels/namespaces.ts";
import { PositionWatch } from "./channels/position-watch.ts";
import { Client } from "./client.ts";
import type { HubContext } from "./context.ts";
import { Contracts } from "./contracts.ts";
import { Departure } from "./departure.ts";
import type {
  Answer,
  AnyRpcHandler,
  ClientEnd,
  DisconnectHandler,
  MessageHandler,
  RpcHandler,
  Unregister,
} from "./handlers.ts";
import { Handlers } from "./handlers.ts";
import type { ChannelFilter, HubInfo } from "./hub-info.ts";
import type { AcceptInfo, HubSetup } from "./hub-setup.ts";
import type { HubClient } from "./hub-client.ts";
import { addressKey } from "./limits/address-key.ts";
import { Tally } from "./limits/tally.ts";
import type { Listing } from "./listing.ts";
import { listed } from "./listing.ts";
import { MemoryBroker } from "./memory-broker/memory-broker.ts";
import type { NodeInfo } from "./nodes/node-info.ts";
import { Nodes } from "./nodes/nodes.ts";
import { resolveOptions } from "./options.ts";
import type { Hooks } from "./hooks.ts";
import { Policy } from "./policy.ts";
import type { ClientConnection } from "./ports/client-connection.ts";
import { silentLogger } from "./ports/logger.ts";
import { noMeter } from "./ports/meter.ts";
import type { NodeRelay } from "./ports/node-relay.ts";
import type { ClientFilter, ClientSelection } from "./roster.ts";
import { Roster } from "./roster.ts";
import { Attendance } from "./subscriptions/attendance.ts";
import type { ServerSubscription } from "./subscriptions/server-subscription.ts";

export class Hub {
  /** Resolves when the broker is ready; rejects when it cannot be. Connections may be handed over before. */
  readonly ready: Promise<void>;
  /** The hub's name among those that act as one; nobody else has it or ever had. */
  readonly node: string;
  /** What carries requests to the other hubs; `undefined` when this one is alone. */
  readonly relay: NodeRelay | undefined;
  readonly #context: HubContext;
  readonly #randomId: () => string;
  readonly #connections = new Set<Client>();
  readonly #roster = new Roster();
  readonly #nodes: Nodes;
  /** How many connections there are from each address. */
  readonly #addresses: Tally;
  readonly #startedAt: number;
  readonly #leaving = new Set<Promise<unknown>>();
  /** There as soon as no new connections are taken. */
  #departure: Departure | undefined;
  #shutdown: Promise<void> | undefined;

  /** @throws RangeError when an option makes no sense */
  constructor(setup: HubSetup) {
    const { clock, randomId, prepare, logger = silentLogger, meter = noMeter } = setup;
    const options = resolveOptions(setup.options);
    const broker = setup.broker ?? new MemoryBroker({ clock, randomId });
    const forms = createFossilForms();
    const intervalMs = options.positionCheckIntervalMs;
    const positions = new PositionWatch({ broker, clock, logger, intervalMs });
    const resumed = (): void => {
      positions.hurry();
      this.#nodes.meet();
    };
    const told = (message: string): void => this.#nodes.take(message);
    const gone = (node: string): void => this.#nodes.lose(node);
    const channels = new Channels({ broker, prepare, forms, logger, meter, resumed, told, gone });
    this.#randomId = randomId;
    this.#startedAt = clock.now();
    this.#context = {
      options,
      namespaces: new Namespaces(options, setup.ownChannels),
      clock,
      logger,
      meter,
      tracer: setup.tracer,
      broker,
      prepare,
      random: setup.random ?? Math.random,
      policy: new Policy(options.open, logger),
      tokens: new TokenGate(setup.tokens, { logger, meter }),
      users: new Tally(options.maxConnectionsPerUser),
      channels,
      forms,
      positions,
      attendance: new Attendance({ broker, clock, logger, elsewhere: () => this.#nodes.elsewhere }),
      handlers: new Handlers(logger),
      contracts: new Contracts(setup.contracts ?? []),
      ping: new Broadcast(prepare),
    };
    this.#addresses = new Tally(options.maxConnectionsPerAddress);
    this.node = randomId();
    const own = { node: this.node, roster: this.#roster, info: () => this.info() };
    this.#nodes = new Nodes({ ...this.#context, ...own, facts: setup.facts });
    this.relay = this.#nodes.relay;
    const { needs } = this.#context.namespaces;
    this.ready = broker.start(channels, this.node, needs).then(() => this.#nodes.start());
    // Whoever waits for it sees the failure as well; nobody has to.
    this.ready.catch((err: unknown) => logger.error({ err }, "the broker did not start"));
  }

  /** The connected clients of this hub, by id. */
  get clients(): ReadonlyMap<string, HubClient> {
    return this.#roster.clients;
  }

  /** Takes a connection over: from now on the hub alone sends, listens and closes. */
  accept(line: ClientConnection, info: AcceptInfo = {}): void {
    const { codec = jsonCodec, emulation, unidirectional = false, ...connection } = info;
    if (this.#departure !== undefined) {
      line.close(disconnects.shutdown.code, disconnects.shutdown.reason);
      return;
    }
    const { remoteAddress } = connection;
    const address = remoteAddress === undefined ? undefined : addressKey(remoteAddress);
    if (address !== undefined && !this.#addresses.add(address)) {
      this.#context.meter.limitReached("address-connections");
      this.#context.logger.info({ address }, "an address has as many connections as it may");
      line.close(disconnects.connectionLimit.code, disconnects.connectionLimit.reason);
      return;
    }
    const client: Client = new Client(this.#context, {
      id: this.#randomId(),
      line,
      codec,
      connection: { ...connection, format: codec.name },
      emulation,
      unidirectional,
      events: {
        connected: () => this.#roster.add(client),
        closed: (end, left) => {
          if (address !== undefined) this.#addresses.remove(address);
          this.#remove(client, end, left);
        },
      },
    });
    this.#connections.add(client);
    this.#context.meter.connectionOpened(transportOf(client));
    client.start();
  }

  /** Decides who may connect, and who they are. @throws Error when it is decided already */
  onConnect(hook: NonNullable<Hooks["connect"]>): void {
    this.#context.policy.decide("connect", hook);
  }

  /** Decides whether a connection whose time is over goes on. @throws Error when it is decided already */
  onRefresh(hook: NonNullable<Hooks["refresh"]>): void {
    this.#context.policy.decide("refresh", hook);
  }

  /** Decides whether a subscription whose time is over goes on. @throws Error when it is decided already */
  onSubRefresh(hook: NonNullable<Hooks["subRefresh"]>): void {
    this.#context.policy.decide("subRefresh", hook);
  }

  /** Decides who may subscribe to what. @throws Error when it is decided already */
  onSubscribe(hook: NonNullable<Hooks["subscribe"]>): void {
    this.#context.policy.decide("subscribe", hook);
  }

  /** Decides who may publish what where. @throws Error when it is decided already */
  onPublish(hook: NonNullable<Hooks["publish"]>): void {
    this.#context.policy.decide("publish", hook);
  }

  /** Decides who may see the members of which channel. @throws Error when it is decided already */
  onPresence(hook: NonNullable<Hooks["presence"]>): void {
    this.#context.policy.decide("presence", hook);
  }

  /** Decides who may read the log of which channel. @throws Error when it is decided already */
  onHistory(hook: NonNullable<Hooks["history"]>): void {
    this.#context.policy.decide("history", hook);
  }

  /** Takes messages that clients send outside of channels and without an answer. */
  onMessage(handler: MessageHandler): Unregister {
    return this.#context.handlers.addMessage(handler);
  }

  /**
   * Learns that a client is gone, and why; not of connections that never became a client's. What the handler throws is
   * logged. `shutdown` waits for it.
   */
  onDisconnect(handler: DisconnectHandler): Unregister {
    return this.#context.handlers.addDisconnect(handler);
  }

  /**
   * Offers a procedure to clients. What the handler returns, at once or later, is the answer; what it throws besides a
   * refusal is an internal error to the client.
   *
   * @throws Error when the method has a handler already
   */
  rpc(method: string, handler: RpcHandler): Unregister {
    return this.#context.handlers.addRpc(method, handler);
  }

  /** Answers the procedures that nobody else offers. @throws Error when somebody does so already */
  onRpc(handler: AnyRpcHandler): Unregister {
    return this.#context.handlers.addAnyRpc(handler);
  }

  /**
   * Offers a procedure with a contract: the handler gets what the contract's schema made of what the client sent, and a
   * call that does not fit is refused with the field named.
   *
   * @throws Error when the procedure has a handler already
   */
  procedure<Sent, Input, Output>(
    contract: Procedure<Sent, Input, Output>,
    handler: (input: Input, from: HubClient) => Answer<Output>,
  ): Unregister {
    return this.#context.handlers.addProcedure(contract, handler);
  }

  /** All channels whose names fit a pattern. */
  channels<Message, Params>(
    pattern: ChannelPattern<Message, Params>,
  ): HubChannels<Message, Params> {
    return new HubChannels(this.#context, pattern);
  }

  /**
   * A channel, by its contract or by its name alone.
   *
   * @throws RangeError when the name is empty or too long, or its namespace is unknown
   */
  channel<Message = unknown>(contract: ChannelContract<Message> | string): HubChannel<Message> {
    const name = typeof contract === "string" ? contract : contract.name;
    return new HubChannel<Message>(this.#context, name);
  }

  /** Whether a channel may have this name as far as its namespace goes. */
  knowsNamespaceOf(channel: string): boolean {
    return this.#context.namespaces.optionsOf(channel) !== undefined;
  }

  /**
   * Subscribes clients, without asking any hook; see `HubClient.subscribe`. Who is subscribed already stays so. This and the
   * next three mean clients of all hubs that act as one; they resolve, when the others were told, with the number of this
   * hub's, and reject with what the broker fails with.
   *
   * @throws TypeError as a rejection when nobody is named, or `info` or `data` has no JSON form; RangeError when the
   *   channel's name is empty or too long; Refusal when its namespace is unknown, or a client has too many subscriptions
   */
  subscribe(whom: ClientSelection, subscription: ServerSubscription): Promise<number> {
    return this.#nodes.everywhere({ kind: "subscribe", whom, subscription });
  }

  /**
   * Ends subscriptions of clients to `channel`, or to all of theirs; the clients come back if `reason` says so.
   *
   * @throws TypeError when nobody is named
   */
  unsubscribe(
    whom: ClientSelection,
    channel?: string,
    reason?: UnsubscribeReason,
  ): Promise<number> {
    return this.#nodes.everywhere({ kind: "unsubscribe", whom, channel, reason });
  }

  /**
   * Gives connections of clients another time to live, other capabilities, or both.
   *
   * @throws TypeError when nobody is named, or a value has no JSON form
   */
  refresh(whom: ClientSelection, grant: RefreshGrant): Promise<number> {
    return this.#nodes.everywhere({ kind: "refresh", whom, grant });
  }

  /**
   * Ends connections of clients, for good by default.
   *
   * @throws TypeError when nobody is named; RangeError when the code cannot be sent
   */
  disconnect(whom: ClientSelection, given?: Disconnect): Promise<number> {
    const why = given ?? disconnects.forceNoReconnect;
    return this.#nodes.everywhere({ kind: "disconnect", whom, why });
  }

  /** The hubs that act as one, by their names, this one first: as they were a few seconds ago. */
  get nodes(): ReadonlyMap<string, NodeInfo> {
    return this.#nodes.list();
  }

  /** A page of the clients of this hub, by id. @throws RangeError when `limit` is no whole number from 1 */
  listClients(filter: ClientFilter = {}): Listing<HubClient> {
    return this.#roster.list(filter);
  }

  /**
   * A page of the channels that have subscribers on this hub, by name, with their numbers.
   *
   * @throws RangeError when `limit` is no whole number from 1
   */
  listChannels({ pattern = "*", ...filter }: ChannelFilter = {}): Listing<number> {
    return listed(this.#context.channels.counts(), filter, (name) => fitsPattern(pattern, name));
  }

  /** How much there is on this hub now. */
  info(): HubInfo {
    const { clock, channels } = this.#context;
    let [channelCount, subscriptions] = [0, 0];
    for (const [, subscribers] of channels.counts()) {
      channelCount += 1;
      subscriptions += subscribers;
    }
    return {
      connections: this.#connections.size,
      clients: this.#roster.clients.size,
      users: this.#roster.users,
      channels: channelCount,
      subscriptions,
      uptimeMs: clock.now() - this.#startedAt,
    };
  }

  /**
   * Takes no new connections, and ends those there are with the code that brings clients back later, evenly over `overMs`
   * milliseconds. Resolves when all have been told; `shutdown` does not wait for the rest of that time.
   *
   * @throws RangeError when `overMs` is no time
   */
  drain(overMs: number): Promise<void> {
    if (!(overMs >= 0)) throw new RangeError(`overMs must be at least 0, not ${overMs}`);
    return this.#depart(overMs).over;
  }

  /** Ends all connections with the code that brings clients back later, takes no new ones, and stops the broker. */
  shutdown(): Promise<void> {
    this.#shutdown ??= this.#stop();
    return this.#shutdown;
  }

  #depart(overMs: number): Departure {
    this.#departure ??= new Departure({
      clock: this.#context.clock,
      farewells: Array.from(
        this.#connections,
        (client) => () => client.disconnect(disconnects.shutdown),
      ),
      overMs,
    });
    return this.#departure;
  }

  async #stop(): Promise<void> {
    this.#depart(0).hurry();
    await Promise.all(this.#leaving);
    await this.#context.attendance.settle();
    await this.#context.channels.settled();
    await this.#nodes.stop();
    await this.#context.broker.stop();
  }

  #remove(client: Client, end: ClientEnd, left: Promise<void>): void {
    this.#connections.delete(client);
    this.#context.meter.connectionClosed(transportOf(client), end);
    const known = this.#roster.remove(client);
    const told = known ? this.#context.handlers.disconnected(client, end) : undefined;
    const gone = Promise.all([left, told]);
    this.#leaving.add(gone);
    void gone.then(() => this.#leaving.delete(gone));
  }
}

/** As it stands in counts. */
function transportOf({ connection }: Client): string {
  return connection.transport ?? "unknown";
}
