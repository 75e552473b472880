/**
 * A server with a data directory, killed again and again while clients publish: what was acknowledged is there
 * afterwards, once, in order, under the same epoch, and a client of the official library that was subscribed all the time
 * has got it all.
 *
 * TAUTLINE_CRASH_ROUNDS says how often; see tests/soak/crashes.mjs.
 */

import { Centrifuge } from "centrifuge";
import type { SubscribedContext } from "centrifuge";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import type { Program } from "../cli/program.ts";
import { startServer } from "../cli/program.ts";
import { scratch } from "../scratch.ts";
import { hubOf, Line } from "./line.ts";

const rounds = Number(process.env["TAUTLINE_CRASH_ROUNDS"] ?? 10);
const channels = ["a", "b", "c"];

/** Publications of each channel that are under way at once. */
const window = 32;

/** A client whose server is another process, on another port, after each crash. */
function follow(channel: string, addressNow: () => string) {
  const values: unknown[] = [];
  const starts: SubscribedContext[] = [];
  class Socket extends WebSocket {
    constructor() {
      super(addressNow());
    }
  }
  const client = new Centrifuge("ws://localhost", {
    websocket: Socket,
    minReconnectDelay: 1,
    maxReconnectDelay: 20,
  });
  onTestFinished(() => client.disconnect());
  const subscription = client.newSubscription(channel);
  subscription.on("publication", ({ data }) => values.push(data));
  subscription.on("subscribed", (context) => starts.push(context));
  subscription.subscribe();
  client.connect();
  return { values, starts, subscription };
}

interface ChannelState {
  readonly name: string;
  sent: number;
  readonly acknowledged: number[];
  readonly epochs: Set<string>;
}

/** Publishes to a channel until the connection ends; calls for each acknowledgement. */
async function flood(line: Line, state: ChannelState, acknowledged: () => void): Promise<void> {
  const publishers = Array.from({ length: window }, async () => {
    for (;;) {
      const value = (state.sent += 1);
      const code = await line.publish(state.name, value);
      if (code === undefined) return;
      if (code !== 0) throw new Error(`Refused with ${code}`);
      state.acknowledged.push(value);
      acknowledged();
    }
  });
  await Promise.all(publishers);
}

/** The channel's log has everything that was acknowledged, each once, in the order in which it was sent. */
async function check(line: Line, state: ChannelState): Promise<readonly unknown[]> {
  const { values, offsets, epoch } = await line.read(state.name);
  state.epochs.add(epoch);
  expect([...state.epochs]).toEqual([epoch]);
  expect(offsets).toEqual(values.map((_, index) => index + 1));
  expect(values).toEqual([...new Set(values)].sort((a, b) => Number(a) - Number(b)));
  const held = new Set(values);
  expect(state.acknowledged.filter((value) => !held.has(value))).toEqual([]);
  return values;
}

/** Publishes to all channels until so many were acknowledged, and kills the server in the middle of it. */
async function crash(program: Program, line: Line, task: CrashTask): Promise<void> {
  let { left } = task;
  await new Promise<void>((resolve, reject) => {
    const floods = task.states.map((state) =>
      flood(line, state, () => {
        left -= 1;
        if (left === 0) program.kill("SIGKILL");
      }),
    );
    Promise.all([program.ended, line.ended, ...floods]).then(() => resolve(), reject);
  });
}

interface CrashTask {
  readonly states: readonly ChannelState[];
  readonly left: number;
}

test(
  `nothing that was acknowledged is lost in ${rounds} crashes`,
  { timeout: 60_000 + rounds * 10_000 },
  async () => {
    const args = ["--port", "0", "--data-dir", scratch({}), "--history", "1000000"];
    let origin = "http://localhost:1";
    const follower = follow("a", () => hubOf(origin));
    const states = channels.map((name) => ({
      name,
      sent: 0,
      acknowledged: [],
      epochs: new Set<string>(),
    }));
    let values: readonly unknown[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      const server = await startServer(args);
      onTestFinished(() => server.program.stop());
      ({ origin } = server);
      const line = await Line.to(hubOf(origin));
      for (const state of states) {
        const held = await check(line, state);
        if (state.name === "a") values = held;
      }
      await follower.subscription.ready();
      // Another time in each round.
      const left = 200 + ((round * 137) % 600);
      if (round < rounds) await crash(server.program, line, { states, left });
      else line.close();
    }
    await expect.poll(() => follower.values.length, { timeout: 20_000 }).toBe(values.length);
    expect(follower.values).toEqual(values);
    expect(follower.starts.length).toBeGreaterThan(1);
    for (const { wasRecovering, recovered } of follower.starts.slice(1)) {
      expect([wasRecovering, recovered]).toEqual([true, true]);
    }
  },
);
