// `tautline connect` in a pipe, as a real process against a server in this one.
import { serve } from "tautline";
import type { TautlineServer } from "tautline";
import { WebSocketServer } from "@tautline/node";
import type { Connection, UpgradeRequest } from "@tautline/node";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { Program } from "./program.ts";

const nothing = (): void => undefined;

let server: TautlineServer;
const running: Program[] = [];
const peers: WebSocketServer[] = [];

beforeAll(async () => {
  server = await serve({ port: 0, page: false });
});

afterAll(() => server.close());

afterEach(async () => {
  await Promise.all(running.splice(0).map((program) => program.stop()));
  await Promise.all(peers.splice(0).map((peer) => peer.shutdown({ drainTimeoutMs: 0 })));
});

function start(...args: readonly string[]): Program {
  const program = Program.tautline(["connect", ...args]);
  running.push(program);
  return program;
}

/** A server that does what a test wants with each connection. */
async function peer(
  onConnection: (connection: Connection, request: UpgradeRequest) => void,
  subprotocols: readonly string[] = [],
): Promise<string> {
  const opened = new WebSocketServer({ onConnection, subprotocols });
  peers.push(opened);
  const { port } = await opened.listen({ port: 0, host: "127.0.0.1" });
  return `ws://127.0.0.1:${port}/`;
}

describe("tautline connect in a pipe", () => {
  it("sends each line, prints each answer, and closes when all have come", async () => {
    const program = start(`${server.url}/echo`, "--wait", "0");
    program.type("one\n\ntwo\r\nthree");
    program.endInput();
    expect(await program.ended).toEqual({ code: 0, signal: null });
    expect(program.stdout).toBe("one\n\ntwo\nthree\n");
    expect(program.stderr).toBe("");
  });

  it("sends bytes with --binary and prints bytes in hexadecimal", async () => {
    const program = start(`${server.url}/echo`, "--binary", "--wait", "0");
    program.type("héllo\n");
    program.endInput();
    await program.ended;
    expect(program.stdout).toBe("[6 bytes] 68 c3 a9 6c 6c 6f\n");
  });

  it("leaves the peer no power over the terminal", async () => {
    const url = await peer((connection) => {
      connection.send("\u001b]0;owned\u0007\u009b2J\u202etxt.exe\nsecond line");
      connection.close(1000, "bye\u001b[31m");
    });
    const program = start(url);
    await program.ended;
    expect(program.stdout).toBe("\\e]0;owned\\x07\\x9b2J\\u202etxt.exe\\nsecond line\n");
    expect(program.stdout + program.stderr).not.toContain("\u001b");
  });

  it("offers subprotocols and sends headers", async () => {
    const seen: unknown[] = [];
    const url = await peer(
      (connection, { headers }) => {
        seen.push(headers["x-one"], headers["x-two"], headers.origin, connection.subprotocol);
        connection.close(1000);
      },
      ["superchat"],
    );
    const { origin } = new URL(url.replace("ws:", "http:"));
    const subprotocols = ["-p", "chat", "--subprotocol", "superchat"];
    const headers = ["-H", "X-One: 1", "-H", "X-Two:2", "--origin", origin];
    const program = start(url, ...subprotocols, ...headers);
    expect((await program.ended).code).toBe(0);
    expect(seen).toEqual(["1", "2", origin, "superchat"]);
  });

  it("pings with --ping and tells how long it took", async () => {
    const program = start(`${server.url}/echo`, "--ping", "0.1");
    await program.printed(/Pong 1 after [\d.]+ ms/u, "stderr");
    program.endInput();
    expect((await program.ended).code).toBe(0);
    expect(program.stdout).toBe("");
  });

  it("waits for late answers until it has been quiet for --wait seconds", async () => {
    const url = await peer((connection) => {
      // The answer comes after the pong that tells that the question was seen.
      connection.onPing(() => setImmediate(() => connection.send("late")));
    });
    const program = start(url, "--wait", "0.5");
    program.endInput();
    expect((await program.ended).code).toBe(0);
    expect(program.stdout).toBe("late\n");
  });

  it("listens until the peer closes with --wait forever", async () => {
    let speak = nothing;
    const url = await peer((connection) => {
      speak = () => {
        connection.send("at last");
        connection.close(1000);
      };
      connection.send("ready");
    });
    const program = start(url, "--wait", "forever");
    program.endInput();
    await program.printed(/^ready\n/u);
    speak();
    expect((await program.ended).code).toBe(0);
    expect(program.stdout).toBe("ready\nat last\n");
  });

  it("ends when the peer closes, although its input is still open", async () => {
    const url = await peer((connection) => connection.close(1001));
    expect((await start(url).ended).code).toBe(0);
  });

  it("closes in order at Ctrl-C", async () => {
    let told: Promise<unknown> = Promise.resolve();
    const url = await peer((connection) => {
      told = connection.closed;
      connection.send("ready");
    });
    const program = start(url);
    await program.printed(/ready/u);
    program.kill("SIGINT");
    expect((await program.ended).code).toBe(0);
    expect(await told).toMatchObject({ code: 1000, wasClean: true });
  });

  const ends = [
    {
      name: "a code that is no good news",
      code: 1008,
      reason: "no",
      says: "1008, policy violation: no",
    },
    { name: "a code of the application", code: 4001, reason: "", says: "4001" },
  ];
  for (const { name, code, reason, says } of ends) {
    it(`ends with 1 for ${name}`, async () => {
      const program = start(await peer((connection) => connection.close(code, reason)));
      expect((await program.ended).code).toBe(1);
      expect(program.stderr).toContain(`Closed: ${says}`);
    });
  }

  it("ends with 1 when the connection is lost", async () => {
    const program = start(await peer((connection) => connection.terminate()));
    expect((await program.ended).code).toBe(1);
    expect(program.stderr).toContain("Closed: 1006");
  });

  it("ends with 1 and a reason when nothing listens or the server refuses", async () => {
    const closed = await peer(() => undefined);
    await Promise.all(peers.splice(0).map((one) => one.shutdown()));
    const nobody = start(closed);
    expect((await nobody.ended).code).toBe(1);
    expect(nobody.stderr).toMatch(/^tautline: cannot connect to .*: nothing listens there/u);
    const refused = start(`${server.url}/nowhere`);
    expect((await refused.ended).code).toBe(1);
    expect(refused.stderr).toMatch(/404/u);
  });
});
