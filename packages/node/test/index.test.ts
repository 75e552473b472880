import * as door from "@tautline/node";
import { expect, it } from "vitest";
import { surface } from "../../../tests/packaging/surface.ts";

it("lets in and out what it is meant to, and no more", () => {
  expect(Object.keys(door).toSorted()).toEqual(surface["@tautline/node"]!.values);
});

it("has defaults that nobody can change, and as documented", () => {
  expect(Object.isFrozen(door.nodeDefaults)).toBe(true);
  expect(door.nodeDefaults).toMatchObject({
    maxUnreadMessages: 1024,
    maxUnreadBytes: 1_048_576,
    maxConnections: 100_000,
    maxHeadBytes: 16_384,
    handshakeTimeoutMs: 10_000,
    connectTimeoutMs: 30_000,
    drainTimeoutMs: 10_000,
    spreadMs: 0,
    maxMessageBytes: 16_777_216,
    pingIntervalMs: 25_000,
  });
});
