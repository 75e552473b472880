// What comes into the page from the lab's server, taken apart.
import { describe, expect, it } from "vitest";

import { LineSplitter } from "../../page/pages/lab/receivers/line-splitter.ts";
import { updatesIn } from "../../page/pages/lab/receivers/receiver.ts";
import { readServerMessage } from "../../page/pages/lab/server-message.ts";
import { transports } from "../../page/pages/lab/transports.ts";

describe("lines", () => {
  it("come whole, wherever the pieces end", () => {
    const text = '{"n":1}\n{"n":2}\n\n{"n":3}\n';
    for (let at = 0; at <= text.length; at += 1) {
      const splitter = new LineSplitter();
      const lines = [...splitter.take(text.slice(0, at)), ...splitter.take(text.slice(at))];
      expect(lines).toEqual(['{"n":1}', '{"n":2}', '{"n":3}']);
    }
  });
});

describe("updates", () => {
  it("are found alone and in lists; what is none is left out", () => {
    expect(updatesIn({ n: 1, at: 2, data: [] })).toEqual([{ number: 1, madeAt: 2 }]);
    expect(updatesIn([{ n: 1, at: 2 }, 7, null, { n: "1", at: 2 }, { n: 3, at: 4 }])).toEqual([
      { number: 1, madeAt: 2 },
      { number: 3, madeAt: 4 },
    ]);
  });
});

describe("a message of the lab's server", () => {
  const rows: readonly (readonly [string, unknown, unknown])[] = [
    ["a pong", '{"type":"pong","at":1,"now":2}', { type: "pong", at: 1, now: 2 }],
    ["a pong without a time", '{"type":"pong","at":1}', undefined],
    ["a refusal", '{"type":"refused","why":"busy"}', { type: "refused", why: "busy" }],
    ["a run without a name", '{"type":"ready"}', undefined],
    ["something unknown", '{"type":"else"}', undefined],
    ["no JSON", "{", undefined],
    ["no object", "[]", undefined],
    ["bytes", new ArrayBuffer(2), undefined],
  ];
  for (const [name, data, message] of rows) {
    it(`is read: ${name}`, () => expect(readServerMessage(data)).toEqual(message));
  }

  it("has figures for every transport, nothing for those that it leaves out", () => {
    const text = JSON.stringify({ type: "report", created: 3, wire: { sse: { sent: 9 } } });
    const message = readServerMessage(text);
    if (message?.type !== "report") throw new Error("no report");
    expect(Object.keys(message.wire)).toEqual([...transports]);
    expect(message.wire.sse).toEqual({ requests: 0, received: 0, sent: 9 });
    expect(message.wire.websocket.sent).toBe(0);
    expect(message.cpu).toEqual({ cpuMs: 0, wallMs: 0 });
  });
});
