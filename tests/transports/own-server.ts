/** A hub with its transports on an HTTP server of the test's own, in a time that stands still until the test moves it. */
import { randomUUID } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { connect } from "node:net";

import { onTestFinished } from "vitest";

import type { HubOptions, NodeRelay } from "@tautline/hub";
import { Hub } from "@tautline/hub";
import { prepareMessage } from "@tautline/node";
import type { HttpTransportOptions } from "tautline";
import { HttpTransports } from "tautline";

import { FakeClock } from "../../packages/hub/test/fake-clock.ts";

/** Tells when somebody begins to wait. */
export class WatchedClock extends FakeClock {
  readonly #waits = new EventEmitter();
  readonly #begun = new Map<number, number>();

  override schedule(callback: () => void, delayMs: number): () => void {
    this.#begun.set(delayMs, (this.#begun.get(delayMs) ?? 0) + 1);
    this.#waits.emit("wait");
    return super.schedule(callback, delayMs);
  }

  /** Resolves when somebody has begun to wait for `delayMs`, `count` times in all. */
  async waits(delayMs: number, count = 1): Promise<void> {
    while ((this.#begun.get(delayMs) ?? 0) < count) await once(this.#waits, "wait");
  }
}

export interface OwnServer {
  readonly hub: Hub;
  readonly transports: HttpTransports;
  readonly clock: WatchedClock;
  /** As in `http://127.0.0.1:1234`. */
  readonly url: string;
}

export interface OwnServerSetup {
  readonly hub?: Partial<HubOptions>;
  readonly transports?: Partial<HttpTransportOptions>;
  readonly relay?: NodeRelay;
}

export async function startOwnServer(setup: OwnServerSetup = {}): Promise<OwnServer> {
  const clock = new WatchedClock();
  const hub = new Hub({
    clock,
    randomId: randomUUID,
    prepare: prepareMessage,
    options: { open: true, ...setup.hub },
  });
  const transports = new HttpTransports({
    hub,
    clock,
    relay: setup.relay,
    options: setup.transports,
  });
  const server = createServer((request, response) => {
    if (!transports.handle(request, response)) response.writeHead(404).end("elsewhere");
  });
  await new Promise<void>((resolve) => server.listen({ port: 0, host: "127.0.0.1" }, resolve));
  await transports.ready;
  onTestFinished(async () => {
    await hub.shutdown();
    server.closeAllConnections();
    await transports.close();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return { hub, transports, clock, url: `http://127.0.0.1:${port}` };
}

/** Posts JSON, or a text as it is. */
export function post(
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(url, {
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
    headers: { "Content-Type": "application/json", ...headers },
  });
}

/** A reply or a push as it stands in JSON, as far as tests look into it one by one. */
export interface Heard {
  readonly connect?: ConnectHeard;
  readonly push?: { readonly message?: { readonly data: unknown } };
  readonly message?: { readonly data: unknown };
}

interface ConnectHeard {
  readonly client: string;
  readonly session: string;
  readonly node: string;
  readonly pong?: boolean;
  readonly subs?: Readonly<Record<string, unknown>>;
}

/** What a stream's next line says, of an event stream its next event; `undefined` when it has ended. */
export type NextHeard = () => Promise<Heard | undefined>;

export function linesOf(response: Response): NextHeard {
  const lines = parseLines(response);
  return async () => {
    const { value, done } = await lines.next();
    return done === true ? undefined : value;
  };
}

async function* parseLines(response: Response): AsyncGenerator<Heard, void> {
  if (response.body === null) throw new Error("a response without a body");
  let text = "";
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const lines = text.split("\n");
    text = lines.pop() ?? "";
    for (const line of lines) {
      // Between events there is nothing, or a comment.
      if (line !== "" && line !== ":") yield JSON.parse(line.replace(/^data: /u, ""));
    }
  }
}

/** What the answer to connect says. */
export function connectOf(heard: Heard | undefined): ConnectHeard {
  if (heard?.connect === undefined)
    throw new Error(`no answer to connect: ${JSON.stringify(heard)}`);
  return heard.connect;
}

/** A connection for requests that no decent client sends. */
export async function openSocket(url: string): Promise<Socket> {
  const socket = connect({ port: Number(new URL(url).port), host: "127.0.0.1" });
  onTestFinished(() => void socket.destroy());
  socket.on("error", () => undefined);
  await once(socket, "connect");
  return socket;
}

/** All that comes until the other side closes. */
export async function readAll(socket: Socket): Promise<string> {
  let text = "";
  for await (const chunk of socket) text += String(chunk);
  return text;
}
