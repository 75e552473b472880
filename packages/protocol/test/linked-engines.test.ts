import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { generator } from "./deterministic-platform.ts";
import type { Frame } from "./frame-bytes.ts";
import {
  binary,
  continuation,
  encode,
  joined,
  more,
  ping,
  pong,
  text,
  utf8,
} from "./frame-bytes.ts";
import { said } from "./frame-text.ts";
import { LinkedEngines } from "./linked-engines.ts";
import { ObservedEngine } from "./observed-engine.ts";
import "./seed.ts";

const role = fc.constantFrom("client" as const, "server" as const);
const longText = fc.string({ unit: "grapheme", maxLength: 400 });
const longBytes = fc.oneof(
  { weight: 4, arbitrary: fc.uint8Array({ maxLength: 300 }) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(125, 126, 16_384, 65_535, 65_536, 100_000)
      .map((size) => new Uint8Array(size).fill(size)),
  },
);
const controlBytes = fc.uint8Array({ maxLength: 125 });

/** Something that one side sends. */
const action = fc.oneof(
  fc.record({ does: fc.constant("text" as const), from: role, data: longText }),
  fc.record({ does: fc.constant("binary" as const), from: role, data: longBytes }),
  fc.record({ does: fc.constant("ping" as const), from: role, data: controlBytes }),
  fc.record({ does: fc.constant("pong" as const), from: role, data: controlBytes }),
  fc.record({ does: fc.constant("settle" as const), from: role, data: fc.constant("") }),
);
const scatterSeed = fc.integer();
const receiveForm = fc.constantFrom("messages" as const, "streams" as const);

describe("a client and a server", () => {
  test("tell each other everything, in order, whatever the chunks", () => {
    fc.assert(
      fc.property(
        fc.array(action, { maxLength: 30 }),
        scatterSeed,
        receiveForm,
        (actions, chunkSeed, receive) => {
          const random = generator(chunkSeed);
          const longest = 1 + Math.floor(random() * 2000);
          const linked = new LinkedEngines({ receive }, () => 1 + Math.floor(random() * longest));
          const expected = { client: [] as string[], server: [] as string[] };
          for (const { does, from, data } of actions) {
            const { engine } = linked.side(from);
            const heard = expected[from === "client" ? "server" : "client"];
            if (does === "settle") {
              linked.settle();
            } else if (does === "text") {
              engine.sendText(data);
              heard.push(said.text(data));
            } else if (does === "binary") {
              engine.sendBinary(data);
              heard.push(said.binary(data));
            } else {
              engine[does](data);
              heard.push(said[does](data));
            }
          }
          linked.settle();
          // The pongs that answer pings come on top, at moments that depend on the chunks.
          expect(withoutPongs(linked.client.events)).toEqual(withoutPongs(expected.client));
          expect(withoutPongs(linked.server.events)).toEqual(withoutPongs(expected.server));
        },
      ),
      { numRuns: 150 },
    );
  });

  test("answer every ping, as long as both read", () => {
    fc.assert(
      fc.property(fc.array(controlBytes, { maxLength: 40 }), role, (payloads, from) => {
        const linked = new LinkedEngines();
        for (const payload of payloads) linked.side(from).engine.ping(payload);
        linked.settle();
        expect(linked.side(from).events).toEqual(payloads.map((payload) => said.pong(payload)));
      }),
      { numRuns: 50 },
    );
  });

  const closing = fc.record({
    code: fc.constantFrom(1000, 1001, 1011, 3000, 4999),
    reason: fc.string({ maxLength: 40 }),
  });

  test("close cleanly, whoever starts, and both know the code [RFC6455-7.1.2-1, RFC6455-7.1.2-2, RFC6455-5.5.1-7]", () => {
    fc.assert(
      fc.property(closing, role, longText, ({ code, reason }, from, last) => {
        const linked = new LinkedEngines();
        const [starter, other] =
          from === "client" ? [linked.client, linked.server] : [linked.server, linked.client];
        starter.engine.sendText(last);
        starter.close(code, reason);
        linked.settle();
        expect(other.events).toEqual([said.text(last), said.closedCleanly(code, reason)]);
        expect(starter.events).toEqual([said.closedCleanly(code, reason)]);
      }),
      { numRuns: 50 },
    );
  });

  test("close cleanly when both start at once, and each knows the other's code [RFC6455-5.5.1-10]", () => {
    fc.assert(
      fc.property(closing, closing, (ofClient, ofServer) => {
        const linked = new LinkedEngines();
        linked.client.close(ofClient.code, ofClient.reason);
        linked.server.close(ofServer.code, ofServer.reason);
        linked.settle();
        expect(linked.client.events).toEqual([said.closedCleanly(ofServer.code, ofServer.reason)]);
        expect(linked.server.events).toEqual([said.closedCleanly(ofClient.code, ofClient.reason)]);
      }),
      { numRuns: 50 },
    );
  });
});

const message = fc.record({
  data: fc.oneof(longText, longBytes),
  /** Where the message is cut into fragments, as parts of its length. */
  cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 }),
  controls: fc.array(
    fc.oneof(
      controlBytes.map((payload) => ping(payload)),
      controlBytes.map((payload) => pong(payload)),
    ),
    {
      maxLength: 6,
    },
  ),
});

test("any messages, fragmented and interleaved with control frames in any way, arrive as they are [RFC6455-5.4-2, RFC6455-5.4-4, RFC6455-5.4-5]", () => {
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 6 }),
      role,
      scatterSeed,
      (messages, reader, chunkSeed) => {
        const frames: Frame[] = [];
        const expected: string[] = [];
        for (const { data, cuts, controls } of messages) {
          const fragments = fragmented(data, cuts);
          fragments.forEach((fragment, index) => {
            frames.push(fragment);
            const control = controls[index];
            if (control === undefined || index === fragments.length - 1) return;
            frames.push(control);
            const { opcode, payload = new Uint8Array(0) } = control;
            expected.push(opcode === ping().opcode ? said.ping(payload) : said.pong(payload));
          });
          expected.push(typeof data === "string" ? said.text(data) : said.binary(data));
        }
        const observed = new ObservedEngine(reader);
        const random = generator(chunkSeed);
        const wire = encode(frames, reader);
        const longest = 1 + Math.floor(random() * wire.byteLength);
        for (let at = 0; at < wire.byteLength;) {
          const end = at + 1 + Math.floor(random() * longest);
          observed.receiveBytes(wire.subarray(at, end)).output();
          at = end;
        }
        expect(observed.events).toEqual(expected);
      },
    ),
    { numRuns: 200 },
  );
});

function fragmented(data: string | Uint8Array, cuts: readonly number[]): Frame[] {
  const bytes = typeof data === "string" ? utf8(data) : data;
  const ends = [
    ...cuts.map((part) => Math.floor(part * bytes.byteLength)).sort((a, b) => a - b),
    bytes.byteLength,
  ];
  return ends.map((end, index) => {
    const payload = bytes.subarray(ends[index - 1] ?? 0, end);
    const rest = index === ends.length - 1 ? {} : more;
    if (index > 0) return continuation(payload, rest);
    return typeof data === "string" ? text(payload, rest) : binary(payload, rest);
  });
}

function withoutPongs(events: readonly string[]): string[] {
  return events.filter((event) => !event.startsWith("pong"));
}

test("fragments put together are the message again", () => {
  const parts = fragmented("some text", [0.2, 0.2, 0.9]).map(
    (frame) => frame.payload ?? new Uint8Array(0),
  );
  expect(joined(parts)).toEqual(utf8("some text"));
});
