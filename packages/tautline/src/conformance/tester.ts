/**
 * Plays one case over a connection whose opening handshake is done, in the role of client or server, and notes what
 * the peer does. It judges nothing but the peer's frames; the verdict is made elsewhere.
 */
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { setTimeout as delay, setImmediate as turn } from "node:timers/promises";
import type { CaseEvent, ConformanceCase, PauseStep, Step } from "./conformance-case.ts";
import { opcode } from "./conformance-case.ts";
import { FrameDecoder, FrameViolation } from "./frame-codec.ts";
import type { TesterRole } from "./frame-codec.ts";
import { MessageAssembler } from "./message-assembler.ts";
import type { Arrival } from "./message-assembler.ts";
import type { MessageDeflate } from "./message-deflate.ts";
import type { Observation, Played } from "./observation.ts";
import { PeerBounds } from "./peer-bounds.ts";
import { StepWriter } from "./step-writer.ts";

export interface TesterTimes {
  /** How long the peer may be silent before it is given up, in milliseconds. */
  readonly silenceMs: number;
  /** Length of a pause in which nothing is due. */
  readonly quietMs: number;
  /** How long a peer has for failing the connection fast; what comes later counts as not strict. */
  readonly chanceMs: number;
  /** How long a case may take, however much the peer has to say. */
  readonly caseMs: number;
}

/** Of these, only `quietMs` is ever waited for with a peer that does all things right. */
export const testerTimes: TesterTimes = Object.freeze({
  silenceMs: 10_000,
  quietMs: 100,
  chanceMs: 1000,
  caseMs: 120_000,
});

/** Some turns of the event loop, in which a peer in the same process does what is due. */
export async function turns(): Promise<void> {
  for (let count = 0; count < 8; count++) await turn();
}

export interface TesterParts {
  readonly socket: Duplex;
  readonly role: TesterRole;
  readonly times?: TesterTimes;
  /** With permessage-deflate agreed on. */
  readonly deflate?: MessageDeflate | undefined;
  /** Messages that the peer sends by itself at the beginning, which are left out. Default 0. */
  readonly greetings?: number;
}

export class Tester {
  readonly #socket: Duplex;
  readonly #role: TesterRole;
  readonly #times: TesterTimes;
  readonly #decoder: FrameDecoder;
  readonly #messages: MessageAssembler;
  readonly #writer: StepWriter;
  readonly #silence: NodeJS.Timeout;
  readonly #events: CaseEvent[] = [];
  #wake: (() => void) | undefined;
  #endedBy: "tester" | "peer" | undefined;
  #sentClose = false;
  #receivedClose = false;
  #peerCode: number | undefined;
  #gone = false;
  #dropped = false;
  #bounds = new PeerBounds(nothing);
  #greetings: number;

  constructor({ socket, role, times = testerTimes, deflate, greetings = 0 }: TesterParts) {
    this.#greetings = greetings;
    this.#socket = socket;
    this.#role = role;
    this.#times = times;
    this.#decoder = new FrameDecoder(role);
    this.#silence = setTimeout(() => void this.#giveUp(), times.silenceMs);
    this.#messages = new MessageAssembler(deflate);
    this.#writer = new StepWriter({
      socket,
      role,
      deflate,
      progress: () => this.#silence.refresh(),
    });
    if (socket instanceof Socket) socket.setNoDelay(true);
  }

  /** @param rest what came behind the opening handshake */
  async play(row: ConformanceCase, rest: Buffer): Promise<Observation> {
    const socket = this.#socket;
    this.#bounds = new PeerBounds(row);
    const limit = setTimeout(() => void this.#giveUp(), this.#times.caseMs);
    socket.on("data", (chunk) => this.#receive(chunk));
    socket.on("end", () => this.#end());
    socket.on("close", () => this.#end());
    socket.on("error", () => this.#end());
    if (rest.byteLength > 0) this.#receive(rest);
    if (socket.destroyed) this.#end();
    // Paused since the handshake.
    socket.resume();
    await this.#send(row.send);
    if (row.ending.by === "tester" && !this.#sentClose) {
      // What is to come decides when to close; whether it is the right thing is seen in the end.
      await this.#until(() => this.#events.length >= (row.outcomes[0]?.events.length ?? 0));
      const [code = 1000] = row.ending.codes;
      if (!this.#over) await this.#take({ do: "close", payload: status(code) });
    }
    await this.#until(() => this.#gone);
    clearTimeout(this.#silence);
    clearTimeout(limit);
    socket.destroy();
    return this.#observation();
  }

  #observation(): Observation {
    return {
      opened: true,
      events: this.#events,
      endedBy: this.#endedBy ?? "peer",
      clean: this.#sentClose && this.#receivedClose,
      peerClosed: this.#receivedClose,
      peerCode: this.#peerCode,
      dropped: this.#dropped,
    };
  }

  get #over(): boolean {
    return this.#gone || this.#receivedClose;
  }

  async #send(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      if (this.#over) return;
      await this.#take(step);
    }
    await this.#writer.flush();
  }

  async #take(step: Step): Promise<void> {
    if (step.do === "pause") {
      await this.#writer.flush();
      await this.#pause(step.name);
    } else if (step.do === "await") {
      await this.#writer.flush();
      await this.#until(() => this.#events.length >= step.events || this.#over);
    } else if (step.do === "close") {
      this.#sentClose = true;
      this.#endedBy ??= "tester";
      await this.#writer.write({
        do: "frame",
        opcode: opcode.close,
        payload: step.payload,
      });
    } else {
      await this.#writer.write(step, () => this.#over);
    }
  }

  async #pause(name: PauseStep["name"]): Promise<void> {
    const over = new AbortController();
    const { quietMs, chanceMs } = this.#times;
    const length = delay(name === "quiet" ? quietMs : chanceMs, undefined, over).catch(() => {});
    await Promise.race([length, this.#until(() => this.#over)]);
    over.abort();
    await turns();
    if (!this.#over) this.#note({ kind: "pause", name });
  }

  /** Waits for something to hold that changes with what the peer does, or for the end. */
  async #until(holds: () => boolean): Promise<void> {
    await this.#writer.flush();
    while (!holds() && !this.#gone) {
      await new Promise<void>((resolve) => {
        const before = this.#wake;
        this.#wake = () => {
          before?.();
          resolve();
        };
      });
    }
  }

  #changed(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  #note(event: CaseEvent): void {
    if (event.kind !== "violation") this.#bounds.event();
    this.#events.push(event);
    this.#changed();
  }

  #receive(chunk: Buffer): void {
    if (this.#gone) return;
    this.#silence.refresh();
    try {
      this.#bounds.bytes(chunk.byteLength);
      for (const frame of this.#decoder.read(chunk)) {
        const arrival = this.#messages.add(frame);
        if (arrival !== undefined) this.#arrived(arrival);
      }
    } catch (error) {
      if (!(error instanceof FrameViolation)) throw error;
      this.#endedBy ??= "tester";
      this.#note({ kind: "violation", what: error.message });
      this.#end();
    }
  }

  #arrived(arrival: Arrival): void {
    if (arrival.kind === "close") this.#closed(arrival.code);
    else if (arrival.kind === "ping") this.#pinged(arrival.payload);
    else if (arrival.kind !== "pong" && this.#greetings > 0) this.#greetings -= 1;
    else this.#note({ ...arrival, kind: arrival.kind });
  }

  #pinged(payload: Buffer): void {
    this.#bounds.ping();
    if (!this.#sentClose) this.#writer.answer(opcode.pong, payload);
  }

  #closed(code: number | undefined): void {
    this.#receivedClose = true;
    this.#peerCode = code;
    this.#endedBy ??= "peer";
    if (!this.#sentClose) {
      this.#sentClose = true;
      this.#writer.answer(opcode.close, code === undefined ? Buffer.alloc(0) : status(code));
    }
    // RFC 6455 §7.1.1: the server closes the TCP connection first.
    if (this.#role === "server") this.#socket.end();
    this.#changed();
  }

  /** The peer's side of the TCP connection is at its end. */
  #end(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#endedBy ??= "peer";
    this.#socket.end();
    this.#changed();
  }

  /** The peer has been silent for too long, or busy for far too long. */
  async #giveUp(): Promise<void> {
    await turns();
    if (!this.#gone) {
      this.#dropped = this.#role === "client";
      this.#endedBy ??= "tester";
      this.#end();
    }
    // Something may wait to be written that the peer will never read.
    this.#socket.destroy();
  }
}

function status(code: number): Buffer {
  return Buffer.from([code >> 8, code & 0xff]);
}

/** The peer does not have what a case needs: closes in order. */
export async function unimplemented(tester: Tester, rest: Buffer): Promise<Played> {
  const seen = { ...(await tester.play(nothing, rest)), missing: true };
  return { seen, grades: { behaviour: "UNIMPLEMENTED", ending: "OK" } };
}

const nothing: ConformanceCase = {
  id: "",
  section: "",
  title: "",
  rfc: [],
  send: [],
  outcomes: [{ grade: "OK", events: [] }],
  ending: { by: "tester", codes: [1000], clean: true },
};
