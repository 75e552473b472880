/**
 * A contract written once with zod, and both sides of it: what does not fit does not compile, and what comes all the same
 * is refused.
 */
import { CallRefused, Client } from "@tautline/client";
import { WebSocket } from "@tautline/node";
import { channel, channels, procedure, serve } from "tautline";
import { expect, expectTypeOf, onTestFinished, test } from "vitest";
import { z } from "zod";

const message = z.object({ text: z.string().min(1).max(2000) });
const rooms = channels("room:{room}", message);
const prices = channel("prices", z.record(z.string(), z.number()));
const sum = procedure("sum", { input: z.array(z.number()), output: z.number() });

async function connectedPair() {
  const server = await serve({ port: 0, page: false, contracts: [rooms, prices] });
  onTestFinished(() => server.close());
  const client = new Client(`${server.url}/connection/websocket`, { webSocket: WebSocket });
  onTestFinished(() => client.disconnect());
  await client.connect();
  return { server, client };
}

test("types reach handlers and listeners", async () => {
  const { server, client } = await connectedPair();
  const handled = new Promise<string>((resolve) => {
    server.hub.channels(rooms).onPublish(({ message: { text }, params }) => {
      expectTypeOf(params.room).toBeString();
      resolve(`${params.room}: ${text}`);
    });
  });
  server.hub.procedure(sum, (numbers) => {
    expectTypeOf(numbers).toEqualTypeOf<number[]>();
    return numbers.reduce((total, number) => total + number, 0);
  });

  const lobby = client.subscribe(rooms.channel({ room: "lobby" }));
  const heard = new Promise<string>((resolve) => {
    lobby.onPublication(({ data }) => {
      expectTypeOf(data).toEqualTypeOf<{ text: string }>();
      resolve(data.text);
    });
  });
  await lobby.ready();
  await lobby.publish({ text: "hello" });
  expect(await handled).toBe("lobby: hello");
  expect(await heard).toBe("hello");

  const total = await client.call(sum, [1, 2, 3]);
  expectTypeOf(total).toBeNumber();
  expect(total).toBe(6);
});

test("what does not fit does not compile, and is refused with the field named", async () => {
  const { server, client } = await connectedPair();
  server.hub.procedure(sum, (numbers) => numbers.length);
  const lobby = client.subscribe(rooms.channel({ room: "lobby" }));
  await lobby.ready();

  // @ts-expect-error -- a number is no text
  const wrongField = lobby.publish({ text: 7 });
  await expect(wrongField).rejects.toThrow(CallRefused);
  await expect(wrongField).rejects.toMatchObject({
    serverCode: 107,
    serverMessage: expect.stringMatching(/^bad request; text: .*expected string/) as string,
  });
  // @ts-expect-error -- prices are numbers
  const wrongPrice = client.publish(prices, { tea: "cheap" });
  await expect(wrongPrice).rejects.toMatchObject({
    serverMessage: expect.stringMatching(/; tea: /) as string,
  });
  // @ts-expect-error -- a text is no number
  const wrongCall = client.call(sum, [1, "2"]);
  await expect(wrongCall).rejects.toMatchObject({
    serverMessage: expect.stringMatching(/; 1: /) as string,
  });
  // @ts-expect-error -- the pattern has another parameter
  expect(() => rooms.channel({ name: "lobby" })).toThrow(RangeError);
  // @ts-expect-error -- a server keeps to the contract as well
  expect(() => server.hub.procedure(sum, () => "many")).toThrow(/registered already/);
});
