/** A client of one channel that keeps its place, and account of what it is given. */

import type { Position } from "@tautline/hub";
import type { Publication, SubscribeResult } from "@tautline/wire";
import { applyDelta, decodePayload } from "@tautline/wire";
import type { FakeConnection } from "./fake-connection.ts";
import type { TestHub } from "./test-hub.ts";

/** An unbroken part of a log, but for what was published for others. */
export interface Piece {
  readonly epoch: string;
  readonly from: number;
  to: number;
  readonly data: unknown[];
}

/** A client as the protocol wants it: it keeps its place and asks from there. */
export class Follower {
  /** What it has put together since it was last told that something may be missing. */
  readonly pieces: Piece[] = [];
  /** The ids of its connections. */
  readonly ids: string[] = [];
  readonly faults: string[] = [];
  /** How many publications it was given on coming back. */
  recovered = 0;
  readonly #test: TestHub;
  readonly #deltas: boolean;
  #connection: FakeConnection | undefined;
  #place: Position | undefined;
  #subscribed = false;
  #base = "";
  #ids = 1;

  constructor(test: TestHub, deltas: boolean) {
    this.#test = test;
    this.#deltas = deltas;
  }

  get place(): Position | undefined {
    return this.#subscribed ? this.#place : undefined;
  }

  get id(): string {
    return this.ids.at(-1) ?? "";
  }

  connect(): void {
    if (this.#connection !== undefined) return;
    const connection = this.#test.dial();
    this.#connection = connection;
    connection.afterSend = () => this.#take(connection);
    connection.receive({ id: 1, connect: {} });
    this.#subscribe();
  }

  cut(): void {
    this.#connection?.drop();
    this.#connection = undefined;
    this.#subscribed = false;
  }

  unsubscribe(): void {
    if (!this.#subscribed) return;
    this.#subscribed = false;
    this.#ask({ unsubscribe: { channel: "a" } });
    this.#subscribe();
  }

  #subscribe(): void {
    const recover = this.#place === undefined ? {} : { recover: true, ...this.#place };
    const delta = this.#deltas ? { delta: "fossil" } : {};
    this.#ask({ subscribe: { channel: "a", ...recover, ...delta } });
  }

  #ask(command: object): void {
    this.#ids += 1;
    this.#connection?.receive({ id: this.#ids, ...command });
  }

  #take(connection: FakeConnection): void {
    for (const { connect, subscribe, push, error } of connection.take()) {
      if (connect !== undefined) this.ids.push(connect.client ?? "");
      if (error !== undefined) this.faults.push(error.message);
      if (subscribe !== undefined) this.#accepted(subscribe);
      if (push?.pub !== undefined) this.#hand(push.pub);
      if (push?.unsubscribe !== undefined) {
        this.#subscribed = false;
        queueMicrotask(() => this.#subscribe());
      }
    }
  }

  #accepted({ offset = 0, epoch = "", publications = [], ...result }: SubscribeResult): void {
    this.#subscribed = true;
    if (result.recovered !== true) this.pieces.push({ epoch, from: offset, to: offset, data: [] });
    else if (offset !== this.#place?.offset || epoch !== this.#place.epoch) {
      this.faults.push("recovered from elsewhere");
    }
    this.#place = { offset, epoch };
    this.#base = "";
    this.recovered += publications.length;
    for (const publication of publications) this.#hand(publication);
  }

  #hand({ data, delta, offset = 0 }: Publication): void {
    if (!this.#subscribed) this.faults.push("a publication without a subscription");
    if (offset <= (this.#place?.offset ?? 0)) this.faults.push(`${offset} comes too late`);
    this.#place = { offset, epoch: this.#place?.epoch ?? "" };
    let value = data === undefined ? undefined : decodePayload(data);
    if (this.#deltas) {
      const text = String(value);
      this.#base = delta === true ? applyDelta(this.#base, text, 10_000) : text;
      value = JSON.parse(this.#base);
    }
    const piece = this.pieces.at(-1);
    if (piece === undefined) return;
    piece.data.push(value);
    piece.to = offset;
  }
}
