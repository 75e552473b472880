/**
 * Decides about one request after the other who becomes a connection: what stands in the way of any, what the protocol
 * says, what the application's hook says, and then the answer.
 *
 * It keeps no connections, only the requests that a hook still thinks about. How an answer is written is the
 * exchange's business.
 */
import { ConnectionFailed, ServerHandshake, UsageError, refuseHandshake } from "@tautline/protocol";
import type {
  HandshakeAccepted,
  HandshakeChoices,
  HandshakeOffer,
  TautlineError,
} from "@tautline/protocol";
import { serverExtensions } from "../compression/deflate-extension.ts";
import { Connection } from "../connection/connection.ts";
import { surface } from "../connection/listeners.ts";
import type { ServerOptions, ServerSettings } from "../options.ts";
import { nodePlatform } from "../platform.ts";
import type { Exchange } from "./exchange.ts";
import { acceptanceOf } from "./handshake-hook.ts";
import type { HandshakeHook, HookAcceptance, HookRefusal } from "./handshake-hook.ts";
import { HookRun } from "./handshake-hook-run.ts";
import { takeCarrier } from "./taken-carriers.ts";
import type { UpgradeRequest } from "./upgrade-request.ts";

/** Whose requests are decided about. */
export interface AdmissionHost<Data> {
  /** Why nobody is let in at the moment. `pending` handshakes are under way. */
  obstacle(pending: number): TautlineError | undefined;
  /** The connection is open, and has not begun to read. */
  opened(connection: Connection<Data>, request: UpgradeRequest): void;
  refused(error: Error, request: UpgradeRequest): void;
  /** The connection is over. */
  closed(connection: Connection<Data>): void;
}

export class Admission<Data> {
  readonly #host: AdmissionHost<Data>;
  readonly #settings: ServerSettings;
  readonly #handshake: ServerHandshake;
  readonly #hook: HandshakeHook<Data> | undefined;
  /** What counts as the hook's answer where there is none. */
  readonly #unasked = acceptanceOf<Data>(undefined);
  readonly #hookRuns = new Set<HookRun<Data>>();

  /** @throws UsageError what the handshake's options throw */
  constructor(options: ServerOptions<Data>, settings: ServerSettings, host: AdmissionHost<Data>) {
    this.#host = host;
    this.#settings = settings;
    const extensions = serverExtensions(options);
    this.#handshake = new ServerHandshake({ ...options, extensions }, nodePlatform);
    this.#hook = options.onHandshake;
  }

  /**
   * Answers `exchange`, and resolves with what came of it.
   *
   * @throws UsageError `USAGE_SOCKET_TAKEN`
   * @throws why the request was refused, after answering and reporting
   */
  async admit(exchange: Exchange): Promise<Connection<Data>> {
    return this.#admit(exchange);
  }

  /** Answers `exchange` for nobody who waits: what came of it is reported, and no promise is made without need. */
  attend(exchange: Exchange): void {
    try {
      const admitted = this.#admit(exchange);
      if (admitted instanceof Promise) admitted.catch(forget);
    } catch {
      forget();
    }
  }

  #admit(exchange: Exchange): Connection<Data> | Promise<Connection<Data>> {
    const { carrier } = exchange;
    if (carrier !== undefined && !takeCarrier(carrier)) throw new UsageError("USAGE_SOCKET_TAKEN");
    const offer = this.#examine(exchange);
    // Without a hook nothing waits: what follows happens in the same turn of the event loop.
    if (this.#hook === undefined) return this.#accept(exchange, offer, this.#unasked);
    return this.#acceptBy(this.#hook, exchange, offer);
  }

  /** Refuses those that a hook still thinks about. */
  abort(reason: ConnectionFailed): void {
    for (const run of this.#hookRuns) run.abort(reason);
  }

  /** What the request offers, when nothing speaks against it. */
  #examine(exchange: Exchange): HandshakeOffer {
    const obstacle = exchange.lost
      ? new ConnectionFailed("CONNECTION_LOST")
      : this.#host.obstacle(this.#hookRuns.size);
    if (obstacle !== undefined) {
      const response = refuseHandshake({ status: 503 });
      return this.#refuse(exchange, { error: obstacle, response });
    }
    const examined = this.#handshake.examine(exchange.head);
    return examined.accepted === undefined ? examined : this.#refuse(exchange, examined);
  }

  async #acceptBy(
    hook: HandshakeHook<Data>,
    exchange: Exchange,
    offer: HandshakeOffer,
  ): Promise<Connection<Data>> {
    const run = new HookRun(hook, exchange);
    this.#hookRuns.add(run);
    const outcome = await run.outcome(this.#settings.handshakeTimeoutMs);
    this.#hookRuns.delete(run);
    if (outcome.kind === "accepted") return this.#accept(exchange, offer, outcome);
    if (outcome.kind === "refused") return this.#refuse(exchange, outcome);
    return this.#fault(exchange, outcome.error);
  }

  #accept(
    exchange: Exchange,
    offer: HandshakeOffer,
    { choices, data }: HookAcceptance<Data>,
  ): Connection<Data> {
    const result = this.#choose(exchange, offer, choices);
    const connection = new Connection<Data>({
      role: "server",
      settings: this.#settings.connection,
      subprotocol: result.subprotocol,
      data,
      extensions: result.extensions,
      host: this.#host,
      openTransport: (events) => exchange.accept(result.response, events),
    });
    this.#host.opened(connection, exchange.request);
    connection.start(exchange.rest);
    return connection;
  }

  #choose(exchange: Exchange, offer: HandshakeOffer, choices: HandshakeChoices): HandshakeAccepted {
    try {
      return this.#handshake.accept(offer, choices);
    } catch (error) {
      return this.#fault(exchange, error);
    }
  }

  /** The application's own choice went wrong: its bug surfaces, the peer gets an answer. */
  #fault(exchange: Exchange, error: unknown): never {
    exchange.refuse(refuseHandshake({ status: 500 }));
    surface(error);
    throw error;
  }

  #refuse(exchange: Exchange, { error, response, body }: HookRefusal): never {
    exchange.refuse(response, body);
    this.#host.refused(error, exchange.request);
    throw error;
  }
}

/** What was refused has been reported and answered already. */
function forget(): void {
  // Nobody waits for it.
}
