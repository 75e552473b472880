/**
 * Whatever happens to connections, and however late the broker's answers and events arrive: what a client has put together
 * of a channel is the channel's log, without a hole and without a double, from where it began to where it is; and
 * where something is missing, it was told so, unless it was published for others than this connection. The log may be
 * emptied, and forgotten altogether; its pages, from any place in either direction, are those of a list. The reference is
 * such a list, for each epoch.
 */

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LogPage, LogQuery } from "@tautline/hub";
import { MemoryBroker } from "@tautline/hub";
import { brokerSetup } from "./broker-setup.ts";
import { settle } from "./fake-connection.ts";
import { Follower } from "./follower.ts";
import type { Published } from "./log-reference.ts";
import { LogReference } from "./log-reference.ts";
import { TestHub } from "./test-hub.ts";

const seed = Number(process.env["TAUTLINE_SEED"] ?? Math.floor(Math.random() * 2 ** 31));

type Step =
  | {
      readonly kind:
        "publish" | "answer read" | "read" | "event" | "lose event" | "empty" | "forget";
    }
  | { readonly kind: "history"; readonly query: Omit<LogQuery, "metaTtlMs"> }
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
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("lose event", "empty", "forget") }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("history"),
      query: fc.record({
        limit: fc.oneof(fc.nat({ max: 10 }), fc.constant(Number.POSITIVE_INFINITY)),
        since: fc.option(
          fc.nat({ max: 12 }).map((offset) => ({ offset, epoch: "" })),
          { nil: undefined },
        ),
        reverse: fc.boolean(),
      }),
    }),
  },
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
    // Of two logs one is forgotten.
    super({ ...brokerSetup(), limits: { maxLogs: 1 } });
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

  /** The log as it is, without the way there and back. */
  page(channel: string, query: LogQuery): Promise<LogPage> {
    return super.history(channel, query);
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

const historySize = 8;

const value = (n: number) => ({
  n,
  text: "long enough that a difference is shorter than the whole",
});

const n = (data: unknown): number => (data as ReturnType<typeof value>).n;

/** What a piece may hold, and the numbers of what it has to. */
function expected(possible: readonly Published[], ids: readonly string[]) {
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
      channels: { historySize, recovery: "stream", deltas: ["fossil"], presence: false },
    },
    broker,
  );
  const followers = [new Follower(test, false), new Follower(test, true)];
  const reference = new LogReference(historySize);
  let count = 0;
  const channel = test.hub.channel("a");
  const take = async (one: Step): Promise<void> => {
    if (one.kind === "publish" || one.kind === "publish for others") {
      const except = "client" in one ? followers[one.client]?.id : undefined;
      const data = value((count += 1));
      const { position } = await channel.publish(data, {
        except: except === undefined ? [] : [except],
      });
      if (position !== undefined) reference.published(position, { data, except });
    } else if (one.kind === "empty") {
      await channel.removeHistory();
      reference.emptied();
    } else if (one.kind === "forget") {
      await test.hub.channel("b").publish(0);
      reference.forgotten();
    } else if (one.kind === "history") {
      const page = await broker.page("a", { ...one.query, metaTtlMs: 1e9 });
      reference.check(page, one.query);
    } else if (one.kind === "read") broker.read();
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
  return { followers, reference, test };
}

const again = { code: 2500, reason: "again" };

describe("any sequence of publications, cuts and delays", () => {
  it(`leaves each client with the log, or with the word that something is missing (seed ${seed})`, async () => {
    let recovered = 0;
    let leftOut = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 80, size: "max" }), async (steps) => {
        const { followers, reference, test } = await play(steps);
        expect(reference.faults).toEqual([]);
        for (const follower of followers) {
          expect(follower.faults).toEqual([]);
          recovered += follower.recovered;
          for (const piece of follower.pieces) {
            const { wanted, possible } = expected(reference.part(piece), follower.ids);
            leftOut += possible.length - piece.data.length;
            // Of what was published for others than one of its connections, the next connection may recover it.
            expect(possible).toEqual(expect.arrayContaining(piece.data));
            expect(piece.data.filter((one) => wanted.has(n(one)))).toEqual(
              possible.filter((one) => wanted.has(n(one))),
            );
            expect(piece.data.map(n)).toEqual(piece.data.map(n).toSorted((a, b) => a - b));
          }
          // Nobody is left behind at the end.
          expect(follower.place).toEqual(reference.last);
        }
        expect(test.logged("error")).toEqual([]);
      }),
      { numRuns: 300, seed },
    );
    // The steps do lead to where it is interesting.
    expect(recovered).toBeGreaterThan(100);
    expect(leftOut).toBeGreaterThan(10);
  });
});
