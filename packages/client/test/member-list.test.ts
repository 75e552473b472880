/** The list of members that stays up to date. */

import type { Client, MemberList, Subscription } from "@tautline/client";
import { memberList } from "@tautline/client";
import type { ClientInfo } from "@tautline/wire";
import { beforeEach, describe, expect, test } from "vitest";
import { settle } from "./fake-environment.ts";
import { World } from "./world.ts";

const info = (client: string): ClientInfo => ({ client, user: `user of ${client}` });
const table = (...clients: string[]): ReadonlyMap<string, ClientInfo> =>
  new Map(clients.map((client) => [client, info(client)]));

let world: World;
let client: Client;
let chat: Subscription<unknown>;
let members: MemberList;
let seen: string[][];

const names = (): string[] => members.current.map((member) => member.client);
const join = (name: string): void =>
  world.server.socket.reply({ push: { channel: "chat", join: { info: info(name) } } });
const leave = (name: string): void =>
  world.server.socket.reply({ push: { channel: "chat", leave: { info: info(name) } } });

beforeEach(async () => {
  world = new World();
  world.server.members = table("a", "b");
  client = await world.connected();
  chat = client.subscribe("chat", { joinLeave: true });
  members = memberList(chat, world.environment);
  seen = [];
  members.onChange(() => seen.push(names()));
});

describe("a list of members", () => {
  test("starts with a snapshot and follows joins and leaves", async () => {
    expect(members.current).toEqual([]);
    await world.environment.advance(10);
    join("c");
    leave("a");
    expect(seen).toEqual([
      ["a", "b"],
      ["a", "b", "c"],
      ["b", "c"],
    ]);
    expect(members.current[0]).toEqual({
      client: "b",
      user: "user of b",
      info: undefined,
      channelInfo: undefined,
    });
  });

  test("is a new array with each change and the same one without", async () => {
    await world.environment.advance(10);
    const before = members.current;
    expect(members.current).toBe(before);
    join("c");
    expect(members.current).not.toBe(before);
  });

  test("a join and a leave that overtake the snapshot count on top of it", async () => {
    world.server.ignored.add("presence");
    await world.environment.advance(5);
    join("c");
    leave("a");
    join("d");
    leave("d");
    const id = world.server.requests("presence")[0]?.id ?? 0;
    world.server.socket.reply({ id, presence: { presence: table("a", "b", "d") } });
    await settle();
    expect(names()).toEqual(["b", "c"]);
  });

  test("is taken anew when somebody leaves who is not on it", async () => {
    await world.environment.advance(10);
    // "a" has come back as "e", of which nobody was told.
    world.server.members = table("b", "c");
    leave("e");
    await world.environment.advance(10);
    expect(names()).toEqual(["b", "c"]);
    const asked = world.server.requests("presence").length;
    leave("b");
    await world.environment.advance(10);
    expect(names()).toEqual(["c"]);
    expect(world.server.requests("presence")).toHaveLength(asked);
  });

  test("keeps what it knows while the connection is away, and is taken anew after", async () => {
    await world.environment.advance(10);
    world.server.members = table("b", "x");
    world.server.socket.end(1006);
    expect(names()).toEqual(["a", "b"]);
    await world.environment.advance(1000);
    expect(names()).toEqual(["b", "x"]);
  });

  test("a snapshot that was overtaken by the next one is not taken", async () => {
    world.server.ignored.add("presence");
    await world.environment.advance(5);
    world.server.ignored.clear();
    world.server.socket.reply({ push: { channel: "chat", unsubscribe: { code: 2500 } } });
    await world.environment.advance(300);
    expect(names()).toEqual(["a", "b"]);
    const id = world.server.requests("presence")[0]?.id ?? 0;
    world.server.socket.reply({ id, presence: { presence: table("old") } });
    await settle();
    expect(names()).toEqual(["a", "b"]);
  });

  test("a list for a subscription that is there already", async () => {
    await world.environment.advance(10);
    const late = memberList(chat);
    await world.environment.advance(10);
    expect(late.current.map((member) => member.client)).toEqual(["a", "b"]);
  });

  test("says why there is none", async () => {
    world.server.refusals.set("presence", { code: 108, message: "not available" });
    await world.environment.advance(10);
    expect(members.error).toMatchObject({ serverCode: 108 });
    expect(seen).toEqual([[]]);
    world.server.socket.end(1006);
    await world.environment.advance(1000);
    expect(members.error).toBeUndefined();
    expect(names()).toEqual(["a", "b"]);
  });

  test("stops", async () => {
    members.stop();
    await world.environment.advance(10);
    join("c");
    expect(seen).toEqual([]);
  });
});
