/**
 * The hooks of a hub, answered by a backend over HTTP. A backend that is slow, down, or makes no sense gives the protocol's
 * temporary error, with which clients try again, and stops nobody else.
 */
import type { Clock, ConnectionInfo, HubClient, Logger } from "@tautline/hub";
import { Refusal, refuse, silentLogger } from "@tautline/hub";
import { replyErrors } from "@tautline/wire";

import { systemClock } from "../serve/clock.ts";
import type { ServeHooks } from "../serve/serve-hooks.ts";
import {
  connectGrant,
  publishGrant,
  refreshGrant,
  rpcResult,
  subRefreshGrant,
  subscribeGrant,
} from "./answers.ts";
import { Backend } from "./backend.ts";
import { clientFacts, connectionFacts, dataFacts, forwarded } from "./client-facts.ts";
import type { HookMeter } from "./meter.ts";
import { noHookMeter } from "./meter.ts";
import type { BackendOptions, HookName } from "./options.ts";
import { hookNames, resolveBackendOptions } from "./options.ts";

/** What hooks are made of besides their options. */
export interface BackendPorts {
  /** Silent by default. */
  readonly logger?: Logger | undefined;
  /** The system's by default. */
  readonly clock?: Clock | undefined;
  /** A number in [0, 1) for spreading attempts in time; `Math.random` by default. */
  readonly random?: (() => number) | undefined;
  /** Counts nothing by default. */
  readonly meter?: HookMeter | undefined;
}

/** Milliseconds that a connection or subscription goes on whose time is over while the backend cannot be asked. */
const reprieveMs = 60_000;

/**
 * Hooks for `serve({ hooks })`, those of them that have an address.
 *
 * @throws RangeError for options that make no sense
 */
export function backendHooks(given: Partial<BackendOptions>, ports: BackendPorts = {}): ServeHooks {
  const options = resolveBackendOptions(given);
  const all = hooksOf(new HookDesk(options, ports));
  const addressed = hookNames.filter((name) => options.urls[name] !== undefined);
  return Object.fromEntries(addressed.map((name) => [name, all[name]]));
}

function hooksOf(desk: HookDesk): Required<Pick<ServeHooks, HookName>> {
  const once = { repeatable: false };
  return {
    connect: ({ client, connection, data, name, version, token }) => {
      const facts = { ...connectionFacts(client, connection), name, version };
      const body = { ...facts, ...tokenFacts(token), ...dataFacts(data) };
      return desk.decide({ hook: "connect", connection, body }, connectGrant);
    },
    refresh: (_, client) => desk.goOn(about("refresh", client, {}), refreshGrant),
    subscribe: ({ channel, token, data }, client) => {
      const facts = { channel, ...tokenFacts(token), ...dataFacts(data) };
      return desk.decide(about("subscribe", client, facts), subscribeGrant);
    },
    subRefresh: ({ channel }, client) =>
      desk.goOn(about("subRefresh", client, { channel }), subRefreshGrant),
    publish: ({ channel, data }, client) => {
      const facts = { channel, ...dataFacts(data) };
      return desk.decide({ ...about("publish", client, facts), ...once }, publishGrant);
    },
    rpc: (method, data, client) => {
      const facts = { method, ...dataFacts(data) };
      return desk.decide({ ...about("rpc", client, facts), ...once }, rpcResult);
    },
    disconnect: (client, { byServer, ...end }) =>
      desk.tell(about("disconnect", client, { ...end, by_server: byServer })),
  };
}

/** What is asked about whom. */
interface Matter {
  readonly hook: HookName;
  readonly connection: ConnectionInfo;
  readonly body: object;
  /** Whether it does no harm to ask twice. Default: true. */
  readonly repeatable?: boolean;
}

function about(hook: HookName, client: HubClient, facts: object): Matter {
  return { hook, connection: client.connection, body: { ...clientFacts(client), ...facts } };
}

function tokenFacts(token: string): object {
  return token === "" ? {} : { token };
}

/** Asks the backend, and knows what holds when it does not answer. */
class HookDesk {
  readonly #options: BackendOptions;
  readonly #backend: Backend;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #meter: HookMeter;

  constructor(options: BackendOptions, ports: BackendPorts) {
    const { clock = systemClock, random = Math.random, logger = silentLogger } = ports;
    this.#options = options;
    this.#backend = new Backend({ options, clock, random });
    this.#clock = clock;
    this.#logger = logger;
    this.#meter = ports.meter ?? noHookMeter;
  }

  /** What is granted. @throws Refusal when it is refused, or there is no answer */
  async decide<Grant>(matter: Matter, read: (answer: unknown) => Grant): Promise<Grant> {
    const outcome = await this.#ask(matter, (text) => read(JSON.parse(text)));
    if (outcome === undefined) throw refuse(replyErrors.internal);
    return outcome.grant;
  }

  /** The same for what goes on already, and does so for a while when there is no answer: a backend that is down ends nobody. */
  async goOn<Grant extends object>(
    matter: Matter,
    read: (answer: unknown) => Grant,
  ): Promise<Grant | { readonly expiresAtMs: number }> {
    const outcome = await this.#ask(matter, (text) => read(JSON.parse(text)));
    return outcome?.grant ?? { expiresAtMs: this.#clock.now() + reprieveMs };
  }

  /** Tells the backend what it need not answer. */
  async tell(matter: Matter): Promise<void> {
    await this.#ask(matter, () => undefined);
  }

  /** What the answer grants; `undefined` when there is none, or none that makes sense. @throws Refusal when it refuses */
  async #ask<Grant>(
    { hook, connection, body, repeatable = true }: Matter,
    read: (answer: string) => Grant,
  ): Promise<{ readonly grant: Grant } | undefined> {
    const headers = forwarded(connection, this.#options.forwardHeaders);
    const ended = this.#meter.hookStarted(hook);
    try {
      const grant = read(await this.#backend.ask({ hook, body, headers, repeatable }));
      ended(true);
      return { grant };
    } catch (error) {
      ended(error instanceof Refusal);
      if (error instanceof Refusal) throw error;
      const reason = error instanceof Error ? error.message : String(error);
      this.#logger.warn({ hook, reason }, "the backend gave no answer");
      return undefined;
    }
  }
}
