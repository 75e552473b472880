/**
 * One socket of a ReconnectingWebSocket, from asking for its URL to its end, which comes once, whatever the socket does.
 *
 * It does not know whether another one follows.
 */
import { startDeadline } from "../deadline.ts";
import type { Cancel } from "../environment.ts";
import type { CloseInfo, LiveSocket, Source } from "./any-socket.ts";
import type { ReconnectingSetup } from "./reconnecting-options.ts";

export interface AttemptEvents {
  /** There is a socket, and it is connecting. */
  created(socket: LiveSocket): void;
  opened(socket: LiveSocket): void;
  received(event: MessageEvent): void;
  /** @param cause what a source or the socket's constructor threw */
  ended(end: CloseInfo, cause?: unknown): void;
}

export interface AttemptSetup extends ReconnectingSetup {
  readonly url: Source<string | URL>;
  readonly protocols: Source<string | readonly string[]>;
  readonly events: AttemptEvents;
}

/** RFC 6455 §7.1.5: no Close frame has come. */
const abnormal: CloseInfo = Object.freeze({ code: 1006, reason: "", wasClean: false });

export class Attempt {
  readonly #setup: AttemptSetup;
  #socket: LiveSocket | undefined;
  #cancelDeadline: Cancel | undefined;
  #ended = false;

  constructor(setup: AttemptSetup) {
    this.#setup = setup;
  }

  /**
   * Begins. Where URL and protocols are values, the socket is made within this call.
   *
   * @throws what the socket's constructor throws, where they are values
   */
  start(): void {
    const { url, protocols, environment, settings } = this.#setup;
    this.#cancelDeadline = startDeadline(
      environment,
      { timeoutMs: settings.connectTimeoutMs, signal: undefined },
      () => this.give(),
    );
    if (typeof url === "function" || typeof protocols === "function") {
      this.#ask().catch((error: unknown) => this.#end(abnormal, error));
      return;
    }
    try {
      this.#create(url, protocols);
    } catch (error) {
      this.#ended = true;
      this.#cancelDeadline();
      throw error;
    }
  }

  /** Gives it up. What its socket does from now on is not told. */
  give(): void {
    const socket = this.#socket;
    this.#end(abnormal);
    socket?.close();
  }

  async #ask(): Promise<void> {
    const { url, protocols } = this.#setup;
    const foundUrl = typeof url === "function" ? await url() : url;
    const found = typeof protocols === "function" ? await protocols() : protocols;
    if (!this.#ended) this.#create(foundUrl, found);
  }

  #create(url: string | URL, protocols: string | readonly string[]): void {
    const { webSocket, events } = this.#setup;
    const list = typeof protocols === "string" ? [protocols] : [...protocols];
    const socket: LiveSocket = new webSocket(String(url), list);
    this.#socket = socket;
    // Handler properties, for their types are alike in every class of this shape; those of addEventListener are not.
    /* oxlint-disable unicorn/prefer-add-event-listener */
    socket.onopen = () => {
      if (this.#ended) return;
      this.#cancelDeadline?.();
      events.opened(socket);
    };
    socket.onmessage = (event: MessageEvent) => {
      if (!this.#ended) events.received(event);
    };
    // The close after it says as much, but some implementations throw what nobody listens to.
    socket.onerror = () => undefined;
    socket.onclose = ({ code, reason, wasClean }: CloseInfo) => {
      this.#end({ code, reason, wasClean });
    };
    events.created(socket);
  }

  #end(end: CloseInfo, cause?: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#cancelDeadline?.();
    this.#setup.events.ended(end, cause);
  }
}
