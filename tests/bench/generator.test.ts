/**
 * The load generators notice what a server does wrong: a measurement of wrong, lost or doubled answers would be worth
 * nothing. Both are shown servers that lie, and one that does not.
 */
import { once } from "node:events";
import type { AddressInfo } from "node:net";

import { describe, expect, onTestFinished, test } from "vitest";
import { WebSocketServer } from "ws";

import { Generator } from "../../bench/src/generator.ts";
import type { GeneratorKind } from "../../bench/src/generator.ts";
import type { LoadSettings } from "../../bench/src/load-settings.ts";

/** Answers the `number`-th message of a connection with any number of messages. */
type Answers = (message: Buffer, number: number) => readonly Buffer[];

interface Faults {
  readonly answers?: Answers;
  /** Answers texts as binary. */
  readonly binary?: boolean;
}

async function startServer({ answers, binary = false }: Faults): Promise<number> {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: true });
  onTestFinished(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  server.on("connection", (socket) => {
    let number = 0;
    socket.on("error", () => undefined);
    socket.on("message", (message: Buffer) => {
      const all = answers?.(message, number) ?? [message];
      number += 1;
      for (const answer of all) socket.send(answer, { binary });
    });
  });
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

const anywhere = {
  text: "",
  pinned: false,
  server: (program: { command: string; args: readonly string[] }) => program,
  generator: (program: { command: string; args: readonly string[] }) => program,
};

const load: LoadSettings = {
  mode: "echo",
  connections: 2,
  depth: 4,
  bytes: 1100,
  kind: "json",
  warmup: 0,
  seconds: 0.3,
};

async function run(kind: GeneratorKind, faults: Faults, settings: LoadSettings = load) {
  const port = await startServer(faults);
  const generator = await Generator.find(kind, anywhere);
  return generator.run(settings, { port, pid: process.pid });
}

const changed = (message: Buffer): Buffer => {
  const copy = Buffer.from(message);
  copy[7] = 0x21;
  return copy;
};

/** Where the generator in C can be built it is tested, and elsewhere the one that takes its place. */
const buildable = (await Generator.find(undefined, anywhere)).kind;

describe.each([...new Set<GeneratorKind>([buildable, "node"])])("the generator %s", (kind) => {
  test("finds nothing wrong with a server that echoes", async () => {
    const { problem, result } = await run(kind, {});
    expect(problem).toBeUndefined();
    expect(result?.count).toBeGreaterThan(0);
    expect(result?.checked).toBeGreaterThan(0);
  });

  test("inflates what is compressed, with and without context takeover", async () => {
    for (const deflate of ["fresh", "browser"] as const) {
      const { problem, result } = await run(kind, {}, { ...load, deflate });
      expect(problem).toBeUndefined();
      expect(result?.extension).toContain("permessage-deflate");
      expect(result?.checked).toBeGreaterThan(0);
    }
  });

  test.each<{ name: string; faults: Faults; settings?: Partial<LoadSettings> }>([
    { name: "contents changed", faults: { answers: (message) => [changed(message)] } },
    {
      name: "contents changed in one message",
      faults: { answers: (message, number) => [number === 2 ? changed(message) : message] },
    },
    {
      name: "contents changed, compressed",
      faults: { answers: (message) => [changed(message)] },
      settings: { deflate: "fresh" },
    },
    {
      name: "a message doubled",
      faults: { answers: (message, number) => (number === 2 ? [message, message] : [message]) },
    },
    {
      name: "a message lost",
      faults: { answers: (message, number) => (number === 2 ? [] : [message]) },
    },
    { name: "a message cut", faults: { answers: (message) => [message.subarray(1)] } },
    { name: "text that comes back as binary", faults: { binary: true } },
  ])("notices $name", async ({ faults, settings }) => {
    const { problem } = await run(kind, faults, { ...load, ...settings });
    expect(problem).toMatch(/wrong|missing/);
  });
});
