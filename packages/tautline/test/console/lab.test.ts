// The comparison lab's server over real sockets: what each transport carries, what is counted, and what hostile visitors get.
import { connect as connectSocket } from "node:net";
import type { Socket } from "node:net";

import { connect } from "@tautline/node";
import type { Connection } from "@tautline/node";
import type { TautlineServer } from "tautline";
import { serve } from "tautline";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

type Message = Readonly<Record<string, unknown>>;

/** A page's control connection, with what it has heard. */
class Visitor {
  readonly connection: Connection;
  readonly #heard: Message[] = [];
  #wake = (): void => undefined;

  constructor(connection: Connection) {
    this.connection = connection;
    connection.onMessage((data) => {
      this.#heard.push(JSON.parse(String(data)) as Message);
      this.#wake();
    });
  }

  say(message: unknown): void {
    this.connection.send(typeof message === "string" ? message : JSON.stringify(message));
  }

  /** The next message of this type; others are passed over. */
  async hears(type: string): Promise<Message> {
    for (;;) {
      const found = this.#heard.find((message) => message["type"] === type);
      if (found !== undefined) {
        this.#heard.splice(0, this.#heard.indexOf(found) + 1);
        return found;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async start(terms: Message = {}): Promise<string> {
    this.say({ type: "start", ...fair, ...terms });
    return String((await this.hears("ready"))["run"]);
  }
}

const fair = { rate: 60, payloadBytes: 100, delayMs: 0, seconds: 1, lullMs: 0 };

let server: TautlineServer;
const connections: Connection[] = [];

beforeAll(async () => {
  server = await serve({ port: 0 });
});

afterAll(() => server.close());

afterEach(async () => {
  for (const connection of connections.splice(0)) {
    connection.close();
    await connection.closed;
  }
});

async function dial(path: string, compression = false): Promise<Connection> {
  const url = `${server.url.replace("http", "ws")}/console/${path}`;
  const connection = await connect(url, { compression });
  connections.push(connection);
  return connection;
}

async function visit(): Promise<Visitor> {
  return new Visitor(await dial("lab"));
}

interface Update {
  readonly n: number;
  readonly at: number;
  readonly data: unknown;
}

function fetchLab(path: string, init?: RequestInit): Promise<Response> {
  return fetch(`${server.url}/console/lab/${path}`, init);
}

async function poll(run: string, way: string, after: number): Promise<readonly Update[]> {
  return (await (await fetchLab(`${run}/${way}?after=${after}`)).json()) as readonly Update[];
}

/** Text of a stream until it holds `count` updates. */
async function readStream(response: Response, count: number): Promise<string> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while ((text.match(/"n":/gu) ?? []).length < count) {
    const { done = true, value = "" } = (await reader?.read()) ?? {};
    if (done) break;
    text += value;
  }
  await reader?.cancel();
  return text;
}

/** Reads one answer off a socket, and tells how long it is. */
async function answerBytes(socket: Socket): Promise<number> {
  let text = "";
  for (;;) {
    text += await new Promise<string>((resolve) => {
      socket.once("data", (data) => resolve(String(data)));
    });
    const [head = "", body] = text.split("\r\n\r\n", 2);
    const length = Number(/^content-length: (\d+)$/imu.exec(head)?.[1]);
    if (body?.length === length) return text.length;
  }
}

/** Figures of one transport in a report. */
function wireOf(report: Message, transport: string): Record<string, number> {
  return (report["wire"] as Record<string, Record<string, number>>)[transport] ?? {};
}

describe("a run of the lab", () => {
  it("gives the same updates to every transport, each in its own form", async () => {
    const visitor = await visit();
    const run = await visitor.start();
    const socket = await dial(`lab?run=${run}`);
    const first = new Promise<string>((resolve) => {
      socket.onMessage((data) => resolve(String(data)));
    });
    const stream = await fetchLab(`${run}/http-stream`);
    const events = await fetchLab(`${run}/sse`);
    const held = poll(run, "long-polling", 0);
    visitor.say({ type: "go" });
    const lines = (await readStream(stream, 3)).split("\n");
    const text = await first;
    expect(lines[0]).toBe(text);
    expect((await readStream(events, 3)).split("\n\n")[0]).toBe(`data: ${text}`);
    const update = JSON.parse(text) as Update;
    expect(update).toEqual({ n: 1, at: expect.any(Number), data: expect.any(Array) });
    expect(JSON.stringify(update.data)).toHaveLength(100);
    expect((await held)[0]).toEqual(update);
    expect((await poll(run, "short-polling", 0)).slice(0, 1)).toEqual([update]);
    expect((await poll(run, "short-polling", 2))[0]?.n).toBe(3);
    expect(events.headers.get("content-type")).toBe("text/event-stream");
  });

  it("ends by itself, with as many updates as were asked for, and says what it came to", async () => {
    const visitor = await visit();
    const run = await visitor.start({ rate: 20, seconds: 1 });
    visitor.say({ type: "go" });
    expect(await visitor.hears("over")).toMatchObject({ created: 20 });
    const updates = await poll(run, "short-polling", 0);
    expect(updates.map(({ n }) => n)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    visitor.say({ type: "finish" });
    const finished = await visitor.hears("finished");
    expect(finished).toMatchObject({ created: 20, cpu: { cpuMs: expect.any(Number) } });
    expect((await fetchLab(`${run}/short-polling`)).status).toBe(404);
  });

  it("ends with whoever has asked for it", async () => {
    const visitor = await visit();
    const run = await visitor.start();
    const held = fetchLab(`${run}/long-polling`).then(
      () => "answered",
      () => "cut",
    );
    const socket = await dial(`lab?run=${run}`);
    visitor.connection.terminate();
    expect(await socket.closed).toMatchObject({ code: 1000 });
    expect(await held).toBe("cut");
    expect((await fetchLab(`${run}/short-polling`)).status).toBe(404);
  });

  it("is late by what was asked for, in both directions", async () => {
    const visitor = await visit();
    const run = await visitor.start({ delayMs: 200, rate: 0.2 });
    const order: string[] = [];
    const answered = fetchLab(`${run}/short-polling`).then(() => order.push("delayed"));
    const visitorAnswered = visitor.hears("pong").then(() => order.push("not delayed"));
    visitor.say({ type: "ping", at: 1 });
    await Promise.all([answered, visitorAnswered]);
    expect(order).toEqual(["not delayed", "delayed"]);
  });

  it("compresses where it says so", async () => {
    const visitor = await visit();
    const run = await visitor.start({ payloadBytes: 2000 });
    const lines = [await dial(`lab?run=${run}`, true), await dial(`lab-deflate?run=${run}`, true)];
    expect(lines.map(({ extensions }) => extensions.split(";")[0])).toEqual([
      "",
      "permessage-deflate",
    ]);
    for (const line of lines) line.onMessage(() => undefined);
    visitor.say({ type: "go" });
    const over = await visitor.hears("over");
    const plain = wireOf(over, "websocket")["sent"] ?? 0;
    expect(plain).toBeGreaterThan(60 * 2000);
    expect(wireOf(over, "websocket-deflate")["sent"]).toBeLessThan(plain / 3);
  });
});

describe("bytes on the wire", () => {
  it("are those of the socket, request by request, also when others share it", async () => {
    const visitor = await visit();
    const run = await visitor.start();
    const { port } = server;
    const socket = connectSocket(port, "127.0.0.1");
    const request = (path: string, end = ""): string =>
      `GET ${path} HTTP/1.1\r\nHost: localhost:${port}\r\n${end}\r\n`;
    const own = request(`/console/lab/${run}/short-polling?after=0`);
    const last = request(`/console/lab/${run}/short-polling?after=1`, "X-Longer: yes\r\n");
    // One after the other on one socket, and one between them that is nothing to the lab.
    const answers: number[] = [];
    for (const sent of [own, request("/healthz"), last]) {
      socket.write(sent);
      answers.push(await answerBytes(socket));
    }
    socket.destroy();
    visitor.say({ type: "finish" });
    expect(wireOf(await visitor.hears("finished"), "short-polling")).toEqual({
      requests: 2,
      received: own.length + last.length,
      sent: (answers[0] ?? 0) + (answers[2] ?? 0),
    });
  });

  it("of a WebSocket are those of its handshake and its frames", async () => {
    const visitor = await visit();
    const run = await visitor.start({ rate: 10 });
    const socket = await dial(`lab?run=${run}`);
    let frames = 0;
    socket.onMessage((data) => {
      frames += String(data).length + 4;
    });
    visitor.say({ type: "go" });
    const before = wireOf(await visitor.hears("report"), "websocket");
    expect(before["requests"]).toBe(1);
    const over = wireOf(await visitor.hears("over"), "websocket");
    const handshake = (over["sent"] ?? 0) - frames;
    expect(handshake).toBeGreaterThan(100);
    expect(handshake).toBeLessThan(300);
    expect(over["received"]).toBe(before["received"]);
  });
});

describe("a visitor of the lab", () => {
  it("is told the time", async () => {
    const visitor = await visit();
    const before = Date.now() - 1000;
    visitor.say({ type: "ping", at: 7 });
    const pong = await visitor.hears("pong");
    expect(pong["at"]).toBe(7);
    expect(pong["now"]).toBeGreaterThan(before);
  });

  const wrong: readonly (readonly [string, Message])[] = [
    ["no rate", { rate: undefined }],
    ["a rate as text", { rate: "5" }],
    ["too many updates", { rate: 61 }],
    ["no updates", { rate: 0 }],
    ["a rate that is no number", { rate: null }],
    ["too large updates", { payloadBytes: 16_385 }],
    ["half a byte", { payloadBytes: 20.5 }],
    ["a negative delay", { delayMs: -1 }],
    ["too long a run", { seconds: 1e9 }],
    ["too long a lull", { lullMs: 1e9 }],
  ];
  for (const [name, terms] of wrong) {
    it(`gets no run with ${name}`, async () => {
      const visitor = await visit();
      visitor.say({ type: "start", ...fair, ...terms });
      expect(await visitor.hears("refused")).toEqual({ type: "refused", why: "terms" });
    });
  }

  const nonsense = [
    ["no JSON", "{"],
    ["no object", "7"],
    ["null", "null"],
    ["an unknown message", '{"type":"shutdown"}'],
    ["no type", "{}"],
    ["a long message", JSON.stringify({ type: "ping", at: "x".repeat(600) })],
  ] as const;
  for (const [name, text] of nonsense) {
    it(`is sent away for ${name}`, async () => {
      const visitor = await visit();
      visitor.say(text);
      expect(await visitor.connection.closed).toMatchObject({ code: 1008 });
    });
  }

  it("may begin and end what there is not", async () => {
    const visitor = await visit();
    for (const type of ["go", "finish", "finish", "go"]) visitor.say({ type });
    visitor.say({ type: "ping", at: 1 });
    expect(await visitor.hears("pong")).toMatchObject({ at: 1 });
  });

  it("has one run at a time, and begins it once", async () => {
    const visitor = await visit();
    const first = await visitor.start();
    const second = await visitor.start({ rate: 10 });
    expect((await fetchLab(`${first}/short-polling`)).status).toBe(404);
    visitor.say({ type: "go" });
    visitor.say({ type: "go" });
    expect(await visitor.hears("over")).toMatchObject({ created: 10 });
    expect((await poll(second, "short-polling", 0)).length).toBe(10);
  });

  it("waits when there are as many runs as there may be", async () => {
    const visitors = await Promise.all(Array.from({ length: 5 }, visit));
    for (const visitor of visitors.slice(0, 4)) await visitor.start();
    const late = visitors[4];
    late?.say({ type: "start", ...fair });
    expect(await late?.hears("refused")).toEqual({ type: "refused", why: "busy" });
    visitors[0]?.connection.close();
    await visitors[0]?.connection.closed;
    expect(await late?.start()).toMatch(/^[\da-f-]{36}$/u);
  });
});

describe("a line of the lab", () => {
  it("is one for each transport", async () => {
    const visitor = await visit();
    const run = await visitor.start();
    const stream = await fetchLab(`${run}/http-stream`);
    expect((await fetchLab(`${run}/http-stream`)).status).toBe(409);
    await stream.body?.cancel();
    await dial(`lab?run=${run}`);
    const second = await dial(`lab?run=${run}`);
    expect(await second.closed).toMatchObject({ code: 1008 });
  });

  it("may be left in the middle, and taken up again", async () => {
    const visitor = await visit();
    const run = await visitor.start({ delayMs: 10 });
    visitor.say({ type: "go" });
    const socket = connectSocket(server.port, "127.0.0.1");
    socket.write(`GET /console/lab/${run}/sse HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    await new Promise((resolve) => socket.once("data", resolve));
    socket.destroy();
    await visitor.hears("over");
    const again = await fetchLab(`${run}/sse`);
    expect(again.status).toBe(200);
    await again.body?.cancel();
  });

  const rows = [
    { name: "no run", path: "nobody/sse", status: 404 },
    { name: "no transport", path: "RUN/pigeon", status: 404 },
    { name: "a transport that is no request", path: "RUN/websocket", status: 404 },
    { name: "more than a transport", path: "RUN/sse/more", status: 404 },
    { name: "after something that is no number", path: "RUN/short-polling?after=x", status: 400 },
    {
      name: "after too large a number",
      path: `RUN/short-polling?after=${"9".repeat(30)}`,
      status: 400,
    },
    { name: "after less than nothing", path: "RUN/short-polling?after=-1", status: 400 },
  ];
  for (const { name, path, status } of rows) {
    it(`is refused for ${name} (${status})`, async () => {
      const visitor = await visit();
      const run = await visitor.start();
      expect((await fetchLab(path.replace("RUN", run))).status).toBe(status);
    });
  }

  it("is refused to other pages, and to what is no GET", async () => {
    const visitor = await visit();
    const run = await visitor.start();
    const headers = { "Sec-Fetch-Site": "cross-site" };
    expect((await fetchLab(`${run}/short-polling`, { headers })).status).toBe(403);
    expect((await fetchLab(`${run}/short-polling`, { method: "POST" })).status).toBe(404);
  });

  it("over WebSocket is closed where there is no run", async () => {
    for (const path of ["lab?run=nobody", "lab-deflate", "lab-deflate?run="]) {
      const socket = await dial(path);
      expect(await socket.closed).toMatchObject({ code: 1008 });
    }
  });
});

describe("a server without demos", () => {
  it("has no lab", async () => {
    const bare = await serve({ port: 0, demos: false });
    try {
      expect((await fetch(`${bare.url}/console/lab`)).status).toBe(404);
    } finally {
      await bare.close();
    }
  });
});
