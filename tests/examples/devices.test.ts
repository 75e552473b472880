// The devices of examples/plain-device, in Python and in C, against a server that asks more of them than most would.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { WebSocketServer } from "@tautline/node";
import type { Connection } from "@tautline/node";
import { describe, expect, it, onTestFinished } from "vitest";

import { scratch } from "../scratch.ts";

const run = promisify(execFile);

const pathOf = (name: string): string =>
  fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));

/** A server for devices; resolves with the first that comes. */
async function station(): Promise<{ port: number; device: Promise<Connection> }> {
  let welcome: (device: Connection) => void;
  const device = new Promise<Connection>((resolve) => (welcome = resolve));
  const server = new WebSocketServer({ onConnection: (connection) => welcome(connection) });
  const { port } = await server.listen({ port: 0, host: "127.0.0.1" });
  onTestFinished(() => server.shutdown());
  return { port, device };
}

/** Whether a program is on this machine. */
async function isThere(program: string): Promise<boolean> {
  return run(program, ["--version"]).then(
    () => true,
    () => false,
  );
}

const hasPython = await isThere("python3");
const hasCompiler = await isThere("cc");

describe("devices that speak plain WebSocket", () => {
  // Without an interpreter there is nothing to run; the device in C shows the same where there is a compiler.
  it.skipIf(!hasPython)(
    "in Python: it reports, answers a ping, obeys, and says goodbye",
    async () => {
      const { port, device } = await station();
      const ended = run("python3", [
        pathOf("plain-device/device.py"),
        `ws://127.0.0.1:${port}/`,
        "1",
      ]);
      const line = await device;
      const heard = line[Symbol.asyncIterator]();
      expect(JSON.parse(String((await heard.next()).value))).toEqual({ celsius: 21 });
      const ponged = new Promise<string>((resolve) => {
        line.onPong((payload) => resolve(String(Buffer.from(payload))));
      });
      line.ping("are you there?");
      expect(await ponged).toBe("are you there?");
      line.send("lamp on");
      line.send(`lamp ${"x".repeat(200)}`);
      line.close(1000);
      const { stdout } = await ended;
      expect(stdout.split("\n").slice(1)).toEqual(["lamp on", `lamp ${"x".repeat(200)}`, ""]);
      expect((await line.closed).code).toBe(1000);
    },
  );

  // Without a compiler there is nothing to run; the device in Python shows the same where there is an interpreter.
  it.skipIf(!hasCompiler)(
    "in C: it reports, answers a ping, prints an answer, and says goodbye",
    async () => {
      const { port, device } = await station();
      const program = join(scratch({}), "device");
      await run("cc", [
        "-Wall",
        "-Wextra",
        "-Werror",
        "-o",
        program,
        pathOf("plain-device/device.c"),
      ]);
      const ended = run(program, ["127.0.0.1", String(port), "/"]);
      const line = await device;
      expect((await line[Symbol.asyncIterator]().next()).value).toBe('{"celsius": 21}');
      const ponged = new Promise<string>((resolve) => {
        line.onPong((payload) => resolve(String(Buffer.from(payload))));
      });
      line.ping("hi");
      expect(await ponged).toBe("hi");
      line.send("lamp on");
      expect((await ended).stdout).toBe("lamp on\n");
      expect((await line.closed).code).toBe(1000);
    },
  );
});
