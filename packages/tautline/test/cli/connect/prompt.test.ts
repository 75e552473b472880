// `tautline connect` on a terminal: what is typed is sent, and messages stand above what is being typed.
import { mkdir, readFile, stat } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";

import { WebSocketServer } from "@tautline/node";
import type { Connection } from "@tautline/node";
import { afterEach, describe, expect, it } from "vitest";

import { runProgram } from "../../../src/cli/main.ts";
import { FakeTerminal } from "../fake-terminal.ts";
import { folderWith } from "../folder.ts";

const servers: WebSocketServer[] = [];

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.shutdown({ drainTimeoutMs: 0 })));
});

async function peer(onConnection: (connection: Connection) => void): Promise<string> {
  const server = new WebSocketServer({ onConnection });
  servers.push(server);
  const { port } = await server.listen({ port: 0, host: "127.0.0.1" });
  return `ws://127.0.0.1:${port}/`;
}

const nothing = (): void => undefined;
const plain = { tty: true, env: { NO_COLOR: "1" } };

describe("the prompt", () => {
  it("sends what is typed and prints what comes", async () => {
    const url = await peer((connection) => {
      connection.onMessage((data) => connection.send(`you said ${String(data)}`));
    });
    const terminal = new FakeTerminal(plain);
    const exitCode = runProgram(["connect", url], terminal);
    await terminal.printed("Ctrl-D closes");
    terminal.stdin.write("hello\r");
    await terminal.printed("< you said hello\n");
    // Ctrl-D
    terminal.stdin.write("\u0004");
    expect(await exitCode).toBe(0);
    expect(terminal.out).toContain("Closed: 1000, normal closure");
  });

  it("prints a message above a half-typed line, and puts the line back", async () => {
    const terminal = new FakeTerminal(plain);
    const received: unknown[] = [];
    let speak = nothing;
    const url = await peer((connection) => {
      speak = () => connection.send("meanwhile");
      connection.onMessage((data) => {
        received.push(data);
        connection.send("heard");
      });
    });
    const exitCode = runProgram(["connect", url], terminal);
    await terminal.printed("Ctrl-D closes");
    terminal.stdin.write("half a li");
    await terminal.printed("half a li");
    speak();
    // Column 1, everything below wiped, the message, and the prompt with what was typed.
    await terminal.printed("\u001b[1G\u001b[0J< meanwhile\n");
    await terminal.printed("> half a li\u001b[12G");
    terminal.stdin.write("ne\r");
    await terminal.printed("< heard");
    expect(received).toEqual(["half a line"]);
    terminal.stdin.write("\u0003");
    expect(await exitCode).toBe(0);
  });

  it("wipes every row of a long half-typed line", async () => {
    const terminal = new FakeTerminal(plain);
    let speak = nothing;
    const url = await peer((connection) => {
      speak = () => connection.send("meanwhile");
    });
    const exitCode = runProgram(["connect", url], terminal);
    await terminal.printed("Ctrl-D closes");
    terminal.stdin.write("x".repeat(200));
    await terminal.printed("x".repeat(100));
    speak();
    // 202 columns in 80: the cursor is two rows below the prompt.
    await terminal.printed("\u001b[2A\u001b[1G\u001b[0J< meanwhile\n");
    terminal.stdin.write("\u0003");
    expect(await exitCode).toBe(0);
  });

  it("gives up connecting at Ctrl-C", async () => {
    const terminal = new FakeTerminal(plain);
    // A port that takes connections and never answers the handshake.
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const address = silent.address();
    const port = typeof address === "object" ? address?.port : undefined;
    const taken = new Promise<void>((resolve) => silent.once("connection", () => resolve()));
    const exitCode = runProgram(["connect", `ws://127.0.0.1:${port}/`], terminal);
    await taken;
    terminal.signal("SIGINT");
    expect(await exitCode).toBe(1);
    expect(terminal.err).toContain("interrupted");
    await new Promise((resolve) => silent.close(resolve));
  });
});

const arrowUp = "\u001b[A";

async function echoPeer(): Promise<string> {
  return peer((connection) => {
    connection.onMessage((data) => void connection.send(`you said ${String(data)}`));
  });
}

interface Session {
  readonly state: string;
  readonly flags?: readonly string[];
  /** Typed one after the other, each when the last one has been answered. */
  readonly lines: readonly string[];
  /** What the server is told of each; as it was typed where nothing else is said. */
  readonly answers?: readonly string[];
}

async function session({ state, flags = [], lines, answers = lines }: Session): Promise<string> {
  const url = await echoPeer();
  const terminal = new FakeTerminal({ tty: true, env: { NO_COLOR: "1", XDG_STATE_HOME: state } });
  const exitCode = runProgram(["connect", url, ...flags], terminal);
  await terminal.printed("Ctrl-D closes");
  for (const [index, line] of lines.entries()) {
    terminal.stdin.write(`${line}\r`);
    await terminal.printed(`< you said ${answers[index]}\n`);
  }
  terminal.stdin.write("\u0004");
  expect(await exitCode).toBe(0);
  return terminal.out;
}

const kept = (state: string): Promise<string> =>
  readFile(join(state, "tautline", "history"), "utf8");

describe("lines of earlier sessions", () => {
  it("come back with the arrow keys", async () => {
    const state = await folderWith({});
    await session({ state, lines: ["first", "second"] });
    expect(await kept(state)).toBe("first\nsecond\n");
    const { mode } = await stat(join(state, "tautline", "history"));
    expect(mode & 0o777).toBe(0o600);
    await session({ state, lines: [arrowUp + arrowUp], answers: ["first"] });
    expect(await kept(state)).toBe("second\nfirst\n");
  });

  it("are not kept when they begin with a space, with what goes on from them", async () => {
    const state = await folderWith({});
    const lines = [" hidden \\\rpart", "open \\\rpart two"];
    const answers = [" hidden \\npart", "open \\npart two"];
    await session({ state, lines, answers });
    expect(await kept(state)).toBe("open \\\npart two\n");
  });

  it("have nothing of the command line among them", async () => {
    const state = await folderWith({});
    await session({ state, flags: ["-H", "Authorization: Bearer s3cret"], lines: ["hello"] });
    expect(await kept(state)).toBe("hello\n");
  });

  it("are neither kept nor brought back with --no-history", async () => {
    const state = await folderWith({});
    await session({ state, lines: ["before"] });
    await session({ state, flags: ["--no-history"], lines: [`${arrowUp}x`], answers: ["x"] });
    expect(await kept(state)).toBe("before\n");
  });

  it("are missed by nobody when they cannot be kept", async () => {
    const state = await folderWith({ file: "" });
    // A directory where the file would be, and a file where the directory would be.
    await mkdir(join(state, "tautline", "history"), { recursive: true });
    await session({ state, lines: ["hello", "again"] });
    await session({ state: join(state, "file"), lines: ["hello", "again"] });
    expect(await readFile(join(state, "file"), "utf8")).toBe("");
  });
});
