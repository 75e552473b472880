/**
 * One client, from the moment its connection is there until it is gone. It takes frames apart into commands, keeps the
 * order and the limits of what it is asked, answers, and ends the connection with the protocol's code when the client
 * breaks the protocol, is silent, or too slow. What commands do stands in `commands/`.
 */

import type {
  ClientInfo,
  Codec,
  Command,
  Disconnect,
  Format,
  Payload,
  Reply,
} from "@tautline/wire";
import type { UnsubscribeReason } from "@tautline/wire";
import { decodePayload, disconnects, encodePayload, isPong } from "@tautline/wire";
import { reconnectsAfter, requestOf, unsubscribes } from "@tautline/wire";
import type { Operation } from "./access/capabilities.ts";
import { ClientAccess } from "./access/client-access.ts";
import type { RefreshGrant } from "./access/refresh-grant.ts";
import { renewConnection, renewSubscription } from "./access/renewal.ts";
import type { Broadcast } from "./channels/broadcast.ts";
import { carryOut, refuseCommand } from "./carry-out.ts";
import type { ClientEvents, ClientSetup } from "./client-setup.ts";
import type { HubContext } from "./context.ts";
import { laneOf } from "./dispatch.ts";
import { Heartbeat } from "./heartbeat.ts";
import type { ConnectionInfo } from "./hub-client.ts";
import { Lanes } from "./lanes.ts";
import { LimitLog } from "./limits/limit-log.ts";
import { RateGuard } from "./limits/rate-guard.ts";
import type { ClientConnection } from "./ports/client-connection.ts";
import type { Cancel } from "./ports/clock.ts";
import { Outbox } from "./outbox.ts";
import { payloadOf } from "./payload-values.ts";
import { requireDisconnect } from "./refusal.ts";
import type { EmulationAddress, Identity, Session } from "./session.ts";
import type { AnswerAllowance } from "./subscriptions/answer-allowance.ts";
import type { ServerSubscription } from "./subscriptions/server-subscription.ts";
import { serverPlan } from "./subscriptions/server-plan.ts";
import type { Subscription } from "./subscriptions/subscription.ts";
import type { SubscriptionPlan } from "./subscriptions/subscription-plan.ts";
import { Subscriptions } from "./subscriptions/subscriptions.ts";

/** The close codes of who leaves by itself (RFC 6455 §7.4.1): a page that is loaded again has 1001. */
const normalClosure = 1000;
const noStatus = 1005;

/**
 * `new`: nothing came yet. `connecting`: the connect command is being decided, other commands wait. `refused`: it was
 * answered with an error, and the client has nothing more to say. `connected`, `closed`.
 */
type ClientState = "new" | "connecting" | "refused" | "connected" | "closed";

export class Client implements Session {
  readonly id: string;
  readonly connection: ConnectionInfo;
  readonly emulation: EmulationAddress | undefined;
  readonly unidirectional: boolean;
  readonly connectedAtMs: number;
  readonly subscriptions: Subscriptions;
  readonly access: ClientAccess;
  readonly limits: LimitLog;
  readonly #context: HubContext;
  readonly #line: ClientConnection;
  readonly #codec: Codec;
  readonly #events: ClientEvents;
  readonly #outbox: Outbox;
  readonly #lanes: Lanes;
  readonly #rates: RateGuard;
  readonly #heartbeat: Heartbeat;
  readonly #cancelStale: Cancel;
  #state: ClientState = "new";
  #identity: Identity = { user: "", info: undefined };
  #held: Command[] = [];
  #paused = false;

  constructor(context: HubContext, setup: ClientSetup) {
    this.id = setup.id;
    this.connection = setup.connection;
    this.emulation = setup.emulation;
    this.unidirectional = setup.unidirectional;
    this.connectedAtMs = context.clock.now();
    this.#context = context;
    this.#line = setup.line;
    this.#codec = setup.codec;
    this.#events = setup.events;
    this.limits = new LimitLog(context, this);
    this.subscriptions = new Subscriptions(context, this);
    this.access = new ClientAccess(context, () => void renewConnection(this, context));
    this.#outbox = new Outbox({
      ...setup,
      limits: context.options,
      events: {
        slow: () => this.#tooSlow(),
        failed: (err) => {
          context.logger.error({ err, client: this.id }, "sending failed");
          this.disconnect(disconnects.writeError);
        },
        unfit: () => {
          context.logger.info({ client: this.id, user: this.user }, "bytes for a JSON client");
          this.disconnect(disconnects.inappropriateProtocol);
        },
      },
    });
    this.#rates = new RateGuard(context, this.limits);
    this.#lanes = new Lanes(() => this.#steerReading());
    const { pingIntervalMs } = context.options;
    const pongTimeoutMs = this.unidirectional ? 0 : context.options.pongTimeoutMs;
    this.#heartbeat = new Heartbeat(
      context.clock,
      { pingIntervalMs, pongTimeoutMs },
      {
        ping: () => this.deliver(context.ping),
        timeout: () => this.#silent(),
      },
    );
    this.#cancelStale = context.clock.schedule(
      () => this.disconnect(disconnects.stale),
      context.options.staleTimeoutMs,
    );
  }

  /** Begins to listen. Apart from the constructor, because a connection may have much to say at once. */
  start(): void {
    this.#line.onMessage((frame) => this.#receive(frame));
    this.#line.onClose((end) => this.#end(end, false));
  }

  get allowance(): AnswerAllowance {
    return this.#outbox.allowance;
  }

  get user(): string {
    return this.#identity.user;
  }

  get info(): unknown {
    const { info } = this.#identity;
    return info === undefined ? undefined : decodePayload(info);
  }

  get meta(): unknown {
    return this.access.meta;
  }

  get expiresAtMs(): number | undefined {
    return this.access.term.expiresAtMs;
  }

  get limited(): boolean {
    return this.access.limited;
  }

  permits(operation: Operation, channel: string): boolean {
    const inChannel = this.subscriptions.accessIn(channel);
    return inChannel?.permits(operation) === true || this.access.permits(operation, channel);
  }

  get format(): Format {
    return this.#codec.name;
  }

  get channels(): readonly string[] {
    return this.subscriptions.channels;
  }

  get bufferedBytes(): number {
    return this.#line.bufferedBytes;
  }

  send(data: unknown): void {
    this.#outbox.reply({ push: { message: { data: encodePayload(data) } } });
  }

  subscribe(subscription: ServerSubscription): Promise<boolean> {
    const plan = serverPlan(this.#context.options, subscription);
    const told = this.#lanes.call(plan.channel, () => this.#subscribe(plan));
    return told.then((wasTold) => wasTold ?? false);
  }

  unsubscribe(channel: string, reason: UnsubscribeReason = unsubscribes.server): void {
    this.#lanes.run(channel, async () => {
      if (await this.subscriptions.end(channel)) {
        this.#outbox.reply({ push: { channel, unsubscribe: reason } });
      }
    });
  }

  insufficientState(subscription: Subscription): void {
    const { channel, serverSide } = subscription;
    this.#context.logger.debug({ client: this.id, channel }, "a client has insufficient state");
    // What the server has subscribed a client to, a client cannot subscribe to again by itself.
    if (serverSide) return this.disconnect(disconnects.insufficientState);
    this.#lanes.run(channel, () => this.#endThis(subscription, unsubscribes.insufficientState));
  }

  subscriptionOver(subscription: Subscription): void {
    const { channel } = subscription;
    this.#lanes.run(channel, async () => {
      const goesOn = await renewSubscription(this, this.#context, channel);
      if (!goesOn) await this.#endThis(subscription, unsubscribes.expired);
    });
  }

  renew(grant: RefreshGrant): void {
    const info = payloadOf(grant.info);
    if (info !== undefined) this.#identity = { ...this.#identity, info };
    this.access.take(grant);
    for (const subscription of this.subscriptions.byCapability) {
      const { channel } = subscription;
      if (this.access.permits("subscribe", channel)) continue;
      this.#lanes.run(channel, () => this.#endThis(subscription, unsubscribes.server));
    }
  }

  refresh(grant: RefreshGrant): void {
    this.renew(grant);
    const { term } = this.access;
    if (term.expired) this.disconnect(disconnects.expired);
    else this.#outbox.reply({ push: { refresh: term.left } });
  }

  disconnect(disconnect: Disconnect = disconnects.forceNoReconnect): void {
    requireDisconnect(disconnect);
    if (this.#state === "closed") return;
    const { code, reason } = disconnect;
    this.#context.logger.debug({ client: this.id, code, reason }, "disconnecting a client");
    try {
      this.#line.close(code, reason);
    } catch (err) {
      this.#context.logger.error({ err, client: this.id }, "closing a connection failed");
    }
    this.#end(disconnect, true);
  }

  memberInfo(channelInfo?: Payload): ClientInfo {
    const { user, info } = this.#identity;
    return {
      user,
      client: this.id,
      ...(info !== undefined && { conn_info: info }),
      ...(channelInfo !== undefined && { chan_info: channelInfo }),
    };
  }

  deliver(broadcast: Broadcast): void {
    this.#outbox.deliver(broadcast);
  }

  identify(identity: Identity): boolean {
    const { user } = identity;
    if (this.#state === "closed") return true;
    if (user !== "" && !this.#context.users.add(user)) {
      this.limits.reached("user-connections");
      return false;
    }
    this.#identity = identity;
    return true;
  }

  admit(): boolean {
    if (this.#state === "closed") return false;
    this.#state = "connected";
    this.#cancelStale();
    this.#heartbeat.start(this.#context.random());
    this.access.term.start();
    this.#events.connected(this);
    return true;
  }

  #receive(frame: string | Uint8Array): void {
    if (this.#state === "closed") return;
    const { messages, fault } = this.#codec.decodeCommands(frame, this.#context.options.frame);
    for (const command of messages) this.#take(command);
    if (fault?.kind === "limit") this.limits.reached("frame");
    if (fault !== undefined) this.#refuseFrame(fault.detail);
    this.#steerReading();
  }

  /** Makes a subscription of the server's; false when the client is gone. */
  async #subscribe(plan: SubscriptionPlan): Promise<boolean> {
    if (this.#state !== "connected") return false;
    const { channel } = plan;
    let told = false;
    await this.subscriptions.begin(plan, (result) => {
      const { publications = [], ...subscribe } = result;
      this.#outbox.reply({ push: { channel, subscribe } });
      for (const pub of publications) this.#outbox.reply({ push: { channel, pub } });
      told = this.#state === "connected";
    });
    return told;
  }

  /** Ends this very subscription, and tells the client. */
  async #endThis(subscription: Subscription, reason: UnsubscribeReason): Promise<void> {
    if (await this.subscriptions.endThis(subscription)) {
      this.#outbox.reply({ push: { channel: subscription.channel, unsubscribe: reason } });
    }
  }

  /** Decides whether a command's time has come. */
  #take(command: Command): void {
    if (this.#state === "closed") return;
    if (this.#state === "connecting") {
      this.#held.push(command);
      return;
    }
    const isFirst = this.#state === "new";
    if (isFirst !== (command.connect !== undefined) || this.#state === "refused") {
      this.#refuseFrame("a command before, after or beside the connect command");
    } else if (isPong(command)) {
      if (!this.#heartbeat.pong())
        this.#refuseFrame("a pong without a ping, or a command without an id");
    } else {
      this.#start(command);
    }
  }

  #start(given: Command): void {
    const { id = 0 } = given;
    const request = requestOf(given);
    if (request === undefined) return this.#refuseFrame("an unknown command");
    const reply = (answer: Reply): void => this.#outbox.reply(answer);
    const command = { session: this, context: this.#context, id, request, reply };
    if (request.method === "connect") {
      this.#state = "connecting";
      void carryOut(command).then(() => this.#release());
      return;
    }
    const refusal = this.#rates.refusalOf(request.method);
    if (refusal !== undefined) return refuseCommand(command, refusal);
    const lane = laneOf(request);
    const task = (): Promise<void> => carryOut(command);
    if (lane === undefined) this.#lanes.runBeside(task);
    else this.#lanes.run(lane, task);
  }

  /** After the connect command: what came meanwhile is taken now. */
  #release(): void {
    if (this.#state === "connecting") this.#state = "refused";
    const held = this.#held;
    this.#held = [];
    for (const command of held) this.#take(command);
    this.#steerReading();
  }

  /** Reads no further while the client has as much under way as it may. */
  #steerReading(): void {
    if (this.#state === "closed") return;
    const { maxPendingCommands } = this.#context.options;
    const pause = this.#state === "connecting" || this.#lanes.pending >= maxPendingCommands;
    if (pause === this.#paused) return;
    this.#paused = pause;
    if (pause) this.#line.pause();
    else this.#line.resume();
  }

  #tooSlow(): void {
    this.limits.reached("buffered-bytes");
    this.disconnect(disconnects.slow);
  }

  /** No pong has come. While nothing is read it cannot: then it is the commands that take too long. */
  #silent(): void {
    if (this.#paused) this.limits.reached("pending-commands");
    this.disconnect(this.#paused ? disconnects.tooManyRequests : disconnects.noPong);
  }

  #refuseFrame(detail: string): void {
    this.#context.logger.info({ client: this.id, user: this.user, detail }, "a bad request");
    this.disconnect(disconnects.badRequest);
  }

  #end({ code, reason }: Disconnect, byServer: boolean): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    const { channels, user } = this;
    if (user !== "") this.#context.users.remove(user);
    this.#outbox.close();
    this.#cancelStale();
    this.#heartbeat.stop();
    this.access.term.stop();
    this.#lanes.clear();
    this.#held = [];
    const left = this.subscriptions.endAll(isLost(code, byServer));
    this.#events.closed({ code, reason, byServer, channels }, left);
  }
}

/** Whether who was connected may be back in a moment: it has not said goodbye, and was not told to stay away. */
function isLost(code: number, byServer: boolean): boolean {
  return byServer ? reconnectsAfter(code) : code !== normalClosure && code !== noStatus;
}
