// What the probe refuses, and what it bounds: hosts, names that lead elsewhere, orders that are none, and too much of anything.
import { silentLogger } from "@tautline/hub";
import { connect } from "@tautline/node";
import { describe, expect, it } from "vitest";

import type { Lookup } from "../../../src/console/probe/allowed-hosts.ts";
import { AllowedHosts, HostRefused } from "../../../src/console/probe/allowed-hosts.ts";
import { ConnectionRegister } from "../../../src/console/probe/connection-register.ts";
import { frameBytes } from "../../../src/console/probe/frame-bytes.ts";
import { WrongOrder, readOrder } from "../../../src/console/probe/orders.ts";
import { probeLimits } from "../../../src/console/probe/probe-limits.ts";
import { ProbePage as ServerPage } from "../../../src/console/probe/probe-page.ts";
import { requestHead } from "../../../src/console/probe/request-head.ts";
import { ProbePage, consoleToken, startServer } from "./probe-page.ts";

/** Names and what they lead to. */
const names: Readonly<Record<string, readonly string[]>> = {
  localhost: ["::1", "127.0.0.1"],
  "rebound.example": ["127.0.0.1", "169.254.169.254"],
  "inside.example": ["10.0.0.7"],
  "staging.example": ["192.0.2.1", "2001:db8::1"],
};

const lookUp: Lookup = (hostname) => Promise.resolve(names[hostname] ?? []);

describe("hosts", () => {
  const allowed: readonly (readonly [host: string, addresses: readonly string[]])[] = [
    ["127.0.0.1", ["127.0.0.1"]],
    ["127.8.9.10", ["127.8.9.10"]],
    ["[::1]", ["::1"]],
    ["[::ffff:127.0.0.1]", ["::ffff:127.0.0.1"]],
    ["localhost", ["::1", "127.0.0.1"]],
    ["LOCALHOST.", ["::1", "127.0.0.1"]],
    ["rebound.example", ["127.0.0.1"]],
    ["staging.example", ["192.0.2.1", "2001:db8::1"]],
    ["203.0.113.9", ["203.0.113.9"]],
  ];
  for (const [hostname, addresses] of allowed) {
    it(`may be ${hostname}, at ${addresses.join(" and ")}`, async () => {
      const hosts = new AllowedHosts(["Staging.example", "203.0.113.9"], lookUp);
      expect(await hosts.addressesOf({ hostname, port: 80 })).toEqual(addresses);
    });
  }

  const refused = [
    "inside.example",
    "10.0.0.7",
    "0.0.0.0",
    "[::]",
    "169.254.169.254",
    "[::ffff:10.0.0.7]",
    "[fe80::1]",
    "128.0.0.1",
    "nowhere.example",
  ];
  for (const hostname of refused) {
    it(`may not be ${hostname}`, async () => {
      const hosts = new AllowedHosts([], lookUp);
      await expect(hosts.addressesOf({ hostname, port: 80 })).rejects.toThrow(HostRefused);
    });
  }

  it("include this server where the page has found it, at that port alone", async () => {
    const hosts = new AllowedHosts([], lookUp);
    const here = { address: "192.0.2.44", port: 8080 };
    const target = { hostname: "192.0.2.44", port: 8080 };
    expect(await hosts.addressesOf(target, here)).toEqual(["192.0.2.44"]);
    await expect(hosts.addressesOf({ ...target, port: 22 }, here)).rejects.toThrow(HostRefused);
  });

  it("that are refused are not dialled, and the page is told what to do", async () => {
    const server = await startServer();
    const page = await ProbePage.open(server);
    page.order({ do: "dial", url: "ws://192.0.2.1/" });
    const end = await page.kind("end");
    expect(end).toMatchObject({ reason: "host-refused", detail: "192.0.2.1" });
    expect(page.events.some(({ kind }) => kind === "dialing")).toBe(false);
    expect(new HostRefused("192.0.2.1").message).toContain("--probe-host 192.0.2.1");
  });

  it("that the operator has named are told to the page", async () => {
    const server = await startServer({ probeHosts: ["staging.example"] });
    const page = await ProbePage.open(server);
    expect(await page.kind("ready")).toMatchObject({ hosts: ["staging.example"] });
  });
});

describe("orders", () => {
  const wrong: readonly (readonly [name: string, text: string])[] = [
    ["no JSON", "{"],
    ["no object", "[]"],
    ["unheard of", '{"do":"shutdown"}'],
    ["without an address", '{"do":"dial"}'],
    [
      "with too many frames",
      JSON.stringify({ do: "frames", frames: Array.from({ length: 65 }, () => ({ opcode: 1 })) }),
    ],
    ["with an opcode that is none", '{"do":"frames","frames":[{"opcode":16}]}'],
    ["with a fraction", '{"do":"frames","frames":[{"opcode":1.5}]}'],
    ["with a mask that is none", '{"do":"frames","frames":[{"opcode":1,"mask":"xyz"}]}'],
    ["with half a byte", '{"do":"frames","frames":[{"opcode":1,"payload":{"hex":"abc"}}]}'],
    ["with a payload that is none", '{"do":"frames","frames":[{"opcode":1,"payload":7}]}'],
    ["with no connection", '{"do":"watch","connection":"1"}'],
    ["that are too long", `{"do":"list","x":"${"x".repeat(probeLimits.orderLength)}"}`],
    [
      "with too long a payload",
      JSON.stringify({
        do: "message",
        payload: { text: "x".repeat(probeLimits.payloadBytes + 1) },
      }),
    ],
  ];
  for (const [name, text] of wrong) {
    it(`${name} are refused`, () => expect(() => readOrder(text)).toThrow(WrongOrder));
  }

  it("that are wrong leave the line as it is", async () => {
    const server = await startServer();
    const page = await ProbePage.open(server);
    page.line.send(new Uint8Array([1, 2, 3]));
    expect(await page.kind("wrong")).toMatchObject({ text: "orders are text" });
    page.line.send("{");
    await page.event(({ text }) => text === "the order is not JSON");
    page.order({ do: "list" });
    await page.kind("connections");
  });

  it("cannot put a second request on the wire, nor change the handshake's own lines", () => {
    const url = new URL("ws://127.0.0.1/a%0d%0aX:1?q=\r\nY: 2");
    const order = {
      do: "dial" as const,
      url: "",
      subprotocols: [],
      origin: undefined,
      compression: false,
      answers: true,
      anyCertificate: false,
      headers: [],
    };
    const head = requestHead(url, order).toString("latin1");
    expect(
      head
        .split("\r\n")
        .slice(1)
        .map((line) => line.split(":")[0]),
    ).toEqual([
      "Host",
      "Upgrade",
      "Connection",
      "Sec-WebSocket-Key",
      "Sec-WebSocket-Version",
      "",
      "",
    ]);
    const bad = [
      { ...order, origin: "a\r\nX: 1" },
      { ...order, subprotocols: ["a b"] },
      { ...order, headers: [["X\r\n", "1"]] as const },
      { ...order, headers: [["X", "1\nY: 2"]] as const },
      { ...order, headers: [["Host", "other"]] as const },
      { ...order, headers: [["content-length", "5"]] as const },
      { ...order, headers: [["X", "\u4f60"]] as const },
    ];
    for (const each of bad) expect(() => requestHead(url, each)).toThrow(WrongOrder);
  });

  const urls = [
    "http://127.0.0.1/",
    "ws:",
    "nothing",
    "ws://user:secret@127.0.0.1/",
    "file:///etc",
  ];
  for (const url of urls) {
    it(`to dial ${url} are refused`, async () => {
      const server = await startServer();
      const page = await ProbePage.open(server);
      page.order({ do: "dial", url });
      await page.kind("wrong");
      expect(page.events.some(({ kind }) => kind === "dialing")).toBe(false);
    });
  }

  it("make frames as they say, the length too", () => {
    const frame = {
      fin: true,
      rsv: 0,
      opcode: 2,
      mask: "none",
      payload: Buffer.from([7]),
      lengthBytes: 0 as const,
      saidLength: undefined,
    };
    expect(frameBytes({ ...frame, lengthBytes: 2 }).toString("hex")).toBe("827e000107");
    expect(frameBytes({ ...frame, saidLength: 2 ** 42 }).toString("hex")).toBe(
      "827f000004000000000007",
    );
    expect(frameBytes({ ...frame, mask: "ff00ff00" }).toString("hex")).toBe("8281ff00ff00f8");
    expect(frameBytes({ ...frame, payload: Buffer.alloc(126) }).toString("hex", 0, 4)).toBe(
      "827e007e",
    );
  });
});

describe("the door", () => {
  it("is shut without the token, with a wrong one, and for pages of other origins", async () => {
    const server = await startServer();
    const url = `${server.url.replace(/^http/u, "ws")}/console/probe`;
    const proof = `bearer.${Buffer.from(consoleToken).toString("base64url")}`;
    await expect(connect(url)).rejects.toThrow(/401/u);
    const wrong = `bearer.${Buffer.from("another-token-of-length").toString("base64url")}`;
    const subprotocols = ["tautline-console", wrong];
    await expect(connect(url, { subprotocols })).rejects.toThrow(/401/u);
    const foreign = {
      subprotocols: ["tautline-console", proof],
      headers: { Origin: "https://x.example" },
    };
    await expect(connect(url, foreign)).rejects.toThrow(/403/u);
  });

  it("is not there on a server without a token", async () => {
    const server = await startServer({ consoleToken: undefined });
    const url = `${server.url.replace(/^http/u, "ws")}/console/probe`;
    await expect(connect(url, { subprotocols: ["tautline-console"] })).rejects.toThrow(/401|404/u);
  });

  it("lets in a fixed number of pages, and more when one has gone", async () => {
    const server = await startServer();
    const pages = await Promise.all(
      Array.from({ length: probeLimits.pages }, () => ProbePage.open(server)),
    );
    await Promise.all(pages.map((page) => page.kind("ready")));
    const late = await ProbePage.open(server);
    expect(await late.kind("end")).toMatchObject({ reason: "too-many-pages" });
    expect((await late.line.closed).code).toBe(1013);
    const [first] = pages;
    first?.line.close(1000);
    await first?.line.closed;
    // The server may hear of the end a moment later than the page.
    for (;;) {
      const next = await ProbePage.open(server);
      const { kind } = await next.event(({ kind: known }) => known === "ready" || known === "end");
      if (kind === "ready") break;
      await next.line.closed;
    }
  });
});

/** The line to a page that does not read. */
class SlowLine {
  readonly sent: string[] = [];
  bufferedBytes = 0;
  readonly #orders: ((data: string) => unknown)[] = [];
  readonly #drains: (() => unknown)[] = [];

  send(data: unknown): boolean {
    this.sent.push(String(data));
    return true;
  }

  onMessage(listener: (data: string) => unknown): () => void {
    this.#orders.push(listener);
    return () => undefined;
  }

  onDrain(listener: () => unknown): () => void {
    this.#drains.push(listener);
    return () => undefined;
  }

  onClose(): () => void {
    return () => undefined;
  }

  take(order: object): void {
    for (const listener of this.#orders) listener(JSON.stringify(order));
  }

  drain(): void {
    for (const listener of this.#drains) listener();
  }
}

describe("what is shown", () => {
  it("is cut, and its length told in full", async () => {
    const server = await startServer();
    const page = await ProbePage.open(server);
    await page.dial(`${server.url.replace(/^http/u, "ws")}/echo`);
    page.order({ do: "message", payload: { text: "x".repeat(100_000) } });
    const echoed = await page.frame("server", 1);
    expect(echoed["payloadLength"]).toBe(100_000);
    expect(Buffer.from(String(echoed["payload"]), "base64")).toHaveLength(probeLimits.previewBytes);
  });

  it("is left out and counted when the page does not keep up", async () => {
    const server = await startServer();
    const line = new SlowLine();
    const register = new ConnectionRegister(server.hub, new Map());
    const hosts = new AllowedHosts([], lookUp);
    const page = new ServerPage({ line, hosts, register, here: undefined, logger: silentLogger });
    line.take({ do: "list" });
    line.bufferedBytes = probeLimits.queuedBytes + 1;
    for (let i = 0; i < 3; i += 1) line.take({ do: "list" });
    expect(line.sent).toHaveLength(2);
    line.bufferedBytes = 0;
    line.drain();
    line.drain();
    line.take({ do: "list" });
    expect(line.sent.slice(2)).toEqual([
      '{"kind":"dropped","count":3}',
      '{"kind":"connections","connections":[]}',
    ]);
    page.end();
  });
});
