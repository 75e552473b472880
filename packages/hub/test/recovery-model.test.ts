/**
 * Whatever happens to connections, and however late the broker's answers and events arrive: what a client has put together
 * of a channel is the channel's log, without a hole and without a double, from where it began to where it is; and
 * where something is missing, it was told so, unless it was published for others than this connection. The reference is a
 * list of what was published.
 */

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LogPage, LogQuery } from "@tautline/hub";
import { MemoryBroker } from "@tautline/hub";
import type { Publication, SubscribeResult } from "@tautline/wire";
import { applyDelta, decodePayload } from "@tautline/wire";
import { brokerSetup } from "./broker-setup.ts";
import type { FakeConnection } from "./fake-connection.ts";
import { settle } from "./fake-connection.ts";
import { TestHub } from "./test-hub.ts";

const seed = Number(process.env["TAUTLINE_SEED"] ?? Math.floor(Math.random() * 2 ** 31));

type Step =
  | { readonly kind: "publish" | "answer read" | "read" | "event" | "lose event" | "empty" }
  | {
      readonly kind: "publish for others" | "connect" | "cut" | "unsubscribe" | "end";
      readonly client: number;
    };

const client = fc.nat({ max: 1 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("publish") }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("publish for others"), client }) },
  {
    weight: 9,
    arbitrary: fc.record({ kind: fc.constantFrom("read", "answer read", "event", "event") }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("lose event", "empty") }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constantFrom("connect", "connect", "connect", "cut", "unsubscribe", "end"),
      client,
    }),
  },
);

/**
 * A broker over a slow network: reading a log takes a way there and a way back, and events arrive in their order but late,
 * or never.
 */
class SlowNetwork extends MemoryBroker {
  readonly #reads: (() => void)[] = [];
  readonly #answers: (() => void)[] = [];
  readonly #events: (() => void)[] = [];

  constructor() {
    super(brokerSetup());
  }

  override start(events: Parameters<MemoryBroker["start"]>[0]): Promise<void> {
    return super.start({
      publication: (...event) => void this.#events.push(() => events.publication(...event)),
      join: () => undefined,
      leave: () => undefined,
    });
  }

  override async history(channel: string, query: LogQuery): Promise<LogPage> {
    await new Promise<void>((resolve) => this.#reads.push(resolve));
    const page = await super.history(channel, query);
    await new Promise<void>((resolve) => this.#answers.push(resolve));
    return page;
  }

  read(): boolean {
    return next(this.#reads);
  }

  answer(): boolean {
    return next(this.#answers);
  }

  event(): boolean {
    return next(this.#events);
  }

  /** An event that never arrives. */
  lose(): void {
    this.#events.shift();
  }
}

function next(waiting: (() => void)[]): boolean {
  const first = waiting.shift();
  first?.();
  return first !== undefined;
}

/** A client as the protocol wants it: it keeps its place and asks from there. */
class Follower {
  /** What it has put together since it was last told that something may be missing. */
  readonly pieces: { readonly from: number; to: number; readonly data: unknown[] }[] = [];
  /** The ids of its connections. */
  readonly ids: string[] = [];
  readonly faults: string[] = [];
  /** How many publications it was given on coming back. */
  recovered = 0;
  readonly #test: TestHub;
  readonly #deltas: boolean;
  #connection: FakeConnection | undefined;
  #place: { readonly offset: number; readonly epoch: string } | undefined;
  #subscribed = false;
  #base = "";
  #ids = 1;

  constructor(test: TestHub, deltas: boolean) {
    this.#test = test;
    this.#deltas = deltas;
  }

  get offset(): number | undefined {
    return this.#subscribed ? this.#place?.offset : undefined;
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
    if (result.recovered !== true) this.pieces.push({ from: offset, to: offset, data: [] });
    else if (offset !== this.#place?.offset) this.faults.push("recovered from elsewhere");
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

const value = (n: number) => ({
  n,
  text: "long enough that a difference is shorter than the whole",
});

interface Published {
  readonly data: unknown;
  readonly except: string | undefined;
}

const n = (data: unknown): number => (data as ReturnType<typeof value>).n;

/** What a piece may hold, and the numbers of what it has to. */
function expected(
  published: readonly Published[],
  { from, to }: { readonly from: number; readonly to: number },
  ids: readonly string[],
) {
  const possible = published.slice(from, to);
  const wanted = possible.filter(({ except }) => except === undefined || !ids.includes(except));
  return {
    possible: possible.map(({ data }) => data),
    wanted: new Set(wanted.map(({ data }) => n(data))),
  };
}

async function play(steps: readonly Step[]) {
  const broker = new SlowNetwork();
  const test = new TestHub(
    {
      open: true,
      pingIntervalMs: 0,
      channels: { historySize: 8, recovery: "stream", deltas: ["fossil"], presence: false },
    },
    broker,
  );
  const followers = [new Follower(test, false), new Follower(test, true)];
  const published: Published[] = [];
  const channel = test.hub.channel("a");
  const take = async (one: Step): Promise<void> => {
    if (one.kind === "publish" || one.kind === "publish for others") {
      const except = "client" in one ? followers[one.client]?.id : undefined;
      published.push({ data: value(published.length + 1), except });
      await channel.publish(value(published.length), {
        except: except === undefined ? [] : [except],
      });
    } else if (one.kind === "empty") await channel.removeHistory();
    else if (one.kind === "read") broker.read();
    else if (one.kind === "answer read") broker.answer();
    else if (one.kind === "event") broker.event();
    else if (one.kind === "lose event") broker.lose();
    else if (one.kind === "connect") followers[one.client]?.connect();
    else if (one.kind === "cut") followers[one.client]?.cut();
    else if (one.kind === "unsubscribe") followers[one.client]?.unsubscribe();
    else for (const each of test.hub.clients.values()) each.unsubscribe("a", again);
  };
  for (const one of steps) {
    await take(one);
    await settle();
  }
  // Everything comes to rest, with a last publication by which what was lost is noticed.
  for (const follower of followers) follower.connect();
  await take({ kind: "publish" });
  do await settle();
  while (broker.read() || broker.answer() || broker.event());
  return { followers, published, test };
}

const again = { code: 2500, reason: "again" };

describe("any sequence of publications, cuts and delays", () => {
  it(`leaves each client with the log, or with the word that something is missing (seed ${seed})`, async () => {
    let recovered = 0;
    let leftOut = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 80, size: "max" }), async (steps) => {
        const { followers, published, test } = await play(steps);
        for (const follower of followers) {
          expect(follower.faults).toEqual([]);
          recovered += follower.recovered;
          for (const piece of follower.pieces) {
            const { wanted, possible } = expected(published, piece, follower.ids);
            leftOut += possible.length - piece.data.length;
            // Of what was published for others than one of its connections, the next connection may recover it.
            expect(possible).toEqual(expect.arrayContaining(piece.data));
            expect(piece.data.filter((one) => wanted.has(n(one)))).toEqual(
              possible.filter((one) => wanted.has(n(one))),
            );
            expect(piece.data.map(n)).toEqual(piece.data.map(n).toSorted((a, b) => a - b));
          }
          // Nobody is left behind at the end.
          expect(follower.offset).toBe(published.length);
        }
        expect(test.logged("error")).toEqual([]);
      }),
      { numRuns: 300, seed },
    );
    // The steps do lead to where it is interesting.
    expect(recovered).toBeGreaterThan(300);
    expect(leftOut).toBeGreaterThan(100);
  });
});
