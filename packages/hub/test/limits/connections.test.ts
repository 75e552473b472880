/** How many connections a user may have, and an address. */

import { describe, expect, it } from "vitest";
import type { ConnectGrant } from "@tautline/hub";
import { disconnects } from "@tautline/wire";
import { deferred } from "../deferred.ts";
import { FakeConnection, settle } from "../fake-connection.ts";
import { TestHub } from "../test-hub.ts";

const signIn = (test: TestHub, user: string): FakeConnection => {
  const connection = test.dial();
  connection.receive({ id: 1, connect: { data: user } });
  return connection;
};

function hub(max: number): TestHub {
  const test = new TestHub({ open: true, maxConnectionsPerUser: max });
  test.hub.onConnect(({ data }) => ({ user: String(data) }));
  return test;
}

const from = (test: TestHub, remoteAddress: string | undefined): FakeConnection => {
  const connection = new FakeConnection();
  test.hub.accept(connection, { remoteAddress });
  return connection;
};
const limited = (): TestHub => new TestHub({ open: true, maxConnectionsPerAddress: 1 });

describe("a user", () => {
  it("has so many connections, and another one when one has ended", async () => {
    const test = hub(2);
    const [first] = [signIn(test, "ann"), signIn(test, "ann")];
    const [third, other] = [signIn(test, "ann"), signIn(test, "ben")];
    await settle();
    expect(third.closedWith).toEqual(disconnects.connectionLimit);
    expect(other.closedWith).toBeUndefined();
    expect(test.counted).toEqual(["user-connections"]);
    first?.drop();
    const fourth = signIn(test, "ann");
    await settle();
    expect(fourth.closedWith).toBeUndefined();
    expect(test.hub.clients.size).toBe(3);
  });

  it("has no more because they come at once, and their hooks take their time", async () => {
    const test = new TestHub({ open: true, maxConnectionsPerUser: 1 });
    const decisions = [
      deferred<ConnectGrant>(),
      deferred<ConnectGrant>(),
      deferred<ConnectGrant>(),
    ];
    let asked = 0;
    test.hub.onConnect(() => decisions[asked++]?.promise);
    const connections = decisions.map(() => signIn(test, "ann"));
    await settle();
    connections[0]?.drop();
    for (const { resolve } of decisions) resolve({ user: "ann" });
    await settle();
    expect(connections.slice(1).map(({ closedWith }) => closedWith?.code)).toEqual([
      undefined,
      disconnects.connectionLimit.code,
    ]);
  });

  it("of whom nothing is known is not counted", async () => {
    const test = hub(1);
    const connections = ["", "", ""].map((user) => signIn(test, user));
    await settle();
    expect(connections.map(({ closedWith }) => closedWith)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("has a hundred by default, and any number with 0", async () => {
    for (const { test, refused } of [
      { test: hub(100), refused: 20 },
      { test: hub(0), refused: 0 },
    ]) {
      const connections = Array.from({ length: 120 }, () => signIn(test, "ann"));
      await settle();
      expect(connections.filter(({ closedWith }) => closedWith !== undefined)).toHaveLength(
        refused,
      );
    }
  });
});

describe("an address", () => {
  it("has so many connections, whether or not they say anything", () => {
    const test = limited();
    const first = from(test, "192.0.2.1");
    const [second, other] = [from(test, "192.0.2.1"), from(test, "192.0.2.2")];
    expect(second.closedWith).toEqual(disconnects.connectionLimit);
    expect([first.closedWith, other.closedWith]).toEqual([undefined, undefined]);
    expect(test.counted).toEqual(["address-connections"]);
    first.drop();
    expect(from(test, "192.0.2.1").closedWith).toBeUndefined();
    // One that was not taken leaves nothing behind either.
    second.drop();
    expect(from(test, "192.0.2.1").closedWith).toEqual(disconnects.connectionLimit);
  });

  it.each([
    { one: "2001:db8::1", other: "2001:db8:0:0:ffff:ffff:ffff:ffff", same: true },
    { one: "2001:db8:0:1::1", other: "2001:db8::1:0:0:0:1", same: true },
    { one: "2001:0db8::", other: "2001:DB8::5", same: true },
    { one: "2001:db8:0:1::1", other: "2001:db8:0:2::1", same: false },
    { one: "::1", other: "::2", same: true },
    { one: "fe80::1%eth0", other: "fe80::2%eth0", same: true },
    { one: "::ffff:192.0.2.1", other: "192.0.2.1", same: true },
    { one: "::ffff:192.0.2.1", other: "::ffff:192.0.2.2", same: false },
  ])("of IPv6 is its first half: $one and $other", ({ one, other, same }) => {
    const test = limited();
    from(test, one);
    expect(from(test, other).closedWith).toEqual(same ? disconnects.connectionLimit : undefined);
  });

  it("that is not known is not counted", () => {
    const test = limited();
    expect([from(test, undefined), from(test, undefined)].map((one) => one.closedWith)).toEqual([
      undefined,
      undefined,
    ]);
  });

  it("has any number by default", () => {
    const test = new TestHub();
    const connections = Array.from({ length: 1000 }, () => from(test, "192.0.2.1"));
    expect(connections.every(({ closedWith }) => closedWith === undefined)).toBe(true);
  });
});
