// `tautline connect` on a terminal: what is typed is sent, and messages stand above what is being typed.
import { createServer } from "node:net";

import { WebSocketServer } from "@tautline/node";
import type { Connection } from "@tautline/node";
import { afterEach, describe, expect, it } from "vitest";

import { runProgram } from "../../../src/cli/main.ts";
import { FakeTerminal } from "../fake-terminal.ts";

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
