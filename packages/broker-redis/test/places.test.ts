/** Where Redis may be, and how the broker gets in: addresses, sentinels, TLS, users with few rights. */

import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import type { RedisBrokerSetup } from "@tautline/broker-redis";
import { RedisBroker } from "@tautline/broker-redis";
import { ManualClock } from "@tautline/hub/broker-suite";
import { freePorts } from "./free-port.ts";
import { RedisServer } from "./redis-server.ts";

const log = { size: 100, ttlMs: 60_000, metaTtlMs: 120_000 };
const value = { data: Buffer.from("1") };

async function startRedis(...given: ConstructorParameters<typeof RedisServer>) {
  const server = new RedisServer(...given);
  onTestFinished(() => server.remove());
  await server.start();
  return server;
}

function makeBroker(setup: Partial<RedisBrokerSetup>): RedisBroker {
  const broker = new RedisBroker({ clock: new ManualClock(), randomId: randomUUID, ...setup });
  onTestFinished(() => broker.stop());
  return broker;
}

/** A broker that has started, and what it hears in the channel `a`. */
async function startBroker(setup: Partial<RedisBrokerSetup>) {
  const broker = makeBroker(setup);
  const heard: unknown[] = [];
  await broker.start(
    {
      publication: (channel, { data }) => heard.push([channel, data]),
      join: () => heard.push("join"),
      leave: () => heard.push("leave"),
      told: (message) => heard.push(message),
    },
    "node",
  );
  await broker.subscribe("a");
  return { broker, heard };
}

describe("an address", () => {
  const bad = [
    "http://secret@localhost",
    "redis+sentinel://:secret@localhost",
    "redis+sentinel://localhost:nine/name",
    "redis+cluster://localhost/name",
    "redis+cluster://:secret@,/",
    "secret",
  ];
  it.each(bad)("%s is none", (address) => {
    const make = () => makeBroker({ address });
    expect(make).toThrow(RangeError);
    expect(make).not.toThrow("secret");
  });

  it("needs times that are some", () => {
    expect(() => makeBroker({ timeoutMs: 0 })).toThrow(RangeError);
    expect(() => makeBroker({ memberTtlMs: Number.NaN })).toThrow(RangeError);
  });
});

describe("sentinels", () => {
  it("lead to the primary, and to the next one when it has died", async () => {
    const [one = 0, two = 0, three = 0] = await freePorts(3);
    const local = ["--bind", "127.0.0.1", "--appendonly", "yes", "--appendfsync", "no"];
    const primary = await startRedis([...local, "--port", String(one)]);
    const replica = await startRedis([
      ...local,
      "--port",
      String(two),
      "--replicaof",
      "127.0.0.1",
      String(one),
      "--repl-diskless-sync-delay",
      "0",
    ]);
    await expect
      .poll(() => replica.command("INFO", "replication"), { timeout: 30_000 })
      .toContain("master_link_status:up");
    const sentinel = new RedisServer(["--bind", "127.0.0.1", "--port", String(three)], {}, [
      `sentinel monitor main 127.0.0.1 ${one} 1`,
      "sentinel down-after-milliseconds main 1000",
      "sentinel failover-timeout main 5000",
    ]);
    onTestFinished(() => sentinel.remove());
    await sentinel.start();
    await expect
      .poll(() => sentinel.command("SENTINEL", "REPLICAS", "main"), { timeout: 30_000 })
      .toContain(String(two));
    const { broker, heard } = await startBroker({
      // The first sentinel is none: the next is asked.
      address: `redis+sentinel://127.0.0.1:1,127.0.0.1:${three}/main`,
      timeoutMs: 3000,
    });
    const before = await broker.publish("a", value, { log });
    await primary.command("WAIT", "1", "5000");
    await primary.kill();
    await expect
      .poll(() => broker.publish("a", value, { log }).catch(() => undefined), {
        timeout: 60_000,
        interval: 100,
      })
      .toEqual({ position: { offset: 2, epoch: before.position?.epoch }, duplicate: false });
    await expect.poll(() => heard.length).toBe(2);
  }, 120_000);

  it("that do not know the primary are said to", async () => {
    const [port = 0] = await freePorts(1);
    const sentinel = new RedisServer(["--bind", "127.0.0.1", "--port", String(port)], {}, []);
    onTestFinished(() => sentinel.remove());
    await sentinel.start();
    const sentinels = [{ host: "127.0.0.1", port }];
    const broker = makeBroker({ sentinel: { sentinels, primary: "nobody" } });
    await expect(
      broker.start(
        { publication: () => undefined, join: () => undefined, leave: () => undefined },
        "node",
      ),
    ).rejects.toThrow("No sentinel names the primary nobody");
  });
});

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../node/test/fixtures/${name}.pem`, import.meta.url));

describe("TLS", () => {
  it("is spoken with the authority that is given, and with no other", async () => {
    const [port = 0] = await freePorts(1);
    await startRedis([
      "--bind",
      "127.0.0.1",
      "--tls-port",
      String(port),
      "--tls-auth-clients",
      "no",
      "--tls-cert-file",
      fixture("localhost-cert"),
      "--tls-key-file",
      fixture("localhost-key"),
      "--tls-ca-cert-file",
      fixture("localhost-cert"),
    ]);
    const ca = readFileSync(fixture("localhost-cert"));
    const { broker, heard } = await startBroker({
      redis: { socket: { host: "localhost", port, tls: true, ca } },
    });
    await broker.publish("a", value, { log });
    await expect.poll(() => heard.length).toBe(1);
    await expect(startBroker({ address: `rediss://localhost:${port}` })).rejects.toThrow(
      /certificate/u,
    );
  });
});

describe("a user of Redis", () => {
  const commands =
    "+evalsha +eval +script|load +publish +subscribe +unsubscribe +ping +del +time " +
    "+hget +hset +hmget +hincrby +hdel +hvals +pttl +pexpire +xadd +xrange +xrevrange +zadd +zrem +zrangebyscore";

  it("may do no more than the broker needs", async () => {
    const [port = 0] = await freePorts(1);
    const rights = ["~chat:*", "&chat:*", ...commands.split(" ")];
    await startRedis([
      "--bind",
      "127.0.0.1",
      "--port",
      String(port),
      "--user",
      "hub",
      "on",
      ">a secret/+",
      ...rights,
      "--user",
      "default",
      "off",
    ]);
    const address = `redis://hub:${encodeURIComponent("a secret/+")}@127.0.0.1:${port}`;
    const { broker, heard } = await startBroker({ address, prefix: "chat" });
    const member = { user: "ann", client: "1" };
    await broker.publish("a", value, { log, idempotency: { key: "k", ttlMs: 1000 } });
    await broker.history("a", { limit: 10, metaTtlMs: 1000 });
    await broker.history("a", { limit: 10, metaTtlMs: 1000, reverse: true });
    await broker.removeHistory("a");
    await broker.addMember("a", member);
    await broker.announceJoin("a", member);
    expect((await broker.members("a")).size).toBe(1);
    await broker.removeMember("a", "1");
    await broker.tell("hello");
    await expect.poll(() => heard.length).toBe(3);
    await broker.unsubscribe("a");
    await expect(startBroker({ address, prefix: "other" })).rejects.toThrow("NOPERM");
    const wrong = `redis://hub:wrong@127.0.0.1:${port}`;
    await expect(startBroker({ address: wrong })).rejects.toThrow("WRONGPASS");
    // Who follows the page about it has what the broker needs.
    const page = new URL("../../../docs/how-to/redis.md", import.meta.url);
    expect(readFileSync(page, "utf8").replaceAll(/\s+/gu, " ")).toContain(commands);
  });
});
