// sub, pub, token and doctor as real processes: pipes, exit codes, and what becomes of a reader that has gone.
import { serve } from "tautline";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";

import { Program } from "./program.ts";

const running: Program[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((program) => program.stop()));
});

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Program {
  const program = Program.tautline(args, env);
  running.push(program);
  return program;
}

async function start() {
  const channels = { historySize: 10, historyTtlMs: 60_000 };
  const server = await serve({ port: 0, page: false, hub: { channels } });
  onTestFinished(() => server.close());
  return server;
}

describe("tautline sub and pub", () => {
  it("carry lines from one pipe to another", async () => {
    const { url } = await start();
    const pub = run(["pub", "log", "--text", "--url", url]);
    pub.type("one\ntwo\n");
    pub.endInput();
    expect(await pub.ended).toEqual({ code: 0, signal: null });
    const history = run(["history", "log", "--url", url]);
    expect((await history.ended).code).toBe(0);
    const lines = history.stdout.trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { channel: "log", data: "one", offset: 1 },
      { channel: "log", data: "two", offset: 2 },
    ]);
    expect(history.stderr).toBe("");
  });

  it("end in order at a signal, with what has come printed", async () => {
    const server = await start();
    const sub = run(["sub", "lobby", "--url", server.url]);
    const there = () => server.hub.listChannels().entries.has("lobby");
    await expect.poll(there, { timeout: 15_000 }).toBe(true);
    await server.channel("lobby").publish(1);
    await sub.printed(/"data":1/u);
    sub.kill("SIGTERM");
    expect(await sub.ended).toEqual({ code: 0, signal: null });
  });
});

describe("tautline token", () => {
  const env = { TAUTLINE_TOKEN_HMAC_SECRET: "a secret of more than thirty-two bytes" };

  it("makes in one process what another reads", async () => {
    const make = run(["token", "make", "--user", "ann"], env);
    expect((await make.ended).code).toBe(0);
    const read = run(["token", "read"], env);
    read.type(make.stdout);
    read.endInput();
    expect((await read.ended).code).toBe(0);
    expect(read.stdout).toContain("Verified");
    const other = run(["token", "read", make.stdout.trim()], {
      TAUTLINE_TOKEN_HMAC_SECRET: "another secret of more than thirty-two bytes",
    });
    expect((await other.ended).code).toBe(1);
  });
});

describe("tautline doctor", () => {
  it("ends with 1 when something has to change, and prints no colours into a pipe", async () => {
    const doctor = run(["doctor", "--ping-seconds", "90"]);
    expect(await doctor.ended).toEqual({ code: 1, signal: null });
    expect(doctor.stdout).toContain("To change: ");
    expect(doctor.stdout).not.toContain("\u001b");
  });

  it("ends with 0 for a server that is small enough", async () => {
    const doctor = run(["doctor", "-n", "1", "--json"]);
    await doctor.ended;
    const { ok, findings } = JSON.parse(doctor.stdout) as { ok: boolean; findings: object[] };
    expect(findings.length).toBeGreaterThan(8);
    expect((await doctor.ended).code).toBe(ok ? 0 : 1);
  });
});
