/** What compiles and what does not. Most of it is checked by the compiler, which reads this file with all others. */

import type { Subscription, WebSocketConstructor } from "@tautline/client";
import { channel, Client } from "@tautline/client";
import { WebSocket as WsWebSocket } from "ws";
import { describe, expect, expectTypeOf, test } from "vitest";
import { World } from "./world.ts";

interface Chat {
  readonly text: string;
}
interface Score {
  readonly points: number;
}
const chat = channel<Chat>("chat");
const score = channel<Score>("score");

describe("a channel's contract", () => {
  test("types subscriptions and what they hear", () => {
    const client = new World().client();
    const subscription = client.subscribe(chat);
    expectTypeOf(subscription).toEqualTypeOf<Subscription<Chat>>();
    subscription.onPublication(({ data }) => expectTypeOf(data).toEqualTypeOf<Chat>());
    expectTypeOf(client.subscription(chat)).toEqualTypeOf<Subscription<Chat> | undefined>();
    expectTypeOf(client.subscribe("plain")).toEqualTypeOf<Subscription<unknown>>();
    expect(subscription.channel).toBe("chat");
  });

  test("refuses messages of another type", () => {
    const client = new World().client();
    const subscription = client.subscribe(chat);
    const calls = [
      () => subscription.publish({ text: "fits" }),
      () => client.publish(chat, { text: "fits" }),
      () => client.publish("plain", { anything: true }),
      // @ts-expect-error a number where a text belongs
      () => subscription.publish({ text: 7 }),
      // @ts-expect-error a message of another channel
      () => client.publish(chat, { points: 7 }),
      // @ts-expect-error nothing where a message belongs
      () => client.publish(score),
      // @ts-expect-error a field that the contract does not know
      () => client.publish(score, { points: 7, text: "more" }),
    ];
    expect(calls).toHaveLength(7);
  });

  test("presence takes contracts of any type", () => {
    const client = new World().client();
    const calls = [
      () => client.presence(chat),
      () => client.presence("plain"),
      () => client.presenceStats(score),
    ];
    expect(calls).toHaveLength(3);
  });
});

describe("WebSocket constructors", () => {
  test("that of the platform and that of ws fit as they are", () => {
    expectTypeOf<typeof WebSocket>().toExtend<WebSocketConstructor>();
    expectTypeOf<typeof WsWebSocket>().toExtend<WebSocketConstructor>();
    expect(new Client("ws://localhost", { webSocket: WsWebSocket }).state).toBe("disconnected");
  });
});
