/**
 * The lab's control connection: the page asks for runs on it and hears what the server has counted. It also finds out how far the
 * clocks are apart. A run ends when it does.
 */
import { consoleUrl } from "../../access/console-access.ts";
import type { ClockOffset, RoundTrip } from "./clock-offset.ts";
import { clockOffset, preciseNow } from "./clock-offset.ts";
import type { LabSettings } from "./lab-settings.ts";
import type { RunReport, ServerMessage } from "./server-message.ts";
import { readServerMessage } from "./server-message.ts";

/** Why there is no run: the server has enough of them, is several processes, or is not there. */
export type LabFault = "busy" | "fleet" | "lost";

export class LabFailed extends Error {
  override readonly name = "LabFailed";
  readonly fault: LabFault;

  constructor(fault: LabFault) {
    super(fault);
    this.fault = fault;
  }
}

type MessageType = ServerMessage["type"];
type MessageOf<Type extends MessageType> = Extract<ServerMessage, { type: Type }>;

interface Waiter {
  readonly types: readonly MessageType[];
  readonly resolve: (message: ServerMessage) => void;
  readonly reject: (error: LabFailed) => void;
}

const roundTrips = 12;

export class LabControl {
  readonly #socket: WebSocket;
  readonly #opened: Promise<void>;
  #waiters: Waiter[] = [];
  #over = false;
  readonly #trips: RoundTrip[] = [];
  /** Is told of each report. */
  onReport: (report: RunReport) => void = () => undefined;

  constructor() {
    const url = consoleUrl("lab");
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(url);
    this.#socket = socket;
    this.#opened = new Promise((resolve, reject) => {
      socket.addEventListener("open", () => resolve());
      socket.addEventListener("close", () => {
        this.#end();
        reject(new LabFailed("lost"));
      });
    });
    socket.addEventListener("message", ({ data }) => this.#take(readServerMessage(data)));
  }

  /** Asks for the time a few times. @throws LabFailed when the connection ends */
  async measureClock(): Promise<ClockOffset> {
    await this.#opened;
    for (let trip = 0; trip < roundTrips; trip += 1) {
      const askedAt = preciseNow();
      const { now } = await this.#ask({ type: "ping", at: askedAt }, "pong");
      this.#trips.push({ askedAt, heardAt: preciseNow(), serverTime: now });
    }
    return clockOffset(this.#trips) ?? { offsetMs: 0, errorMs: Number.POSITIVE_INFINITY };
  }

  /** Asks for a run, before which the server watches itself for a while. @throws LabFailed when there is none */
  async start(settings: LabSettings, lullMs: number): Promise<MessageOf<"ready">> {
    const { rate, payloadBytes, delayMs, seconds } = settings;
    const terms = { rate, payloadBytes, delayMs, seconds, lullMs };
    const answer = await this.#ask({ type: "start", ...terms }, "ready", "refused");
    if (answer.type === "refused") throw new LabFailed(answer.why === "fleet" ? "fleet" : "busy");
    return answer;
  }

  /** Sets the run going; resolves when all its updates were made. @throws LabFailed when the connection ends */
  go(): Promise<MessageOf<"over">> {
    return this.#ask({ type: "go" }, "over");
  }

  /** Ends the run; resolves with what it has come to. @throws LabFailed when the connection ends */
  finish(): Promise<MessageOf<"finished">> {
    return this.#ask({ type: "finish" }, "finished");
  }

  close(): void {
    this.#socket.close();
    this.#end();
  }

  #ask<Type extends MessageType>(
    message: object,
    ...types: readonly Type[]
  ): Promise<MessageOf<Type>> {
    if (this.#over) return Promise.reject(new LabFailed("lost"));
    return new Promise((resolve, reject) => {
      const take = (answer: ServerMessage): void => resolve(answer as MessageOf<Type>);
      this.#waiters.push({ types, resolve: take, reject });
      this.#socket.send(JSON.stringify(message));
    });
  }

  #take(message: ServerMessage | undefined): void {
    if (message === undefined) return;
    if ("created" in message) this.onReport(message);
    const waiter = this.#waiters.find(({ types }) => types.includes(message.type));
    if (waiter === undefined) return;
    this.#waiters = this.#waiters.filter((other) => other !== waiter);
    waiter.resolve(message);
  }

  #end(): void {
    this.#over = true;
    for (const { reject } of this.#waiters.splice(0)) reject(new LabFailed("lost"));
  }
}
