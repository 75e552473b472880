// `tautline connect --record`, `--replay` and `--show-frames`: a session kept, said again, and seen frame by frame.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { WebSocketServer } from "@tautline/node";
import type { Connection } from "@tautline/node";
import { afterEach, describe, expect, it, onTestFinished } from "vitest";

import { runProgram } from "../../../src/cli/main.ts";
import { FakeTerminal } from "../fake-terminal.ts";

const servers: WebSocketServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.shutdown({ drainTimeoutMs: 0 })));
});

function echo(connection: Connection): void {
  connection.onMessage((message) => void connection.send(message));
}

async function serve(onConnection: (connection: Connection) => void = echo): Promise<string> {
  const server = new WebSocketServer({ onConnection });
  servers.push(server);
  const { port } = await server.listen({ port: 0, host: "127.0.0.1" });
  return `ws://127.0.0.1:${port}/`;
}

async function fileNamed(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "tautline-record-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, name);
}

async function connect(args: readonly string[], input = "") {
  const terminal = new FakeTerminal();
  terminal.stdin.end(input);
  const code = await runProgram(["connect", ...args, "--wait", "0"], terminal);
  return { code, terminal };
}

const entry = (members: object): string => `${JSON.stringify(members)}\n`;

/** The messages of a recording, without their times and in any order. */
const said = async (path: string) =>
  (await readFile(path, "utf8")).match(/"from":.*(?=\})/g)?.toSorted();

describe("--record", () => {
  it("writes what is said as JSON lines, from opening to closing", async () => {
    const file = await fileNamed("talk.jsonl");
    const url = await serve((connection) => {
      connection.onMessage(() => {
        connection.send("héllo");
        connection.send(Uint8Array.of(0, 255));
      });
    });
    expect((await connect([url, "--record", file], "hi\n")).code).toBe(0);
    const lines = (await readFile(file, "utf8")).trimEnd().split("\n");
    const entries: unknown[] = lines.map((line): unknown => JSON.parse(line));
    expect(entries).toMatchObject([
      { kind: "open", url, subprotocol: "" },
      { kind: "message", from: "client", text: "hi" },
      { kind: "message", from: "server", text: "héllo" },
      { kind: "message", from: "server", base64: "AP8=" },
      { kind: "close", code: 1000, reason: "" },
    ]);
    expect(entries.every((one) => typeof (one as { atMs: unknown }).atMs === "number")).toBe(true);
  });

  it("says when the file cannot be written, before it connects", async () => {
    const { code, terminal } = await connect(["ws://127.0.0.1:1/", "--record", "/nowhere/x"]);
    expect(code).toBe(1);
    expect(terminal.err).toBe("tautline: cannot record to '/nowhere/x' (ENOENT)\n");
  });
});

describe("--replay", () => {
  it("sends what the client sent, text and bytes, and ends", async () => {
    const file = await fileNamed("talk.jsonl");
    await writeFile(
      file,
      [
        entry({ atMs: 0, kind: "open", url: "ws://elsewhere/", subprotocol: "" }),
        entry({ atMs: 1, kind: "message", from: "client", text: "one" }),
        entry({ atMs: 2, kind: "message", from: "server", text: "not sent" }),
        entry({ atMs: 3, kind: "message", from: "client", base64: "AP8=" }),
        entry({ atMs: 4, kind: "close", code: 1000, reason: "" }),
      ].join(""),
    );
    const { code, terminal } = await connect([await serve(), "--replay", file], "not read\n");
    expect(code).toBe(0);
    expect(terminal.out).toBe("one\n[2 bytes] 00 ff\n");
  });

  it("plays a recording of its own", async () => {
    const [file, again] = [await fileNamed("one.jsonl"), await fileNamed("two.jsonl")];
    const url = await serve();
    await connect([url, "--record", file], "one\ntwo\n");
    await connect([url, "--replay", file, "--speed", "0", "--record", again]);
    expect(await said(again)).toEqual(await said(file));
  });

  it("skips pauses with --speed 0, and stops waiting when the connection is over", async () => {
    const file = await fileNamed("slow.jsonl");
    await writeFile(
      file,
      [0, 3_600_000]
        .map((atMs) => entry({ atMs, kind: "message", from: "client", text: "x" }))
        .join(""),
    );
    const fast = await connect([await serve(), "--replay", file, "--speed", "0"]);
    expect(fast.terminal.out).toBe("x\nx\n");
    const leaving = await serve((connection) => connection.onMessage(() => connection.close(1001)));
    expect((await connect([leaving, "--replay", file])).code).toBe(0);
  });

  for (const [name, text] of [
    ["no JSON", "hello\n"],
    ["no record", '{"a":1}\n'],
    ["no message", entry({ kind: "message", from: "client", text: 7 })],
  ] as const) {
    it(`says which line is wrong: ${name}`, async () => {
      const file = await fileNamed("bad.jsonl");
      await writeFile(file, `${entry({ kind: "open" })}\n${text}`);
      const { code, terminal } = await connect(["ws://127.0.0.1:1/", "--replay", file]);
      expect(code).toBe(1);
      expect(terminal.err).toContain(`'${file}': line 3 is no line of a recording`);
    });
  }

  it("says when there is no file", async () => {
    const { terminal } = await connect(["ws://127.0.0.1:1/", "--replay", "/nowhere/x"]);
    expect(terminal.err).toBe("tautline: cannot replay '/nowhere/x' (ENOENT)\n");
  });
});

describe("--show-frames", () => {
  it("shows handshake and frames beside the messages", async () => {
    const { code, terminal } = await connect([await serve(), "--show-frames"], "hello\n");
    expect(code).toBe(0);
    expect(terminal.out).toBe("hello\n");
    expect(terminal.err).toContain("GET / HTTP/1.1");
    expect(terminal.err).toContain(" as received");
    expect(terminal.err).toMatch(/→ text {5}FIN {7}5 bytes {2}mask [0-9a-f]{8} {2}hello\n/);
    expect(terminal.err).toMatch(/← text {5}FIN {7}5 bytes {2}hello\n/);
    expect(terminal.err).toMatch(/→ close .* 1000, normal closure\n/);
  });

  it("says why the server cannot be reached, as without it", async () => {
    const url = await serve();
    await Promise.all(servers.splice(0).map((server) => server.shutdown({ drainTimeoutMs: 0 })));
    const { code, terminal } = await connect([url, "--show-frames"]);
    expect(code).toBe(1);
    expect(terminal.err).toContain("nothing listens there");
  });
});

describe("on a terminal", () => {
  it("a line that ends with a backslash goes on in the next", async () => {
    const received: unknown[] = [];
    const url = await serve((connection) => {
      connection.onMessage((message) => {
        received.push(message);
        connection.send("heard");
      });
    });
    const terminal = new FakeTerminal({ tty: true, env: { NO_COLOR: "1" } });
    const exitCode = runProgram(["connect", url], terminal);
    await terminal.printed("Ctrl-D closes");
    terminal.stdin.write("one\\\r");
    await terminal.printed("… ");
    terminal.stdin.write("two\r");
    await terminal.printed("< heard");
    expect(received).toEqual(["one\ntwo"]);
    terminal.stdin.write("\u0004");
    expect(await exitCode).toBe(0);
  });
});
