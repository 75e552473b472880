/** The broker over NATS keeps what every broker has to keep, with a real NATS server, and when that goes and comes back. */

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { planCases } from "@tautline/hub/broker-suite";
import { Hubs } from "./hubs.ts";
import { NatsServer } from "./nats-server.ts";

let shared: NatsServer;

beforeAll(async () => {
  shared = new NatsServer();
  await shared.start();
});

afterAll(() => shared.remove());

describe("the NATS broker", () => {
  it.each(planCases())("$title", async ({ play }) => {
    const hubs = new Hubs(shared);
    await play(hubs.world((actual, expected) => expect(actual).toEqual(expected)));
    expect(hubs).toBeInstanceOf(Hubs);
  });
});
