// `tautline bench`, from the command line to the report.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { WebSocketServer } from "@tautline/node";
import type { Connection, ServerOptions } from "@tautline/node";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";

import { benchReport } from "../../../src/cli/bench/html-report.ts";
import { resultText } from "../../../src/cli/bench/result-text.ts";
import type { BenchResult } from "../../../src/cli/bench/result.ts";
import { runProgram } from "../../../src/cli/main.ts";
import { styleFor } from "../../../src/cli/style.ts";
import { FakeTerminal } from "../fake-terminal.ts";

const servers: WebSocketServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.shutdown({ drainTimeoutMs: 0 })));
});

async function serve(options: ServerOptions): Promise<string> {
  const server = new WebSocketServer(options);
  servers.push(server);
  const { port } = await server.listen({ port: 0, host: "127.0.0.1" });
  return `ws://127.0.0.1:${port}/`;
}

function onConnection(connection: Connection): void {
  connection.onMessage((message) => void connection.send(message));
}

async function bench(args: readonly string[], tty = false) {
  const terminal = new FakeTerminal({ tty });
  const code = await runProgram(["bench", ...args, "-d", "0.2", "--ramp", "0.01"], terminal);
  return { code, terminal };
}

/** So that nothing depends on how fast a machine is. */
const result: BenchResult = {
  plan: {
    url: new URL("ws://a.example/<echo>"),
    connections: 3,
    rate: 100,
    size: 1024,
    durationMs: 2000,
    rampMs: 0,
  },
  startedAt: new Date(0),
  durationMs: 2000,
  opened: 2,
  failures: { "nothing listens there": 1 },
  sent: 200,
  echoed: 199,
  unanswered: 1,
  unsent: 5,
  latency: { least: 10, mean: 300, p50: 100, p90: 900, p99: 1500, p999: 2000, most: 2500 },
  bars: [
    { from: 64, to: 128, count: 190 },
    { from: 128, to: 256, count: 0 },
    { from: 256, to: 512, count: 9 },
  ],
  quantiles: [
    [0, 10],
    [0.5, 100],
    [1, 2500],
  ],
  spans: [
    { atMs: 0, echoesPerSecond: 99, p50: 90, p99: 1400 },
    { atMs: 1000, echoesPerSecond: 100, p50: 110, p99: 1600 },
  ],
};

describe("tautline bench", () => {
  it("measures echoes at a rate, and says so in JSON", async () => {
    const url = await serve({ onConnection });
    const { code, terminal } = await bench([url, "-c", "4", "-r", "100", "-s", "10", "--json"]);
    expect(code).toBe(0);
    const measured = JSON.parse(terminal.out) as BenchResult;
    expect(measured).toMatchObject({
      plan: { url, connections: 4, rate: 100, size: 10, durationMs: 200 },
      opened: 4,
      failures: {},
      sent: measured.echoed,
      unanswered: 0,
      unsent: 0,
    });
    // One more on a connection whose next message is due in the very last moment.
    expect([20, 21, 22, 23, 24]).toContain(measured.sent);
  });

  it("goes as fast as echoes come, with a bar on a terminal and a page with charts", async () => {
    const folder = await mkdtemp(join(tmpdir(), "tautline-bench-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const file = join(folder, "load.html");
    const url = await serve({ onConnection });
    const { code, terminal } = await bench([url, "-c", "2", "--binary", "--report", file], true);
    expect(code).toBe(0);
    expect(terminal.out).toMatch(/echoes a second/);
    expect(terminal.out).toContain("█");
    expect(terminal.err).toContain("2 of 2 connections");
    expect(await readFile(file, "utf8")).toContain("<svg");
  });

  it("tells of connections that are refused and of ones that are lost", async () => {
    const refusing = await serve({ onConnection, maxConnections: 2 });
    const refused = await bench([refusing, "-c", "4", "-r", "20", "--json"]);
    expect(refused.code).toBe(1);
    expect(JSON.parse(refused.terminal.out)).toMatchObject({ opened: 2 });
    let count = 0;
    const leaving = await serve({
      onConnection: (connection) => {
        const mine = count++;
        connection.onMessage((message) => {
          if (mine === 2) connection.close(1001);
          else connection.send(message);
        });
      },
    });
    const lost = await bench([leaving, "-c", "3", "-r", "60", "--json"]);
    expect(lost.code).toBe(1);
    expect(JSON.parse(lost.terminal.out)).toMatchObject({
      failures: { "lost with 1001": 1 },
      // A number, so that JSON has it.
      unsent: expect.any(Number),
    });
  });

  it("says when there is nothing that echoes", async () => {
    const url = await serve({ onConnection: (connection) => connection.close(1000) });
    const mute = await bench([url]);
    expect(mute.code).toBe(1);
    expect(mute.terminal.err).toContain("it does not send back what it gets");
    await Promise.all(servers.splice(0).map((server) => server.shutdown({ drainTimeoutMs: 0 })));
    const nobody = await bench([url]);
    expect(nobody.terminal.err).toContain(`cannot load ${url}: nothing listens there`);
  });

  it("ends at Ctrl-C with what it has", async () => {
    const terminal = new FakeTerminal();
    let seen = 0;
    const url = await serve({
      onConnection: (connection) => {
        connection.onMessage((message) => {
          seen += 1;
          if (seen === 10) terminal.signal("SIGINT");
          connection.send(message);
        });
      },
    });
    const args = ["bench", url, "-c", "1", "-d", "3600", "--ramp", "0"];
    expect(await runProgram(args, terminal)).toBe(0);
    expect(terminal.out).toMatch(/echoes a second/);
  });
});

describe("a result", () => {
  it("is told in text", () => {
    const text = resultText(result, styleFor({ isTTY: false }, {}));
    expect(text).toBe(`100 echoes a second, 0.10 MiB/s each way; 199 in 2.0 s over 2 connections
latency  p50 100 µs  p90 900 µs  p99 1.50 ms  p99.9 2.00 ms  max 2.50 ms
latency counts from when a message was due at 100 a second, so a server that stalls does not hide it
      64 µs – 128 µs ${"█".repeat(40)} 190
     128 µs – 256 µs  0
     256 µs – 512 µs ██ 9
trouble 2 of 3 connections opened
trouble 1 × nothing listens there
trouble 1 messages were not answered
trouble 5 messages were due and not sent: the server does not keep up
`);
  });

  it("is a page that stands by itself", () => {
    const page = benchReport(result);
    expect(page).toContain("ws://a.example/%3Cecho%3E");
    expect(page.match(/<svg/g)).toHaveLength(4);
    expect(page.match(/<polyline/g)).toHaveLength(4);
    expect(page).not.toMatch(/<script|\bsrc=|\bhref=|url\(|NaN|Infinity/);
  });

  it("may be of nothing", () => {
    const nothing = { ...result, echoed: 0, bars: [], spans: [], quantiles: [] };
    expect(benchReport(nothing)).not.toMatch(/NaN|Infinity/);
    expect(resultText(nothing, styleFor({ isTTY: false }, {}))).toContain("nothing came back");
  });
});
