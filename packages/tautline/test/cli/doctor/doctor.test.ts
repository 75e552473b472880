/** `tautline doctor`: what it says of numbers that are good and bad, and of brokers that are there, old, closed, or gone. */
import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";

import { describe, expect, it, onTestFinished } from "vitest";

import { lookAtBroker } from "../../../src/cli/doctor/broker.ts";
import type { Finding } from "../../../src/cli/doctor/finding.ts";
import { judgeNode } from "../../../src/cli/doctor/node-version.ts";
import { judgePings, proxies } from "../../../src/cli/doctor/proxies.ts";
import { judgeSystem } from "../../../src/cli/doctor/system.ts";
import { fileWith } from "../folder.ts";
import { run } from "../run.ts";

const verdicts = (findings: readonly Finding[]) => findings.map(({ verdict }) => verdict);

const roomy = {
  openFiles: 1_048_576,
  allFiles: Infinity,
  ports: [1024, 65_535],
  backlog: 4096,
} as const;

describe("the limits of a system", () => {
  it.each([
    { name: "room for all", facts: roomy, verdict: ["good", "good", "good", "good"] },
    { name: "nothing known", facts: {}, verdict: ["note", "note", "note", "note"] },
    {
      name: "few files",
      facts: { ...roomy, openFiles: 10_255, allFiles: 39_999 },
      verdict: ["change", "change", "good", "good"],
    },
    {
      name: "just enough files",
      facts: { ...roomy, openFiles: 10_256, allFiles: 40_000 },
      verdict: ["good", "good", "good", "good"],
    },
    {
      name: "few ports and a short backlog",
      facts: { ...roomy, ports: [60_000, 65_535], backlog: 128 } as const,
      verdict: ["good", "good", "change", "change"],
    },
  ])("with $name", ({ facts, verdict }) => {
    const findings = judgeSystem(facts, 10_000);
    expect(verdicts(findings)).toEqual(verdict);
    for (const finding of findings) {
      expect(finding.advice !== undefined).toBe(finding.verdict === "change");
    }
  });

  it("need more servers where one has no more ports", () => {
    const [, , ports] = judgeSystem(roomy, 1_000_000);
    expect(ports).toMatchObject({ verdict: "note", advice: expect.stringContaining("16 servers") });
  });

  it("are told with the command that changes them", () => {
    const [files] = judgeSystem({ openFiles: 1024 }, 5000);
    expect(files?.advice).toContain("ulimit -n 5256");
  });
});

describe("pings", () => {
  it("of every 25 seconds pass all proxies, which say where it is written", () => {
    const findings = judgePings(25);
    expect(verdicts(findings)).toEqual(proxies.map(() => "good"));
    expect(findings.every(({ source }) => source?.startsWith("https://"))).toBe(true);
  });

  it.each([
    { seconds: 46, cut: ["HAProxy"] },
    { seconds: 60, cut: ["nginx", "AWS", "HAProxy"] },
    { seconds: 120, cut: ["nginx", "AWS", "HAProxy", "Cloudflare"] },
    { seconds: 0, cut: ["nginx", "AWS", "HAProxy", "Cloudflare", "Azure"] },
  ])("of every $seconds seconds are too few for $cut", ({ seconds, cut }) => {
    const wrong = judgePings(seconds).filter(({ verdict }) => verdict === "change");
    expect(wrong.map(({ name }) => /through (\w+)/u.exec(name)?.[1])).toEqual(cut);
  });
});

describe("Node.js", () => {
  const now = Date.UTC(2026, 10, 1);
  it.each([
    { version: "18.20.0", verdict: "change" },
    { version: "20.18.9", verdict: "change" },
    { version: "20.19.0", verdict: "note" },
    { version: "22.22.0", verdict: "good" },
    { version: "26.1.0", verdict: "good" },
  ])("$version is $verdict", ({ version, verdict }) => {
    expect(judgeNode(version, now).verdict).toBe(verdict);
  });
});

/** A server that answers what it hears; gives its port. */
async function listening(meet: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on("error", () => undefined));
    meet(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

const now = Date.UTC(2026, 0, 31);

const look = (address: string | undefined, timeoutMs = 10_000) =>
  lookAtBroker({ address, timeoutMs, nowMs: () => now });

/** Redis' answers to AUTH, INFO and TIME (RESP2), in pieces. */
function redis(version: string, seconds: number, password?: string) {
  return (socket: Socket) => {
    const info = `# Server\r\nredis_version:${version}\r\nredis_mode:standalone\r\n`;
    const time = `*2\r\n$${String(seconds).length}\r\n${seconds}\r\n$1\r\n7\r\n`;
    socket.once("data", (heard) => {
      if (password !== undefined && !String(heard).includes(`\r\n${password}\r\n`)) {
        socket.write("-NOAUTH Authentication required.\r\n");
        return;
      }
      const ok = password === undefined ? "" : "+OK\r\n";
      const answer = `${ok}$${info.length}\r\n${info}\r\n${time}`;
      socket.write(answer.slice(0, 20));
      setImmediate(() => socket.write(answer.slice(20)));
    });
  };
}

describe("Redis", () => {
  it.each([
    { version: "7.2.4", apart: 0, verdict: ["good", "good"] },
    { version: "6.2.0", apart: 5, verdict: ["good", "good"] },
    { version: "6.0.16", apart: 0, verdict: ["change", "good"] },
    { version: "7.0.0", apart: -60, verdict: ["good", "change"] },
  ])("$version, $apart s apart, is $verdict", async ({ version, apart, verdict }) => {
    const port = await listening(redis(version, now / 1000 + apart));
    const findings = await look(`redis://127.0.0.1:${port}`);
    expect(verdicts(findings)).toEqual(verdict);
    expect(findings[0]?.found).toBe(version);
  });

  it("is let in with its password, and never tells it", async () => {
    const port = await listening(redis("7.2.4", now / 1000, "hunter 2"));
    expect(verdicts(await look(`redis://ann:hunter%202@127.0.0.1:${port}`))).toEqual([
      "good",
      "good",
    ]);
    const wrong = await look(`redis://ann:hunter3@127.0.0.1:${port}`);
    expect(wrong[0]).toMatchObject({
      verdict: "change",
      found: `redis://127.0.0.1:${port} cannot be used: NOAUTH Authentication required.`,
    });
    expect(JSON.stringify(wrong)).not.toContain("hunter");
  });

  it.each([
    { name: "says nothing", meet: () => undefined, timeoutMs: 50, says: "no answer within 50 ms" },
    {
      name: "hangs up",
      meet: (socket: Socket) => socket.end(),
      timeoutMs: 10_000,
      says: "hung up",
    },
  ])("that $name is told", async ({ meet, timeoutMs, says }) => {
    const port = await listening(meet);
    const [finding] = await look(`redis://127.0.0.1:${port}`, timeoutMs);
    expect(finding).toMatchObject({ verdict: "change", found: expect.stringContaining(says) });
  });

  it("that is not there is told", async () => {
    const [finding] = await look("redis://127.0.0.1:1");
    expect(finding).toMatchObject({
      verdict: "change",
      found: expect.stringContaining("ECONNREFUSED"),
    });
  });
});

function nats(info: object, answer: string) {
  return (socket: Socket) => {
    socket.write(`INFO ${JSON.stringify(info)} \r\n`);
    socket.once("data", () => socket.write(answer));
  };
}

describe("NATS", () => {
  it.each([
    { info: { version: "2.10.0", jetstream: true }, answer: "PONG\r\n", verdict: "good" },
    { info: { version: "2.10.0" }, answer: "PONG\r\n", verdict: "note" },
    {
      info: { version: "2.10.0" },
      answer: "-ERR 'Authorization Violation'\r\n",
      verdict: "change",
    },
  ])("that says $info and $answer is $verdict", async ({ info, answer, verdict }) => {
    const port = await listening(nats(info, answer));
    const [finding, clock] = await look(`nats://127.0.0.1:${port}`);
    expect(finding?.verdict).toBe(verdict);
    expect(clock?.verdict).toBe("note");
  });
});

describe("the command", () => {
  it("prints JSON, and ends with 1 when something has to change", async () => {
    const { code, out } = await run(["doctor", "--json", "--ping-seconds", "90"]);
    expect(code).toBe(1);
    const said = JSON.parse(out) as { ok: boolean; findings: Finding[] };
    expect(said.ok).toBe(false);
    expect(said.findings.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["Node.js", "open files of the process", "clock"]),
    );
  });

  it("says for people what to change, and where it is written", async () => {
    const { out } = await run(["doctor", "--ping-seconds", "90"]);
    expect(out).toContain("change  pings through nginx: every 90 s");
    expect(out).toContain(
      "→ --ping-seconds of at most 55 for tautline serve, or more for proxy_read_timeout",
    );
    expect(out).toContain("https://nginx.org/");
    expect(out).toMatch(/To change: \d+\.\n$/u);
  });

  it("takes the broker from where the server has it", async () => {
    const file = await fileWith('{"broker":"redis://127.0.0.1:1"}', "tautline.json");
    for (const { args, env } of [
      { args: ["--broker", "redis://127.0.0.1:1"], env: {} },
      { args: [], env: { TAUTLINE_BROKER: "redis://127.0.0.1:1" } },
      { args: ["--config", file], env: {} },
    ]) {
      const { code, out } = await run(["doctor", ...args], { env });
      expect(code).toBe(1);
      expect(out).toContain("Redis: redis://127.0.0.1:1 cannot be used");
    }
  });

  it("takes the pings from where the server has them", async () => {
    const file = await fileWith('{"pingSeconds":90}', "tautline.json");
    for (const { args, env } of [
      { args: ["--ping-seconds", "90"], env: { TAUTLINE_PING_SECONDS: "10" } },
      { args: [], env: { TAUTLINE_PING_SECONDS: "90" } },
      { args: ["--config", file], env: {} },
    ]) {
      const { out } = await run(["doctor", ...args], { env });
      expect(out).toContain("change  pings through nginx: every 90 s");
    }
  });

  it.each([
    { line: ["doctor", "x"], says: "doctor takes no operand" },
    { line: ["doctor", "-n", "0"], says: "--connections takes a whole number" },
    { line: ["doctor", "--ping-seconds", "x"], says: "--ping-seconds takes a whole number" },
  ])("says what is wrong: $line", async ({ line, says }) => {
    const { code, err } = await run(line);
    expect([code, err]).toEqual([2, expect.stringContaining(says)]);
  });
});
