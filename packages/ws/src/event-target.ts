/**
 * `addEventListener` and the `on…` attributes over an `EventEmitter`.
 *
 * A listener given here stands among the emitter's own as a function that makes the event object. So it is called in its
 * turn, and `listenerCount` counts it; who wrapped what is remembered here.
 */
import type { EventEmitter } from "node:events";
import { CloseEvent, ErrorEvent, Event, MessageEvent } from "./events.ts";

/** What events are about: an emitter that knows how it closed. */
export interface EventSource extends EventEmitter {
  readonly _closeFrameReceived: boolean;
  readonly _closeFrameSent: boolean;
}

export type Handler = ((event: never) => void) | { handleEvent(event: never): void };

type Emitted = Parameters<EventEmitter["on"]>[1];

interface Wrapped {
  readonly handler: Handler;
  /** It is the value of an `on…` attribute. */
  readonly attribute: boolean;
}

const wrapped = new WeakMap<object, Wrapped>();

/** Adds `handler` for `type`, unless it is there already. Types that have no event object are ignored. */
export function addHandler(source: EventSource, type: string, rest: AddOptions): void {
  const { handler, attribute = false, once = false } = rest;
  if (!attribute && findWrapper(source, type, handler) !== undefined) return;
  const wrapper = wrap(source, type, handler);
  if (wrapper === undefined) return;
  wrapped.set(wrapper, { handler, attribute });
  if (once) source.once(type, wrapper);
  else source.on(type, wrapper);
}

export interface AddOptions {
  readonly handler: Handler;
  readonly attribute?: boolean;
  readonly once?: boolean | undefined;
}

/** Takes away what {@link addHandler} has added; attributes stay. */
export function removeHandler(source: EventSource, type: string, handler: Handler): void {
  const wrapper = findWrapper(source, type, handler);
  if (wrapper !== undefined) source.removeListener(type, wrapper);
}

/** The value of an `on…` attribute. */
export function attributeOf(source: EventSource, type: string): Handler | null {
  for (const listener of source.listeners(type)) {
    const known = wrapped.get(listener);
    if (known?.attribute) return known.handler;
  }
  return null;
}

/** Sets an `on…` attribute; what is no function removes it. */
export function setAttribute(source: EventSource, type: string, handler: unknown): void {
  for (const listener of source.listeners(type)) {
    if (!wrapped.get(listener)?.attribute) continue;
    source.removeListener(type, listener as Emitted);
    break;
  }
  if (typeof handler !== "function") return;
  addHandler(source, type, { handler: handler as Handler, attribute: true });
}

function findWrapper(source: EventSource, type: string, handler: Handler): Emitted | undefined {
  for (const listener of source.listeners(type)) {
    const known = wrapped.get(listener);
    if (known?.handler === handler && !known.attribute) return listener as Emitted;
  }
  return undefined;
}

function wrap(source: EventSource, type: string, handler: Handler): Emitted | undefined {
  const tell = (event: Event<EventSource>): void => {
    call(handler, source, event);
  };
  switch (type) {
    case "open":
      return () => tell(new Event("open", source));
    case "message":
      return (data: Buffer, isBinary: boolean) =>
        tell(new MessageEvent(source, isBinary ? data : data.toString()));
    case "close":
      return (code: number, reason: Buffer) => {
        const wasClean = source._closeFrameReceived && source._closeFrameSent;
        tell(new CloseEvent(source, { code, reason: reason.toString(), wasClean }));
      };
    case "error":
      return (error: Error) => tell(new ErrorEvent(source, error));
    default:
      return undefined;
  }
}

function call(handler: Handler, source: EventSource, event: Event<EventSource>): void {
  if (typeof handler === "object" && "handleEvent" in handler) handler.handleEvent(event as never);
  else (handler as (event: unknown) => void).call(source, event);
}
