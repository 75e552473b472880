/**
 * The events of a ReconnectingWebSocket: an `EventTarget` with handler attributes, and events made anew, because one that
 * a socket is dispatching cannot be dispatched by another target.
 */
import type { CloseInfo } from "./any-socket.ts";

/** The events by their types. */
export interface ReconnectingEventMap {
  /** It is connected, for the first time or again. */
  readonly open: Event;
  readonly message: MessageEvent;
  /** The connection, or an attempt at one, has ended, and another attempt follows. */
  readonly lost: LostEvent;
  /** It failed for good; `close` follows. */
  readonly error: Event;
  /** It is closed for good. */
  readonly close: LostEvent;
}

/** An event with the members of a `CloseEvent`, which older versions of Node.js do not have. */
export type LostEvent = Event & CloseInfo;

type Handler<Type extends keyof ReconnectingEventMap> = (
  event: ReconnectingEventMap[Type],
) => unknown;

/** `EventTarget`, with the types of these events. */
interface TypedTarget extends EventTarget {
  addEventListener<Type extends keyof ReconnectingEventMap>(
    type: Type,
    listener: Handler<Type>,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

/** The handlers that are set. */
type Handlers = {
  [Type in "open" | "message" | "error" | "close"]?: Handler<Type> | undefined;
};

/** What cannot be called counts as null. */
function callable<Callback>(handler: Callback | null): Callback | undefined {
  return typeof handler === "function" ? handler : undefined;
}

const TypedTarget: new () => TypedTarget = EventTarget;

export class SocketEvents extends TypedTarget {
  readonly #handlers: Handlers = {};

  get onopen(): Handler<"open"> | null {
    return this.#handlers.open ?? null;
  }

  set onopen(handler: Handler<"open"> | null) {
    this.#handlers.open = callable(handler);
    this.#place("open");
  }

  get onmessage(): Handler<"message"> | null {
    return this.#handlers.message ?? null;
  }

  set onmessage(handler: Handler<"message"> | null) {
    this.#handlers.message = callable(handler);
    this.#place("message");
  }

  get onerror(): Handler<"error"> | null {
    return this.#handlers.error ?? null;
  }

  set onerror(handler: Handler<"error"> | null) {
    this.#handlers.error = callable(handler);
    this.#place("error");
  }

  get onclose(): Handler<"close"> | null {
    return this.#handlers.close ?? null;
  }

  set onclose(handler: Handler<"close"> | null) {
    this.#handlers.close = callable(handler);
    this.#place("close");
  }

  /** A handler keeps the place of its first setting, and loses it with `null` (HTML standard §8.1.8). */
  #place(type: keyof Handlers): void {
    if (this.#handlers[type] === undefined) this.removeEventListener(type, this.#call);
    else this.addEventListener(type, this.#call);
  }

  readonly #call = (event: Event): void => {
    const handler: unknown = Reflect.get(this.#handlers, event.type);
    if (typeof handler === "function") Reflect.apply(handler, this, [event]);
  };
}

export function messageEventOf({ data, origin }: MessageEvent): MessageEvent {
  return new MessageEvent("message", { data: data as unknown, origin });
}

/** Where the runtime has a `CloseEvent`, the last event is one. */
export function closeEventOf(type: "lost" | "close", end: CloseInfo): LostEvent {
  if (type === "lost" || typeof CloseEvent === "undefined") return new EndEvent(type, end);
  return new CloseEvent(type, { ...end });
}

class EndEvent extends Event implements CloseInfo {
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;

  constructor(type: string, { code, reason, wasClean }: CloseInfo) {
    super(type);
    this.code = code;
    this.reason = reason;
    this.wasClean = wasClean;
  }
}
