/** Questions to all nodes: pages put together, a node that says nothing, one that goes meanwhile, and one that is asked nonsense. */
import { describe, expect, it } from "vitest";

import { MeetingPoint } from "../../../hub/test/nodes/meeting-point.ts";
import { settle } from "../../../hub/test/fake-connection.ts";
import { TestHub } from "../../../hub/test/test-hub.ts";
import { joinedPages } from "../../src/api/joined-pages.ts";
import { channelsHere } from "../../src/api/methods/nodes.ts";
import { Survey } from "../../src/api/survey.ts";

interface Node extends TestHub {
  readonly survey: Survey;
}

let ids = 0;

async function start(point: MeetingPoint, name: string): Promise<Node> {
  const test = new TestHub({ open: true }, point.makeBroker(), {
    randomId: () => `id-${(ids += 1)}`,
    facts: () => ({ name, version: "1", cpuPercent: 0, memoryBytes: 0 }),
  });
  const logger = { debug() {}, info() {}, warn() {}, error() {} };
  const survey = new Survey({ hub: test.hub, logger, questions: [channelsHere] });
  await test.hub.ready;
  await turns();
  return Object.assign(test, { survey });
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await settle();
}

async function startTwo() {
  const point = new MeetingPoint();
  const [one, two] = [await start(point, "one"), await start(point, "two")];
  await one.connect("a");
  await two.connect("a", "b");
  return { point, one, two };
}

describe("a question to all nodes", () => {
  it("is answered by each", async () => {
    const { one, two } = await startTwo();
    const found = [
      { channels: new Map([["a", { num_clients: 1 }]]) },
      {
        channels: new Map([
          ["a", { num_clients: 1 }],
          ["b", { num_clients: 1 }],
        ]),
      },
    ];
    expect(await one.survey.ask(channelsHere, {})).toEqual(found);
    expect(await two.survey.ask(channelsHere, {})).toEqual(found.toReversed());
  });

  it("is answered by one that is alone", async () => {
    const test = new TestHub();
    await test.connect("a");
    const logger = { debug() {}, info() {}, warn() {}, error() {} };
    const survey = new Survey({ hub: test.hub, logger, questions: [channelsHere] });
    expect(await survey.ask(channelsHere, {})).toMatchObject([{ channels: { size: 1 } }]);
  });

  it("fails when one does not answer in time, and says which", async () => {
    const { point, one, two } = await startTwo();
    point.deafen(two.hub.node);
    const asked = one.survey.ask(channelsHere, {});
    asked.catch(() => undefined);
    await turns();
    one.clock.advance(5000);
    await expect(asked).rejects.toMatchObject({
      answer: { code: 100, message: "node two does not answer" },
    });
  });

  it("does without one that goes meanwhile", async () => {
    const { point, one, two } = await startTwo();
    point.deafen(two.hub.node);
    const asked = one.survey.ask(channelsHere, {});
    await turns();
    point.lose(one.hub.node, two.hub.node);
    expect(await asked).toHaveLength(1);
  });

  it("fails when the others cannot be asked", async () => {
    const { point, one } = await startTwo();
    point.failure = new Error("away");
    await expect(one.survey.ask(channelsHere, {})).rejects.toThrow("away");
  });

  it("that a node does not know is no harm to it", async () => {
    const { point, one, two } = await startTwo();
    const head = { from: one.hub.node, kind: "ask", line: `${two.hub.node}/survey` };
    for (const [id, text] of ["unknown\n{}", "channels\nno JSON", ""].entries()) {
      const letter = { ...head, id, index: 0, count: 1 };
      point.whisper(two.hub.node, `${JSON.stringify(letter)}\n${text}`);
    }
    await turns();
    expect(two.logged("error")).toEqual(Array(3).fill("a node could not be answered"));
    expect(await one.survey.ask(channelsHere, {})).toHaveLength(2);
  });
});

describe("pages of all nodes", () => {
  const rows = [
    { name: "none", pages: [{}], limit: 2, entries: {} },
    { name: "one", pages: [{ a: 1 }], limit: 2, entries: { a: 1 } },
    { name: "the same on both", pages: [{ a: 1 }, { a: 2 }], limit: 1, entries: { a: 3 } },
    {
      name: "more together than wanted",
      pages: [{ b: 1 }, { a: 1 }],
      limit: 1,
      entries: { a: 1 },
      next: "a",
    },
    {
      name: "one that goes on",
      pages: [
        { a: 1, c: 1 },
        { a: 1, b: 1, next: "b" },
      ],
      limit: 2,
      entries: { a: 2, b: 1 },
      next: "b",
    },
    {
      name: "the same on both, and both go on",
      pages: [
        { a: 1, next: "a" },
        { a: 1, next: "a" },
      ],
      limit: 1,
      entries: { a: 2 },
      next: "a",
    },
  ];

  it.each(rows)("of $name", ({ pages, limit, entries, next }) => {
    const given = pages.map(({ next: more, ...page }: Record<string, number | string>) => ({
      entries: new Map(Object.entries(page).map(([key, count]) => [key, Number(count)])),
      next: more?.toString(),
    }));
    const joined = joinedPages(given, limit, (one, other) => one + other);
    expect(Object.fromEntries(joined.entries)).toEqual(entries);
    expect(joined.next).toBe(next);
  });
});
