import { prepareMessage } from "@tautline/protocol";
import { describe, expect, test } from "vitest";
import { deterministicPlatform } from "./deterministic-platform.ts";
import { filler } from "./frame-bytes.ts";
import { sent } from "./frame-text.ts";
import { ObservedEngine } from "./observed-engine.ts";

const platform = deterministicPlatform();

describe("prepareMessage", () => {
  test("keeps the data and tells its length in bytes", () => {
    expect(prepareMessage("κ", platform)).toMatchObject({ data: "κ", byteLength: 2 });
    const bytes = filler(300);
    expect(prepareMessage(bytes, platform)).toMatchObject({ data: bytes, byteLength: 300 });
  });
});

describe.each(["server", "client"] as const)("a %s that sends prepared messages", (role) => {
  const messages = [
    "",
    "κόσμε",
    filler(0),
    filler(125),
    filler(126),
    filler(20_000),
    filler(70_000),
  ];

  test("sends the same frames as without preparation, as often as asked", () => {
    const observed = new ObservedEngine(role);
    const expected: string[] = [];
    for (const data of [...messages, ...messages]) {
      expect(observed.engine.sendPrepared(prepareMessage(data, platform))).toBe(true);
      expected.push(typeof data === "string" ? sent.text(data) : sent.binary(data));
    }
    expect(observed.output()).toEqual(expected);
  });

  test("sends nothing once the connection is closing [RFC6455-6.1-2]", () => {
    const observed = new ObservedEngine(role).close(1000);
    expect(observed.engine.sendPrepared(prepareMessage("late", platform))).toBe(false);
    expect(observed.engine.sendPrepared(prepareMessage(filler(3), platform))).toBe(false);
    expect(observed.output()).toEqual([sent.close(1000)]);
  });
});

test("a large prepared message is framed in one place for all connections", () => {
  const message = prepareMessage(filler(20_000), platform);
  const batches = [new ObservedEngine("server"), new ObservedEngine("server")].map(({ engine }) => {
    engine.sendPrepared(message);
    return engine.takeOutput();
  });
  expect(batches[0]?.[0]).toBe(batches[1]?.[0]);
});
