/**
 * `CloseEvent` (WHATWG WebSockets §6): the one of Node.js where it has one, which is from version 23 on, and otherwise
 * one of our own.
 */
import { isObject, unsignedShort, usvString } from "./idl-conversion.ts";

/** How a socket closed; for `new CloseEvent(type, init)`. */
export interface CloseEventInit {
  readonly bubbles?: boolean;
  readonly cancelable?: boolean;
  readonly composed?: boolean;
  /** Default false. */
  readonly wasClean?: boolean;
  /** Default 0. */
  readonly code?: number;
  /** Default "". */
  readonly reason?: string;
}

/** The last event of a socket. */
export interface CloseEvent extends Event {
  /** Whether both sides had said that they close. */
  readonly wasClean: boolean;
  /** The code received; 1005 for a Close frame without one, 1006 where the connection broke or was never there. */
  readonly code: number;
  readonly reason: string;
}

interface CloseEventConstructor {
  readonly prototype: CloseEvent;
  new (type: string, init?: CloseEventInit): CloseEvent;
}

/** Whether `value` was made by the constructor below: only such objects have its private fields. */
let isOwn: (value: unknown) => boolean;

class StandardCloseEvent extends Event implements CloseEvent {
  readonly #wasClean: boolean;
  readonly #code: number;
  readonly #reason: string;

  constructor(type: string, init: CloseEventInit = {}) {
    // `undefined` is an argument, the text "undefined"; nothing is one too few.
    if (arguments.length === 0) throw new TypeError("CloseEvent needs a type");
    const given: CloseEventInit | null = init;
    if (given !== null && !isObject(given)) throw new TypeError("CloseEvent takes an object");
    super(type, given ?? {});
    const { code, reason, wasClean } = given ?? {};
    this.#code = code === undefined ? 0 : unsignedShort(code);
    this.#reason = reason === undefined ? "" : usvString(reason);
    this.#wasClean = Boolean(wasClean);
  }

  static {
    isOwn = (value) => isObject(value) && #code in value;
  }

  get wasClean(): boolean {
    checkReceiver(this);
    return this.#wasClean;
  }

  get code(): number {
    checkReceiver(this);
    return this.#code;
  }

  get reason(): string {
    checkReceiver(this);
    return this.#reason;
  }
}

/** @throws TypeError where a getter is called on something that is no CloseEvent (Web IDL §3.7.6) */
function checkReceiver(value: unknown): void {
  if (!isOwn(value)) throw new TypeError("Illegal invocation");
}

const enumerable = { enumerable: true };

Object.defineProperty(StandardCloseEvent, "name", { value: "CloseEvent", configurable: true });
Object.defineProperties(StandardCloseEvent.prototype, {
  wasClean: enumerable,
  code: enumerable,
  reason: enumerable,
  [Symbol.toStringTag]: { value: "CloseEvent", configurable: true },
});

const ofNode: CloseEventConstructor | undefined = Reflect.get(globalThis, "CloseEvent");

/** The class of a socket's last event. */
export const CloseEvent: CloseEventConstructor = ofNode ?? StandardCloseEvent;
