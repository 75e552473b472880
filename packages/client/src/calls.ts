/**
 * Calls from being made to being answered. A call made while there is no connection waits in a bounded queue: when it
 * is full the newest call is refused, for the older ones were accepted. A call that was sent when the connection broke
 * is failed and never sent again, because the server may have acted on it.
 */

import type { Codec, Command, Reply } from "@tautline/wire";
import { utf8Length } from "@tautline/wire";
import type { CallOptions, Patience } from "./deadline.ts";
import { patience, startDeadline } from "./deadline.ts";
import type { Cancel, Environment } from "./environment.ts";
import { CallFailed, CallRefused, LimitExceeded } from "./errors.ts";
import { connectId } from "./session.ts";
import type { ClientState } from "./states.ts";

/** A command without its id. */
export type Request = Omit<Command, "id">;

/** How a call came to its end. */
export type Outcome = { readonly reply: Reply } | { readonly error: unknown };

/** The connection as calls see it. */
export interface Line {
  readonly state: ClientState;
  readonly liveSession:
    | { readonly bufferedBytes: number; send(commands: readonly (string | Uint8Array)[]): void }
    | undefined;
}

export interface CallsSetup {
  readonly environment: Environment;
  readonly codec: Codec;
  readonly line: Line;
  readonly callTimeoutMs: number;
  readonly maxQueuedCalls: number;
  readonly maxQueuedBytes: number;
}

interface Call {
  readonly command: string | Uint8Array;
  readonly byteLength: number;
  /** Whether the server answers; if not, the call is done when it is sent. */
  readonly answered: boolean;
  readonly done: (outcome: Outcome) => void;
  cancelDeadline: Cancel;
}

export class Calls {
  readonly #setup: CallsSetup;
  #lastId = connectId;
  /** By id, oldest first. */
  readonly #waiting = new Map<number, Call>();
  readonly #sent = new Map<number, Call>();
  #waitingBytes = 0;

  constructor(setup: CallsSetup) {
    this.#setup = setup;
  }

  /** Makes a call, now or when the connection is back. */
  async call(request: Request, options?: CallOptions): Promise<Reply> {
    const waiting = patience(options, this.#setup.callTimeoutMs);
    return new Promise((resolve, reject) => {
      this.start(request, waiting, (outcome) => {
        if ("error" in outcome) reject(outcome.error);
        else resolve(outcome.reply);
      });
    });
  }

  /**
   * The same with a callback, which runs while the frame with the answer is being read: what comes after the answer in
   * the same frame finds its effects in place. It may run before this returns.
   */
  start(request: Request, waiting: Patience, done: (outcome: Outcome) => void): void {
    const { environment, codec, line } = this.#setup;
    this.#lastId += 1;
    const id = this.#lastId;
    const answered = request.send === undefined;
    const command = codec.encodeCommand(answered ? { id, ...request } : request);
    const byteLength = typeof command === "string" ? utf8Length(command) : command.length;
    const error = this.#refusal(byteLength);
    if (error !== undefined) {
      done({ error });
      return;
    }
    const cancelDeadline = startDeadline(environment, waiting, (error) =>
      this.#finish(id, { error }),
    );
    const call: Call = { command, byteLength, answered, done, cancelDeadline };
    const session = line.liveSession;
    if (session === undefined) {
      this.#waiting.set(id, call);
      this.#waitingBytes += byteLength;
    } else {
      this.#sent.set(id, call);
      session.send([command]);
      if (!answered) this.#finish(id, { reply: {} });
    }
  }

  /** The call with this id is answered; an id that nobody waits for any more is nothing unusual. */
  answer(id: number, reply: Reply): void {
    const { error } = reply;
    this.#finish(id, error === undefined ? { reply } : { error: new CallRefused(error) });
  }

  /** Sends what waits: the connection is there. */
  flush(): void {
    const session = this.#setup.line.liveSession;
    if (session === undefined || this.#waiting.size === 0) return;
    const calls = [...this.#waiting];
    this.#waiting.clear();
    this.#waitingBytes = 0;
    for (const [id, call] of calls) this.#sent.set(id, call);
    session.send(calls.map(([, call]) => call.command));
    for (const [id, call] of calls) if (!call.answered) this.#finish(id, { reply: {} });
  }

  /** The connection is lost: fails what was sent over it. */
  failSent(): void {
    for (const id of this.#sent.keys()) {
      this.#finish(id, { error: new CallFailed("connection-lost") });
    }
  }

  /** No connection will come: fails what waits for one as well. */
  failAll(): void {
    this.failSent();
    for (const id of this.#waiting.keys()) {
      this.#finish(id, { error: new CallFailed("disconnected") });
    }
  }

  #refusal(byteLength: number): Error | undefined {
    const { line, maxQueuedBytes, maxQueuedCalls } = this.#setup;
    if (line.state === "disconnected") return new CallFailed("disconnected");
    const session = line.liveSession;
    const bytes = (session?.bufferedBytes ?? this.#waitingBytes) + byteLength;
    if (bytes > maxQueuedBytes) return new LimitExceeded("queue-full", `${bytes} bytes`);
    if (session === undefined && this.#waiting.size >= maxQueuedCalls) {
      return new LimitExceeded("queue-full", `${this.#waiting.size} calls`);
    }
    return undefined;
  }

  #finish(id: number, outcome: Outcome): void {
    const call = this.#waiting.get(id) ?? this.#sent.get(id);
    if (call === undefined) return;
    if (this.#waiting.delete(id)) this.#waitingBytes -= call.byteLength;
    this.#sent.delete(id);
    call.cancelDeadline();
    call.done(outcome);
  }
}
