/**
 * Servers in workers of node:cluster, whose ports belong to the primary: the handles that they accept come from elsewhere, and the
 * fast path takes them all the same.
 */
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { open } from "../../packages/node/test/servers.ts";
import { Program } from "../cli/program.ts";

const twoWorkers = fileURLToPath(new URL("two-workers.mjs", import.meta.url));

interface Answer {
  readonly worker: string;
  /** How many sockets Node.js has made in it. */
  readonly sockets: number;
  readonly text: string;
}

/** Sends `text` on a new connection; what a worker says to it, and how to tell that worker more. */
async function ask(url: string, text: string): Promise<Answer & { stop: () => Promise<unknown> }> {
  const connection = await open(url);
  const messages = connection[Symbol.asyncIterator]();
  connection.send(text);
  const { value } = await messages.next();
  const [worker = "", sockets = "", ...rest] = String(value).split(" ");
  const stop = (): Promise<unknown> => {
    connection.send("stop");
    return connection.closed;
  };
  return { worker, sockets: Number(sockets), text: rest.join(" "), stop };
}

describe.each([
  { policy: "rr", handing: "the primary hands out connections" },
  { policy: "none", handing: "workers accept from one handle" },
])("two workers of a cluster, where $handing", ({ policy }) => {
  it.each([
    { sockets: "fast", made: 0 },
    { sockets: "documented", made: 1 },
  ])("both serve, with $sockets sockets", async ({ sockets, made }) => {
    const program = new Program([twoWorkers, policy], { TAUTLINE_SOCKETS: sockets });
    onTestFinished(() => program.stop());
    const [, port = ""] = await program.printed(/port (\d+)/u);
    const url = `ws://127.0.0.1:${port}/`;
    const long = "long ".repeat(100_000);
    const first = await ask(url, long);
    expect(first.text).toBe(long);
    await first.stop();
    await program.printed(/exit 0/u);
    // Only the other one is left.
    const second = await ask(url, "hello");
    expect(second).toMatchObject({ sockets: made, text: "hello" });
    expect(second.worker).not.toBe(first.worker);
    expect(first.sockets).toBe(made);
    await second.stop();
    await program.printed(/exit 0\nexit 0/u);
    expect([await program.ended, program.stderr]).toEqual([{ code: 0, signal: null }, ""]);
  });
});
