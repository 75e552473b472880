/**
 * Whatever clients do, and however long the broker takes for each call: a subscriber gets an unbroken piece of its
 * channel's events, members are those who are subscribed, and joins and leaves tell the same story.
 */

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Push } from "@tautline/wire";
import type { FakeConnection } from "./fake-connection.ts";
import { settle } from "./fake-connection.ts";
import { GatedBroker } from "./gated-broker.ts";
import { TestHub } from "./test-hub.ts";

type Step =
  | { readonly kind: "connect" | "drop"; readonly client: number }
  | {
      readonly kind: "subscribe";
      readonly client: number;
      readonly channel: string;
      readonly watch: boolean;
    }
  | {
      readonly kind: "unsubscribe" | "throw out" | "publish";
      readonly client: number;
      readonly channel: string;
    }
  | { readonly kind: "let"; readonly channel: string };

const client = fc.nat({ max: 2 });
const channel = fc.constantFrom("a", "b");
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("connect", "drop"), client }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("subscribe"), client, channel, watch: fc.boolean() }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom("unsubscribe", "throw out", "publish"),
      client,
      channel,
    }),
  },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant("let"), channel }) },
);

/** Many: the interesting moments lie between other steps. All clients are there at the beginning. */
const steps = fc
  .array(step, { minLength: 10, maxLength: 60, size: "max" })
  .map((later): Step[] => [
    { kind: "connect", client: 0 },
    { kind: "connect", client: 1 },
    { kind: "connect", client: 2 },
    ...later,
  ]);

/** One stay in a channel, as the client sees it, and where the channel's log stood when it began. */
interface Stay {
  readonly watch: boolean;
  readonly from: number;
  readonly received: string[];
}

/** A client that keeps account of what it is sent. */
class Witness {
  readonly connection: FakeConnection;
  readonly id: string;
  /** Past and present stays. */
  readonly stays: { readonly channel: string; readonly stay: Stay }[] = [];
  readonly present = new Map<string, Stay>();
  readonly #asked = new Map<number, { readonly channel: string; readonly watch: boolean }>();
  readonly #broker: GatedBroker;
  #ids = 1;

  constructor(test: TestHub, broker: GatedBroker, id: string) {
    this.id = id;
    this.#broker = broker;
    this.connection = test.dial();
    this.connection.receive({ id: 1, connect: {} });
    this.connection.afterSend = () => this.#read();
  }

  subscribe(name: string, watch: boolean): void {
    this.#ids += 1;
    this.#asked.set(this.#ids, { channel: name, watch });
    this.connection.receive({ id: this.#ids, subscribe: { channel: name, join_leave: watch } });
  }

  ask(command: object): void {
    this.#ids += 1;
    this.connection.receive({ id: this.#ids, ...command });
  }

  #read(): void {
    for (const { id = 0, subscribe, push } of this.connection.take()) {
      const asked = this.#asked.get(id);
      if (subscribe !== undefined && asked !== undefined) {
        const from = this.#broker.log.get(asked.channel)?.length ?? 0;
        const stay = { watch: asked.watch, from, received: [] };
        this.present.set(asked.channel, stay);
        this.stays.push({ channel: asked.channel, stay });
      }
      if (push !== undefined) this.#take(push);
    }
  }

  #take({ channel: name = "", pub, join, leave, unsubscribe }: Push): void {
    const stay = this.present.get(name);
    // Nothing may come for a channel that the client is not in.
    if (stay === undefined) throw new Error(`A push for ${name} without a subscription`);
    if (pub !== undefined) stay.received.push(`pub ${String(pub.data)}`);
    if (join !== undefined) stay.received.push(`join ${join.info?.client}`);
    if (leave !== undefined) stay.received.push(`leave ${leave.info?.client}`);
    if (unsubscribe !== undefined) this.present.delete(name);
  }
}

/** Plays `steps`, then lets everything come to rest. */
async function play(steps: readonly Step[]) {
  const broker = new GatedBroker();
  const test = new TestHub({ open: true }, broker);
  const current: (Witness | undefined)[] = [];
  const all: Witness[] = [];
  let publications = 0;
  const take = (one: Step): void => {
    if (one.kind === "let") return void broker.open(one.channel);
    const witness = current[one.client];
    if (one.kind === "connect" && witness === undefined) {
      const made = new Witness(test, broker, `client-${all.length + 1}`);
      current[one.client] = made;
      all.push(made);
    } else if (one.kind === "drop") {
      witness?.connection.drop();
      current[one.client] = undefined;
    } else if (one.kind === "subscribe") {
      witness?.subscribe(one.channel, one.watch);
    } else if (one.kind === "unsubscribe") {
      witness?.ask({ unsubscribe: { channel: one.channel } });
    } else if (one.kind === "throw out") {
      test.hub.clients.get(witness?.id ?? "")?.unsubscribe(one.channel);
    } else if (one.kind === "publish") {
      witness?.ask({ publish: { channel: one.channel, data: (publications += 1) } });
    }
  };
  for (const one of steps) {
    take(one);
    await settle();
  }
  while (["a", "b"].some((name) => broker.open(name))) await settle();
  return { broker, test, all, current: current.filter((one) => one !== undefined) };
}

describe("any sequence of what clients do", () => {
  it("loses nothing, doubles nothing and leaves nobody behind", async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (chosen) => {
        const { broker, test, all, current } = await play(chosen);
        for (const witness of all) {
          for (const { channel: name, stay } of witness.stays) {
            const log = broker.log.get(name) ?? [];
            const visible = log
              .slice(stay.from)
              .filter((entry) => stay.watch || entry.startsWith("pub"));
            const live = test.hub.clients.get(witness.id)?.channels.includes(name) === true;
            const last = witness.stays.findLast((other) => other.channel === name)?.stay;
            const goesOn = live && stay === last;
            expect(stay.received).toEqual(
              goesOn ? visible : visible.slice(0, stay.received.length),
            );
          }
        }
        for (const name of ["a", "b"]) {
          const subscribed = current
            .map(({ id }) => id)
            .filter((id) => test.hub.clients.get(id)?.channels.includes(name));
          expect([...(await broker.members(name)).keys()].toSorted()).toEqual(
            subscribed.toSorted(),
          );
        }
        expect(test.hub.clients.size).toBe(current.length);
        expect(test.logged("error")).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it("tells of each member's coming before its leaving", async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (chosen) => {
        const { broker } = await play([
          { kind: "connect", client: 9 },
          { kind: "subscribe", client: 9, channel: "a", watch: true },
          ...Array.from({ length: 3 }, (): Step => ({ kind: "let", channel: "a" })),
          ...chosen,
        ]);
        const present = new Set<string>();
        const untrue: string[] = [];
        for (const entry of broker.log.get("a") ?? []) {
          const [kind, id = ""] = entry.split(" ");
          if (kind === "join" && present.has(id)) untrue.push(entry);
          if (kind === "join") present.add(id);
          if (kind === "leave" && !present.delete(id)) untrue.push(entry);
        }
        expect(untrue).toEqual([]);
        expect([...(await broker.members("a")).keys()].toSorted()).toEqual([...present].toSorted());
      }),
      { numRuns: 300 },
    );
  });
});
