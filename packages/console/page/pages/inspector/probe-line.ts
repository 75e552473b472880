/**
 * The page's connection to the server's probe: orders go out, what is seen comes in and is kept in a transcript. The page is told
 * once for each picture it draws, however much comes in between.
 */
import { consoleAccess } from "../../access/console-access.ts";
import { Observable } from "../../shell/observable.ts";
import type { Talk } from "./entries.ts";
import type { DialOrder, Order } from "./orders.ts";
import type { ListedConnection, ProbeEvent, ReadyEvent } from "./seen-events.ts";
import { Transcript } from "./transcript.ts";

/** How it is with the probe itself. */
export type ProbeState = "connecting" | "ready" | "lost";

const againAfterMs = 2_000;

export class ProbeLine {
  readonly state = new Observable<ProbeState>("connecting");
  /** What the server says of itself; undefined before. */
  readonly ready = new Observable<ReadyEvent | undefined>(undefined);
  readonly connections = new Observable<readonly ListedConnection[] | undefined>(undefined);
  /** What is wrong with the last order, as the server says it. */
  readonly mistake = new Observable<string | undefined>(undefined);
  readonly paused = new Observable(false);
  readonly #transcript = new Transcript();
  readonly talk: Observable<Talk> = new Observable(this.#transcript.talk);
  #socket: WebSocket | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pictureAsked = false;
  #isClosed = false;
  /** While it was paused, so much has come. */
  #waiting: ProbeEvent[] = [];

  constructor() {
    this.#connect();
  }

  /** Ends it, and with it what it looks at. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    const socket = this.#socket;
    // What is given up before it is open, a browser reports as a failure.
    if (socket?.readyState !== WebSocket.CONNECTING) socket?.close();
    else socket.addEventListener("open", () => socket.close());
  }

  dial(order: DialOrder): void {
    this.#begin({ url: order.url, watched: undefined });
    this.send(order);
  }

  watch(connection: ListedConnection): void {
    this.#begin({ url: undefined, watched: connection });
    this.send({ do: "watch", connection: connection.id });
  }

  send(order: Order): void {
    this.mistake.set(undefined);
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(order));
  }

  /** Stops the list, and not the traffic. What comes meanwhile is added when it goes on, as far as there is room. */
  pause(paused: boolean): void {
    this.paused.set(paused);
    if (paused) return;
    for (const event of this.#waiting.splice(0)) this.#keep(event);
  }

  clear(): void {
    this.#waiting = [];
    this.#transcript.clear();
    this.talk.set(this.#transcript.talk);
  }

  #begin(about: Pick<Talk, "url" | "watched">): void {
    this.#waiting = [];
    this.paused.set(false);
    this.#transcript.begin(about);
    this.talk.set(this.#transcript.talk);
  }

  #connect(): void {
    this.state.set("connecting");
    const socket = consoleAccess.open("probe");
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => this.#take(String(data)));
    socket.addEventListener("close", () => void this.#lost());
  }

  async #lost(): Promise<void> {
    if (this.#isClosed) return;
    if (this.ready.value === undefined) {
      // Why a connection fails at once, a browser does not say; a request brings the gate back where the token is the cause.
      await consoleAccess.fetch("probe").catch(() => undefined);
    }
    this.ready.set(undefined);
    this.state.set("lost");
    const { phase } = this.talk.value;
    if (phase !== "idle" && phase !== "ended") {
      this.#keep({ kind: "end", at: Date.now(), reason: "closing" });
    }
    this.#timer = setTimeout(() => this.#connect(), againAfterMs);
  }

  #take(text: string): void {
    const event: ProbeEvent = JSON.parse(text);
    if (event.kind === "ready") {
      this.ready.set(event);
      this.state.set("ready");
    } else if (event.kind === "connections") this.connections.set(event.connections);
    else if (event.kind === "wrong") this.#refused(event.text);
    else if (!this.paused.value) this.#keep(event);
    else if (this.#waiting.length < 2_000) this.#waiting.push(event);
    else if (event.kind === "end") this.#waiting[this.#waiting.length - 1] = event;
  }

  #refused(text: string): void {
    this.mistake.set(text);
    this.#transcript.withdraw();
    this.talk.set(this.#transcript.talk);
  }

  #keep(event: ProbeEvent): void {
    if (event.kind === "ready" || event.kind === "connections" || event.kind === "wrong") return;
    this.#transcript.add(event);
    if (this.#pictureAsked) return;
    this.#pictureAsked = true;
    requestAnimationFrame(() => {
      this.#pictureAsked = false;
      this.talk.set(this.#transcript.talk);
    });
  }
}
