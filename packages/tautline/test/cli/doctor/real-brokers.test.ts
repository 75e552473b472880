/** `tautline doctor` before real brokers: NATS over TLS and with files, Redis that sentinels name, and a cluster of Redis. */
import { fileURLToPath } from "node:url";

import { describe, expect, it, onTestFinished } from "vitest";

import { NatsServer } from "../../../../broker-nats/test/nats-server.ts";
import { freePorts } from "../../../../broker-redis/test/free-port.ts";
import { RedisCluster } from "../../../../broker-redis/test/redis-cluster.ts";
import { RedisServer } from "../../../../broker-redis/test/redis-server.ts";
import { lookAtBroker } from "../../../src/cli/doctor/broker.ts";
import type { Finding } from "../../../src/cli/doctor/finding.ts";

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../../../node/test/fixtures/${name}.pem`, import.meta.url));

const look = (address: string): Promise<readonly Finding[]> =>
  lookAtBroker({ address, timeoutMs: 10_000, nowMs: Date.now });

const inShort = (findings: readonly Finding[]): string[] =>
  findings.map(({ name, verdict }) => `${name}: ${verdict}`);

/** Gives `localhost:<port>`. */
async function startNats(...lines: string[]): Promise<string> {
  const nats = new NatsServer({ lines });
  onTestFinished(() => nats.remove());
  await nats.start();
  return `localhost:${nats.port}`;
}

async function startRedis(port: number, ...flags: string[]): Promise<RedisServer> {
  const redis = new RedisServer(["--bind", "127.0.0.1", "--port", String(port), ...flags]);
  onTestFinished(() => redis.remove());
  await redis.start();
  return redis;
}

describe("NATS over TLS", () => {
  const files = `cert_file: ${JSON.stringify(fixture("localhost-cert"))}, key_file: ${JSON.stringify(fixture("localhost-key"))}`;
  const ca = `ca=${fixture("localhost-cert")}`;

  it("is good when its authority is known, and else it is said why not", async () => {
    const host = await startNats(`tls { ${files} }`);
    expect(inShort(await look(`tls://${host}?${ca}`))).toEqual(["NATS: good", "clock: note"]);
    const [finding] = await look(`tls://${host}`);
    expect(finding).toMatchObject({
      verdict: "change",
      found: expect.stringMatching(/^tls:\/\/localhost:\d+ cannot be used: .*certificate/u),
    });
  });

  it("may ask for a certificate, a user and a password", async () => {
    const authority = `ca_file: ${JSON.stringify(fixture("client-authority-cert"))}, verify: true`;
    const host = await startNats(
      `tls { ${files}, ${authority} }`,
      'authorization { user: "ann", password: "p@ss" }',
    );
    const own = `${ca}&cert=${fixture("client-cert")}&key=${fixture("client-key")}`;
    expect(inShort(await look(`tls://ann:p%40ss@${host}?${own}`))).toContain("NATS: good");
    const [finding] = await look(`tls://ann:wrong@${host}?${own}`);
    expect(finding?.found).toMatch(/authorization/iu);
    expect(JSON.stringify(finding)).not.toContain("wrong");
    expect(inShort(await look(`tls://ann:p%40ss@${host}?${ca}`))).toContain("NATS: change");
  });

  it("is not spoken by a server without it", async () => {
    const [finding] = await look(`tls://${await startNats()}`);
    expect(finding?.found).toContain("does not speak TLS");
  });
});

describe("NATS", () => {
  it("of several servers may lack one", async () => {
    const host = await startNats();
    const findings = await look(`nats://127.0.0.1:1,${host}`);
    expect(inShort(findings)).toEqual([
      "NATS 127.0.0.1:1: note",
      `NATS ${host}: good`,
      "clock: note",
    ]);
  });

  it("is not tried with a file, of which only the broker knows what to make", async () => {
    const [finding] = await look(`nats://${await startNats()}?creds=/there/is/none`);
    expect(finding).toMatchObject({ verdict: "note", found: expect.stringContaining("not tried") });
  });
});

describe("sentinels", () => {
  it("name the Redis that is looked at", async () => {
    const [redisPort = 0, port = 0] = await freePorts(2);
    await startRedis(redisPort, "--requirepass", "hunter2");
    const flags = ["--bind", "127.0.0.1", "--port", String(port)];
    const sentinel = new RedisServer(flags, {}, [
      `sentinel monitor main 127.0.0.1 ${redisPort} 1`,
      "sentinel auth-pass main hunter2",
    ]);
    onTestFinished(() => sentinel.remove());
    await sentinel.start();
    const place = `127.0.0.1:1,127.0.0.1:${port}`;
    const findings = await look(`redis+sentinel://:hunter2@${place}/main`);
    expect(inShort(findings)).toEqual([
      "sentinel 127.0.0.1:1: note",
      `sentinel 127.0.0.1:${port}: good`,
      "Redis: good",
      "clock: good",
    ]);
    expect(findings[1]?.found).toBe(`main is at 127.0.0.1:${redisPort}`);
    const closed = await look(`redis+sentinel://${place}/main`);
    expect(closed[2]).toMatchObject({
      verdict: "change",
      found: expect.stringContaining(`redis://127.0.0.1:${redisPort} cannot be used: NOAUTH`),
    });
    const unknown = await look(`redis+sentinel://${place}/other`);
    expect(inShort(unknown)).toEqual([
      "sentinel 127.0.0.1:1: change",
      `sentinel 127.0.0.1:${port}: change`,
      "clock: note",
    ]);
    expect(unknown[1]?.found).toContain("does not know the primary");
  });
});

describe("a cluster of Redis", () => {
  it("is looked at node by node, and says whether it is whole", async () => {
    const cluster = await RedisCluster.start();
    onTestFinished(() => cluster.remove());
    const [one, two] = cluster.ports;
    const findings = await look(`redis+cluster://127.0.0.1:${one},127.0.0.1:${two},127.0.0.1:1`);
    expect(inShort(findings)).toEqual([
      `Redis 127.0.0.1:${one}: good`,
      `Redis 127.0.0.1:${two}: good`,
      "Redis 127.0.0.1:1: note",
      "clock: good",
    ]);
  }, 60_000);

  it("that lacks slots has to change, and so has an address of none", async () => {
    const [port = 0, bus = 0, plain = 0] = await freePorts(3);
    await startRedis(port, "--cluster-enabled", "yes", "--cluster-port", String(bus));
    await startRedis(plain);
    const [finding] = await look(`redis+cluster://127.0.0.1:${port}`);
    expect(finding).toMatchObject({
      name: "Redis",
      verdict: "change",
      found: expect.stringContaining("the cluster says fail"),
    });
    const [none] = await look(`redis+cluster://127.0.0.1:${plain}`);
    expect(none?.found).toContain("cluster support disabled");
  });
});

describe("an address", () => {
  it.each(["http://secret@localhost", "tls://", "redis+cluster://:secret@,/", "secret"])(
    "%s is none",
    async (address) => {
      const findings = await look(address);
      expect(findings[0]).toMatchObject({ name: "broker", verdict: "change" });
      expect(JSON.stringify(findings)).not.toContain("secret");
    },
  );
});
