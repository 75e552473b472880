/** Questions and answers between hubs: long ones, late ones, and those for nobody. */

import type { NodeRelay } from "@tautline/hub";
import { beforeEach, describe, expect, it } from "vitest";
import { deferred } from "../deferred.ts";
import { settle } from "../fake-connection.ts";
import { TestHub } from "../test-hub.ts";
import { MeetingPoint } from "./meeting-point.ts";

let point: MeetingPoint;
let ids = 0;

interface Side {
  readonly test: TestHub;
  readonly relay: NodeRelay;
  readonly name: string;
}

async function start(answer: (request: string) => Promise<string>): Promise<Side> {
  const test = new TestHub({ open: true }, point.makeBroker(), {
    randomId: () => `id-${(ids += 1)}`,
  });
  const { relay } = test.hub;
  if (relay === undefined) throw new Error("There is no relay");
  const name = `${test.hub.node}/line`;
  await relay.start(name, answer);
  await test.hub.ready;
  await turns();
  return { test, relay, name };
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await settle();
}

const echo = async (request: string): Promise<string> => request;

beforeEach(() => {
  point = new MeetingPoint();
});

describe("the relay of hubs", () => {
  it("carries questions and answers of any length as they are", async () => {
    const [one, two] = [await start(echo), await start(async (request) => `${request}!`)];
    const texts = ["", "x\ny", "\u{1f600}".repeat(100_001), `a${"\u{1f600}".repeat(70_000)}`];
    for (const text of texts) {
      const answer = await one.relay.ask(two.name, text, 1000);
      expect(answer === `${text}!`).toBe(true);
    }
    expect(one.test.clock.pending).toBe(1);
  });

  it("finds another line of the same hub", async () => {
    const one = await start(echo);
    await one.relay.start(`${one.test.hub.node}/more`, async () => "more");
    expect(await one.relay.ask(`${one.test.hub.node}/more`, "x", 1000)).toBe("more");
    expect(await one.relay.ask(`${one.test.hub.node}/none`, "x", 1000)).toBeUndefined();
  });

  it("knows at once that there is no such hub, when it has been there for a while", async () => {
    const [one, two] = [await start(echo), await start(echo)];
    const early = one.relay.ask("made-up/line", "x", 1000);
    one.test.clock.advance(1000);
    expect(await early).toBeUndefined();
    one.test.clock.advance(3000);
    const said = point.said.length;
    expect(await one.relay.ask("made-up/line", "x", 1000)).toBeUndefined();
    expect(point.said).toHaveLength(said);
    expect(await one.relay.ask(two.name, "x", 1000)).toBe("x");
  });

  it("waits no longer than it is told, and takes no answer after that", async () => {
    const late = deferred<string>();
    const [one, two] = [await start(echo), await start(() => late.promise)];
    const asked = one.relay.ask(two.name, "x", 1000);
    await turns();
    one.test.clock.advance(1000);
    expect(await asked).toBeUndefined();
    late.resolve("late");
    await turns();
    expect(one.test.logged("error")).toEqual([]);
  });

  it.each([
    {
      name: "says that it goes",
      end: async (_: Side, two: Side) => two.test.hub.shutdown(),
    },
    {
      name: "is said to be gone",
      end: async (one: Side, two: Side) => point.lose(one.test.hub.node, two.test.hub.node),
    },
    {
      name: "has been silent for long",
      end: async (one: Side, two: Side) => {
        // The clocks are apart: the other one says nothing in this time.
        point.deafen(two.test.hub.node);
        for (let passed = 0; passed < 12_000; passed += 3000) one.test.clock.advance(3000);
      },
    },
  ])("waits for no answer of a hub that $name", async ({ end }) => {
    const [one, two] = [await start(echo), await start(() => deferred<string>().promise)];
    const asked = one.relay.ask(two.name, "x", 60_000);
    await turns();
    expect([...one.test.hub.nodes.keys()]).toContain(two.test.hub.node);
    await end(one, two);
    expect(await asked).toBeUndefined();
    expect([...one.test.hub.nodes.keys()]).toEqual([one.test.hub.node]);
  });

  it("fails when the other hub cannot be told, and the other logs that it cannot answer", async () => {
    const [one, two] = [await start(echo), await start(echo)];
    const asked = one.relay.ask(two.name, "x", 1000);
    // The question is on its way.
    point.failure = new Error("away");
    await expect(one.relay.ask(two.name, "y", 1000)).rejects.toThrow("away");
    await turns();
    expect(two.test.logged("error")).toEqual(["a node could not be answered"]);
    one.test.clock.advance(1000);
    expect(await asked).toBeUndefined();
  });

  it("answers nobody after its end, and takes no name that is not its own", async () => {
    const [one, two] = [await start(echo), await start(echo)];
    await expect(one.relay.start(one.name, echo)).rejects.toThrow(RangeError);
    await expect(one.relay.start("elsewhere/line", echo)).rejects.toThrow(RangeError);
    await two.relay.stop(two.name);
    const asked = one.relay.ask(two.name, "x", 1000);
    await turns();
    one.test.clock.advance(1000);
    expect(await asked).toBeUndefined();
  });

  it("gives up texts of which pieces are missing, and takes none from whom it did not ask", async () => {
    const asked: number[] = [];
    const one = await start(async (request) => {
      asked.push(request.length);
      return "";
    });
    const piece = (from: string, id: number, index: number) => {
      const head = { from, kind: "ask", line: one.name, id, index, count: 2 };
      point.whisper(one.test.hub.node, `${JSON.stringify(head)}\n${"x".repeat(1000)}`);
    };
    piece("a", 1, 0);
    piece("a", 1, 0);
    piece("b", 1, 1);
    expect(asked).toEqual([]);
    piece("a", 1, 1);
    expect(asked).toEqual([2000]);
    one.test.clock.advance(10_000);
    piece("b", 2, 0);
    piece("b", 1, 0);
    expect(asked).toEqual([2000]);
    // More begun than are kept: the oldest goes.
    for (let id = 10; id < 1010; id += 1) piece("c", id, 0);
    piece("b", 2, 1);
    expect(asked).toEqual([2000]);
    piece("c", 1009, 1);
    expect(asked).toEqual([2000, 2000]);
  });
});
