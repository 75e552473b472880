/** Long polling: a poll is held, an answer that is lost is given again, and nothing is given twice to who has it. */
import { describe, expect, it } from "vitest";

import { jsonCodec } from "@tautline/wire";
import { MemoryRelay } from "tautline";

import type { Heard, OwnServer, OwnServerSetup } from "./own-server.ts";
import { post, startOwnServer } from "./own-server.ts";

interface Answer {
  readonly status: number;
  readonly session: string;
  readonly node: string;
  readonly cursor: number;
  readonly over?: boolean;
  readonly messages: readonly Heard[];
}

interface Poller extends OwnServer {
  readonly first: Answer;
  poll(cursor: number, at?: OwnServer): Promise<Answer>;
  ask(question: object): Promise<Answer>;
  send(command: object): Promise<Response>;
}

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  const [head = "", ...messages] = text.split("\n");
  if (!response.ok || text === "") return { status: response.status } as Answer;
  const parsed = messages.map((line) => JSON.parse(line) as Heard);
  return { status: response.status, ...JSON.parse(head), messages: parsed };
}

async function openPolling(setup: OwnServerSetup = {}): Promise<Poller> {
  const server = await startOwnServer(setup);
  const pollUrl = `${server.url}/connection/http_poll`;
  const first = await answerOf(
    await post(pollUrl, { data: jsonCodec.encodeCommand({ id: 1, connect: {} }) }),
  );
  const { session, node } = first;
  return {
    ...server,
    first,
    poll: async (cursor, at = server) =>
      answerOf(await post(`${at.url}/connection/http_poll`, { session, node, cursor })),
    ask: async (question) => answerOf(await post(pollUrl, { session, node, ...question })),
    send: (command) =>
      post(`${server.url}/emulation`, { session, node, data: JSON.stringify(command) }),
  };
}

/** The only client of the server. */
const clientOf = ({ hub }: OwnServer) => {
  const [client] = hub.clients.values();
  if (client === undefined) throw new Error("nobody is connected");
  return client;
};

const messagesOf = ({ messages }: Answer): unknown[] =>
  messages.map((reply) => reply.push?.message?.data ?? reply);

describe("a polling client", () => {
  it("connects with its first poll, and is told who it is", async () => {
    const { first, transports, hub } = await openPolling();
    expect(first).toMatchObject({ status: 200, node: transports.node, cursor: 1 });
    expect(first.messages).toEqual([
      {
        id: 1,
        connect: expect.objectContaining({ session: first.session, node: first.node, ping: 25 }),
      },
    ]);
    expect([...hub.clients.values()][0]?.connection.transport).toBe("http_poll");
  });

  it("is held until there is something to say", async () => {
    const poller = await openPolling();
    const answer = poller.poll(1);
    await poller.clock.waits(20_000, 2);
    clientOf(poller).send("a");
    clientOf(poller).send("b");
    expect(messagesOf(await answer)).toEqual(["a", "b"]);
    expect((await answer).cursor).toBe(3);
  });

  it("is answered with nothing when its time is up", async () => {
    const poller = await openPolling({ hub: { pingIntervalMs: 0, pongTimeoutMs: 0 } });
    const answer = poller.poll(1);
    await poller.clock.waits(20_000, 2);
    poller.clock.advance(20_000);
    expect(await answer).toMatchObject({ status: 200, cursor: 1, messages: [] });
  });

  it("is answered at once with what was said meanwhile", async () => {
    const poller = await openPolling();
    for (const n of [1, 2, 3]) clientOf(poller).send(n);
    expect(messagesOf(await poller.poll(1))).toEqual([1, 2, 3]);
  });

  it("gets a lost answer again, with what came since, and nothing twice that it has", async () => {
    const poller = await openPolling();
    clientOf(poller).send("a");
    expect(messagesOf(await poller.poll(1))).toEqual(["a"]);
    clientOf(poller).send("b");
    expect(await poller.poll(1)).toMatchObject({ cursor: 3 });
    expect(messagesOf(await poller.poll(1))).toEqual(["a", "b"]);
    clientOf(poller).send("c");
    expect(messagesOf(await poller.poll(3))).toEqual(["c"]);
  });

  it.each([
    { name: "was never given", cursor: 3 },
    { name: "is between two messages", cursor: 1.5 },
    { name: "is no number that there is", cursor: 1e300 },
    { name: "is negative", cursor: -1 },
    { name: "was acknowledged as surpassed", cursor: 0 },
  ])("is refused with a cursor that $name, and goes on", async ({ cursor }) => {
    const poller = await openPolling();
    clientOf(poller).send("a");
    expect(messagesOf(await poller.poll(1))).toEqual(["a"]);
    expect((await poller.poll(cursor)).status).toBe(400);
    clientOf(poller).send("b");
    expect(messagesOf(await poller.poll(2))).toEqual(["b"]);
  });

  it("has one poll at a time: a newer one ends the older", async () => {
    const poller = await openPolling();
    const older = poller.poll(1);
    await poller.clock.waits(20_000, 2);
    const newer = poller.poll(1);
    expect(await older).toMatchObject({ status: 200, cursor: 1, messages: [] });
    clientOf(poller).send("a");
    expect(messagesOf(await newer)).toEqual(["a"]);
  });

  it("is given much in pieces, and each message whole", async () => {
    const poller = await openPolling({ transports: { maxPollBytes: 1000 } });
    const long = "x".repeat(600);
    for (const n of [1, 2, 3]) clientOf(poller).send([n, long]);
    clientOf(poller).send("y".repeat(5000));
    const cursors: number[] = [];
    for (let cursor = 1; cursor < 5;) {
      ({ cursor } = await poller.poll(cursor));
      cursors.push(cursor);
    }
    expect(cursors).toEqual([2, 3, 4, 5]);
  });

  it("is gone when it does not come back", async () => {
    const poller = await openPolling();
    poller.clock.advance(9_999);
    expect(poller.hub.clients.size).toBe(1);
    poller.clock.advance(1);
    expect(poller.hub.clients.size).toBe(0);
    expect((await poller.poll(1)).status).toBe(404);
  });

  it("is gone at once when it says so", async () => {
    const poller = await openPolling();
    expect((await poller.ask({ cursor: 1, leave: true })).status).toBe(204);
    expect(poller.hub.clients.size).toBe(0);
    expect((await poller.poll(1)).status).toBe(404);
  });

  it("is told why its connection ended, as often as it asks within its grace", async () => {
    const poller = await openPolling();
    const held = poller.poll(1);
    await poller.clock.waits(20_000, 2);
    clientOf(poller).disconnect({ code: 4500, reason: "banned" });
    const last = {
      over: true,
      messages: [{ push: { disconnect: { code: 4500, reason: "banned" } } }],
    };
    expect(await held).toMatchObject(last);
    expect(await poller.poll(1)).toMatchObject(last);
    expect((await poller.send({ id: 2, rpc: { method: "x" } })).status).toBe(404);
    poller.clock.advance(10_000);
    expect((await poller.poll(1)).status).toBe(404);
  });

  it("is not waited for when it takes nothing: what it may owe is bounded", async () => {
    const poller = await openPolling({ hub: { maxBufferedBytes: 100_000 } });
    const client = clientOf(poller);
    for (let n = 0; n < 200 && poller.hub.clients.size > 0; n += 1) client.send("x".repeat(1000));
    expect(poller.hub.clients.size).toBe(0);
    const answers = [await poller.poll(1)];
    while (answers.at(-1)?.over !== true)
      answers.push(await poller.poll(answers.at(-1)?.cursor ?? 0));
    expect(answers.at(-1)?.messages.at(-1)).toEqual({
      push: { disconnect: { code: 3008, reason: "slow" } },
    });
  });

  it("may ask any node", async () => {
    const relay = new MemoryRelay();
    const poller = await openPolling({ relay });
    const other = await startOwnServer({ relay });
    clientOf(poller).send("a");
    expect(messagesOf(await poller.poll(1, other))).toEqual(["a"]);
    const held = poller.poll(2, other);
    await poller.clock.waits(20_000, 2);
    clientOf(poller).send("b");
    expect(messagesOf(await held)).toEqual(["b"]);
    expect((await poller.poll(99, other)).status).toBe(400);
  });
});
