// `tautline serve` as a real process: addresses, health, ports that are taken, and the end.
import { createServer } from "node:net";

import { connect } from "@tautline/node";
import { afterEach, describe, expect, it } from "vitest";

import { Program, startServer } from "./program.ts";

const running: Program[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((program) => program.stop()));
});

async function serve(args?: readonly string[]) {
  const started = await startServer(args);
  running.push(started.program);
  return started;
}

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Program {
  const program = Program.tautline(args, env);
  running.push(program);
  return program;
}

describe("tautline serve", () => {
  it("prints its addresses, says that it is open, and serves them", async () => {
    const { program, origin } = await serve();
    await program.printed(/Ctrl-C stops/u);
    expect(program.stdout).toContain(`${origin.replace("http", "ws")}/echo`);
    expect(program.stdout).toContain(`${origin.replace("http", "ws")}/broadcast`);
    expect(program.stdout).toContain(`${origin.replace("http", "ws")}/connection/websocket`);
    expect(program.stdout).toMatch(/Open: every program on this machine may connect/u);
    expect((await fetch(`${origin}/healthz`)).status).toBe(200);
    expect(await (await fetch(origin)).text()).toContain("<title>Tautline</title>");
    expect((await fetch(`${origin}/nothing`)).status).toBe(404);
  });

  it("prints no colours into a pipe", async () => {
    const { program } = await serve();
    await program.printed(/Ctrl-C stops/u);
    expect(program.stdout).not.toContain("\u001b");
  });

  it("takes the port from PORT, and from --port before that", async () => {
    const { port } = await serve();
    const byVariable = run(["serve"], { PORT: String(port) });
    await byVariable.ended;
    expect(byVariable.stderr).toContain(`port ${port} is taken`);
    const byFlag = run(["serve", "--port", "0"], { PORT: String(port) });
    await byFlag.printed(/http:\/\/localhost:\d+/u);
  });

  it("says in one line what to do when the port is taken, and ends with 1", async () => {
    const { port } = await serve();
    const second = run(["serve", "--port", String(port)]);
    expect(await second.ended).toEqual({ code: 1, signal: null });
    expect(second.stdout).toBe("");
    expect(second.stderr).toBe(
      `tautline: port ${port} is taken. Stop the program that has it, or choose another: --port ${port > 65_000 ? 8080 : port + 1}\n`,
    );
  });

  it("says so too when another kind of program has the port", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const address = other.address();
    const port = typeof address === "object" ? address?.port : undefined;
    const program = run(["serve", "--port", String(port)]);
    expect((await program.ended).code).toBe(1);
    expect(program.stderr).toContain(`port ${port} is taken`);
    await new Promise((resolve) => other.close(resolve));
  });

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`closes its clients and ends with 0 at ${signal}`, async () => {
      const { program, origin } = await serve();
      const address = origin.replace("http", "ws");
      const echo = await connect(`${address}/echo`);
      const broadcast = await connect(`${address}/broadcast`);
      const hub = await connect(`${address}/connection/websocket`);
      hub.send('{"id":1,"connect":{}}');
      for await (const first of hub) {
        expect(first).toContain('"connect"');
        break;
      }
      program.kill(signal);
      expect(await echo.closed).toMatchObject({ code: 1001, wasClean: true });
      expect(await broadcast.closed).toMatchObject({ code: 1001, wasClean: true });
      // The code of the hub's protocol that brings clients back.
      expect(await hub.closed).toMatchObject({ code: 3001, wasClean: true });
      expect(await program.ended).toEqual({ code: 0, signal: null });
    });
  }

  it("takes a signal that comes twice at once, as npm passes Ctrl-C on, for one", async () => {
    const { program, origin } = await serve();
    const stubborn = await connect(`${origin.replace("http", "ws")}/echo`);
    stubborn.pause();
    program.kill("SIGINT");
    await program.printed(/Stopping/u, "stderr");
    program.kill("SIGINT");
    await program.printed(/Once more forces/u, "stderr");
    stubborn.resume();
    expect(await program.ended).toEqual({ code: 0, signal: null });
  });

  it("is forced by a second signal when a client does not answer", async () => {
    const { program, origin } = await serve();
    const stubborn = await connect(`${origin.replace("http", "ws")}/echo`);
    // A client that reads nothing never sees the Close frame, so never answers it.
    stubborn.pause();
    program.kill("SIGINT");
    await program.printed(/Once more forces/u, "stderr");
    program.kill("SIGINT");
    expect((await program.ended).code).toBe(1);
    stubborn.terminate();
  });
});

describe("tautline", () => {
  it("ends with 2 for a wrong command line", async () => {
    const program = run(["serve", "--prot", "9000"]);
    expect(await program.ended).toEqual({ code: 2, signal: null });
    expect(program.stderr).toBe("tautline: Unknown option '--prot'. See: tautline serve --help\n");
  });

  it("shows its version", async () => {
    const program = run(["--version"]);
    expect((await program.ended).code).toBe(0);
    expect(program.stdout).toMatch(/^\d+\.\d+\.\d+\n$/u);
  });
});
