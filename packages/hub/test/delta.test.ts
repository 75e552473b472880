/** Publications as differences: who gets them, against what, and that each is made once. */

import { describe, expect, it } from "vitest";
import type { HubOptions } from "@tautline/hub";
import type { Publication, Reply } from "@tautline/wire";
import { applyDelta, decodePayload } from "@tautline/wire";
import type { FakeConnection } from "./fake-connection.ts";
import { FakePrepared } from "./fake-connection.ts";
import { TestHub, ask } from "./test-hub.ts";

const options: Partial<HubOptions> = {
  open: true,
  channels: { historySize: 100, recovery: "stream", deltas: ["fossil"] },
};
const state = (n: number) => ({ n, text: "the same in all of them, and long enough for a copy" });

async function subscribe(connection: FakeConnection, more: object = {}): Promise<Reply> {
  const subscribe = { channel: "a", delta: "fossil", ...more };
  const [reply = {}] = await ask(connection, { id: 2, subscribe });
  return reply;
}

/** The data of publications put together as a client does, and which of them were deltas. */
function unpack(publications: readonly Publication[]) {
  let base = "";
  return publications.map(({ data, delta = false }) => {
    const text = String(data === undefined ? "" : decodePayload(data));
    base = delta ? applyDelta(base, text, 10_000) : text;
    return { value: JSON.parse(base) as unknown, delta };
  });
}

const pushed = (connection: FakeConnection): Publication[] =>
  connection.take().flatMap(({ push }) => push?.pub ?? []);

describe("a subscription with deltas", () => {
  it("gets the first publication whole and the others as differences", async () => {
    const test = new TestHub(options);
    const ann = await test.connect();
    expect((await subscribe(ann)).subscribe).toMatchObject({ delta: true });
    for (const n of [1, 2, 3]) await test.hub.channel("a").publish(state(n));
    expect(unpack(pushed(ann))).toEqual([
      { value: state(1), delta: false },
      { value: state(2), delta: true },
      { value: state(3), delta: true },
    ]);
  });

  it("gets a publication whole when the difference would be longer", async () => {
    const test = new TestHub(options);
    const ann = await test.connect();
    await subscribe(ann);
    for (const text of ["one", "two"]) await test.hub.channel("a").publish(text);
    expect(unpack(pushed(ann))).toEqual([
      { value: "one", delta: false },
      { value: "two", delta: false },
    ]);
  });

  it("goes on with differences to what it has recovered", async () => {
    const test = new TestHub(options);
    for (const n of [1, 2, 3]) await test.hub.channel("a").publish(state(n));
    const ann = await test.connect();
    const { subscribe: result } = await subscribe(ann, { recover: true });
    await test.hub.channel("a").publish(state(4));
    expect(unpack([...(result?.publications ?? []), ...pushed(ann)])).toEqual([
      { value: state(1), delta: false },
      { value: state(2), delta: true },
      { value: state(3), delta: true },
      { value: state(4), delta: true },
    ]);
  });

  it("that recovered nothing gets the next whole: nobody knows what the client still has", async () => {
    const test = new TestHub(options);
    await test.hub.channel("a").publish(state(1));
    const { position } = await test.hub.channel("a").history();
    const ann = await test.connect();
    await subscribe(ann, { recover: true, ...position });
    await test.hub.channel("a").publish(state(2));
    expect(unpack(pushed(ann))).toEqual([{ value: state(2), delta: false }]);
  });

  it("is made, encoded and framed once for all who are at the same place", async () => {
    const test = new TestHub(options);
    const all = [await test.connect(), await test.connect(), await test.connect("a")];
    for (const connection of all.slice(0, 2)) await subscribe(connection);
    await test.hub.channel("a").publish(state(1));
    const late = await test.connect();
    await subscribe(late);
    const before = FakePrepared.made;
    await test.hub.channel("a").publish(state(2));
    // A difference, a whole for the newcomer, and the plain form.
    expect(FakePrepared.made - before).toBe(3);
    expect(pushed(late)).toEqual([
      expect.objectContaining({ data: JSON.stringify(JSON.stringify(state(2))) }),
    ]);
    expect(all[2]?.take().at(-1)?.push?.pub?.data).toBe(JSON.stringify(state(2)));
  });

  it("works without a log as well", async () => {
    const test = new TestHub({ open: true, channels: { deltas: ["fossil"] } });
    const ann = await test.connect();
    expect((await subscribe(ann)).subscribe).toEqual({ delta: true });
    for (const n of [1, 2]) await test.hub.channel("a").publish(state(n));
    expect(unpack(pushed(ann)).map(({ delta }) => delta)).toEqual([false, true]);
  });
});

describe("a subscription without deltas", () => {
  it.each([
    { name: "because the channel has none", options: { open: true }, delta: "fossil" },
    { name: "because the client asks for another kind", options, delta: "xdelta" },
  ])("gets publications as they are, $name", async ({ options, delta }) => {
    const test = new TestHub(options);
    const ann = await test.connect();
    expect((await subscribe(ann, { delta })).subscribe?.delta).toBeUndefined();
    await test.hub.channel("a").publish(state(1));
    expect(pushed(ann)[0]?.data).toBe(JSON.stringify(state(1)));
  });
});
