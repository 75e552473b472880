/**
 * The line to a client that asks again and again what there is. A poll is held until there is something or its time is up; a
 * client that does not come back for a while is gone. What was said last stays for that while, so that a client whose
 * answer was lost still learns why its connection ended.
 */
import type { Cancel, ClientConnection, Clock } from "@tautline/hub";
import type { Codec } from "@tautline/wire";
import { disconnects } from "@tautline/wire";

import type { Frame } from "./frame-inbox.ts";
import { FrameInbox } from "./frame-inbox.ts";
import { lostEnd } from "./held-line.ts";
import type { HeldLine } from "./held-line.ts";
import type { Outgoing } from "./message-bytes.ts";
import { messageBytes } from "./message-bytes.ts";
import type { LedgerPage } from "./message-ledger.ts";
import { MessageLedger } from "./message-ledger.ts";

export interface PollLineSetup {
  readonly codec: Codec;
  readonly clock: Clock;
  readonly maxWaitingFrames: number;
  readonly maxPollBytes: number;
  readonly pollTimeoutMs: number;
  readonly pollGraceMs: number;
  /** Called once, when the client can ask no more. */
  readonly forgotten: () => void;
}

/** An answer to a poll. */
export interface PollAnswer extends Pick<LedgerPage, "cursor" | "messages"> {
  /** Whether the connection has ended and this is the last there is. */
  readonly over: boolean;
}

interface HeldPoll {
  readonly answer: (answer: PollAnswer) => void;
  readonly cancelTimeout: Cancel;
}

type CloseListener = Parameters<ClientConnection["onClose"]>[0];

export class PollLine implements HeldLine {
  readonly #setup: PollLineSetup;
  readonly #ledger = new MessageLedger();
  readonly #inbox: FrameInbox;
  readonly #closeListeners: CloseListener[] = [];
  #held: HeldPoll | undefined;
  #wakes = false;
  #cancelGrace: Cancel;
  #over = false;

  /** It is made by a request that is a poll as well: the first one should follow at once. */
  constructor(setup: PollLineSetup) {
    this.#setup = setup;
    this.#inbox = new FrameInbox(setup.maxWaitingFrames);
    this.#cancelGrace = this.#startGrace();
  }

  get bufferedBytes(): number {
    return this.#ledger.bytes;
  }

  send(message: Outgoing): boolean {
    if (this.#over) return false;
    this.#ledger.push(messageBytes(message));
    this.#wake();
    return this.#held !== undefined;
  }

  close(code: number = disconnects.connectionClosed.code, reason = ""): void {
    if (this.#over) return;
    this.send(this.#setup.codec.encodeReply({ push: { disconnect: { code, reason } } }));
    this.#over = true;
    this.#inbox.end();
    for (const listener of this.#closeListeners) listener({ code, reason });
  }

  receive(frame: Frame): Promise<boolean> {
    if (this.#inbox.full) {
      const { code, reason } = disconnects.tooManyRequests;
      this.close(code, reason);
    }
    return this.#inbox.receive(frame);
  }

  /**
   * What the client at `cursor` has not got, now or when there is something. `undefined` for a cursor that this client
   * cannot have. A poll that comes while another is held ends that one: its client has given it up.
   */
  poll(cursor: number): Promise<PollAnswer | undefined> {
    if (!this.#ledger.knows(cursor)) return Promise.resolve(undefined);
    this.#answerHeld();
    this.#ledger.acknowledge(cursor);
    if (this.#ledger.waiting || this.#over) return Promise.resolve(this.#page());
    this.#cancelGrace();
    const { clock, pollTimeoutMs } = this.#setup;
    return new Promise((answer) => {
      const cancelTimeout = clock.schedule(() => this.#answerHeld(), pollTimeoutMs);
      this.#held = { answer, cancelTimeout };
    });
  }

  /** The client has said that it goes. */
  leave(): void {
    this.#cancelGrace();
    this.#end();
  }

  onMessage(listener: (frame: Frame) => void): void {
    this.#inbox.listen(listener);
  }

  onClose(listener: CloseListener): void {
    this.#closeListeners.push(listener);
  }

  pause(): void {
    this.#inbox.pause();
  }

  resume(): void {
    this.#inbox.resume();
  }

  /** At the end of the turn, so that what is said together leaves together. */
  #wake(): void {
    if (this.#wakes) return;
    this.#wakes = true;
    queueMicrotask(() => {
      this.#wakes = false;
      this.#answerHeld();
    });
  }

  #answerHeld(): void {
    const held = this.#held;
    if (held === undefined) return;
    this.#held = undefined;
    held.cancelTimeout();
    held.answer(this.#page());
  }

  #page(): PollAnswer {
    this.#cancelGrace();
    this.#cancelGrace = this.#startGrace();
    const { cursor, messages, more } = this.#ledger.page(this.#setup.maxPollBytes);
    return { cursor, messages, over: this.#over && !more };
  }

  #startGrace(): Cancel {
    return this.#setup.clock.schedule(() => this.#end(), this.#setup.pollGraceMs);
  }

  /** Nobody comes any more. */
  #end(): void {
    this.#setup.forgotten();
    this.#answerHeld();
    this.#cancelGrace();
    if (this.#over) return;
    this.#over = true;
    this.#inbox.end();
    for (const listener of this.#closeListeners) listener(lostEnd);
  }
}
