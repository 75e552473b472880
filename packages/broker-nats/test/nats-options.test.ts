/** What an address of NATS says. */

import { describe, expect, it } from "vitest";
import { natsAddress } from "@tautline/broker-nats";

describe("an address of NATS", () => {
  it.each([
    { address: "nats://localhost", options: { servers: ["localhost"] } },
    { address: "NATS://localhost:4222/", options: { servers: ["localhost:4222"] } },
    { address: "nats://a:1,b:2,[::1]:3", options: { servers: ["a:1", "b:2", "[::1]:3"] } },
    { address: "nats://token@a", options: { servers: ["a"], token: "token" } },
    { address: "nats://u:p%3A%40@a", options: { servers: ["a"], user: "u", pass: "p:@" } },
    { address: "nats://u:p:q@a", options: { servers: ["a"], user: "u", pass: "p:q" } },
    { address: "nats://a?creds=%2Fx%20y", options: { servers: ["a"], credsFile: "/x y" } },
    { address: "nats://a?nkey=/x", options: { servers: ["a"], nkeyFile: "/x" } },
    { address: "tls://a", options: { servers: ["a"], tls: {} } },
    { address: "nats://a?ca=/c", options: { servers: ["a"], tls: { caFile: "/c" } } },
    {
      address: "tls://a?cert=/c&key=/k",
      options: { servers: ["a"], tls: { certFile: "/c", keyFile: "/k" } },
    },
  ])("$address", ({ address, options }) => {
    expect(natsAddress(address)).toEqual(options);
  });

  it.each([
    "",
    "localhost",
    "redis://secret",
    "nats://",
    "nats://secret@",
    "nats://a b",
    "nats://a,,secret",
    "nats://a:secret",
    "nats://a?secret=1",
    "nats://a?creds=",
    "nats://%secret@a",
  ])("is refused, and not repeated: %s", (address) => {
    expect(() => natsAddress(address)).toThrow(RangeError);
    expect(() => natsAddress(address)).not.toThrow("secret");
  });
});
