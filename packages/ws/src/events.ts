/**
 * The event objects that listeners of `addEventListener` and the `on…` attributes get. They are `ws`'s own, not the
 * platform's: no constructor is exported, and there are no other members.
 */

export class Event<Target> {
  readonly #type: string;
  readonly #target: Target;

  constructor(type: string, target: Target) {
    this.#type = type;
    this.#target = target;
  }

  get target(): Target {
    return this.#target;
  }

  get type(): string {
    return this.#type;
  }
}

export class MessageEvent<Target, Data> extends Event<Target> {
  readonly #data: Data;

  constructor(target: Target, data: Data) {
    super("message", target);
    this.#data = data;
  }

  get data(): Data {
    return this.#data;
  }
}

export class CloseEvent<Target> extends Event<Target> {
  readonly #code: number;
  readonly #reason: string;
  readonly #wasClean: boolean;

  constructor(target: Target, end: { code: number; reason: string; wasClean: boolean }) {
    super("close", target);
    this.#code = end.code;
    this.#reason = end.reason;
    this.#wasClean = end.wasClean;
  }

  get code(): number {
    return this.#code;
  }

  get reason(): string {
    return this.#reason;
  }

  get wasClean(): boolean {
    return this.#wasClean;
  }
}

export class ErrorEvent<Target> extends Event<Target> {
  readonly #error: unknown;
  readonly #message: string;

  constructor(target: Target, error: Error) {
    super("error", target);
    this.#error = error;
    this.#message = error.message;
  }

  get error(): unknown {
    return this.#error;
  }

  get message(): string {
    return this.#message;
  }
}

for (const [constructor, names] of [
  [Event, ["target", "type"]],
  [MessageEvent, ["data"]],
  [CloseEvent, ["code", "reason", "wasClean"]],
  [ErrorEvent, ["error", "message"]],
] as const) {
  for (const name of names) {
    Object.defineProperty(constructor.prototype, name, { enumerable: true });
  }
}
