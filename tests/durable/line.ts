/**
 * A publisher by hand: commands of the protocol over a WebSocket, many under way at once, and nothing that is sent again
 * by itself. What was acknowledged and what was only sent is so known exactly.
 */

import { once } from "node:events";
import { WebSocket } from "ws";

interface Reply {
  readonly id?: number;
  readonly error?: { readonly code: number; readonly temporary?: boolean };
  readonly history?: {
    readonly publications?: readonly { readonly data: unknown; readonly offset: number }[];
    readonly offset?: number;
    readonly epoch: string;
  };
}

/** A channel's log as a client reads it. */
export interface ReadLog {
  readonly values: readonly unknown[];
  readonly offsets: readonly number[];
  readonly epoch: string;
}

/** The hub's address on a server. */
export function hubOf(origin: string): string {
  return `${origin.replace("http", "ws")}/connection/websocket`;
}

export class Line {
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (reply: Reply | undefined) => void>();
  readonly ended: Promise<unknown>;
  #id = 0;

  static async to(url: string): Promise<Line> {
    const line = new Line(url);
    await once(line.#socket, "open");
    await line.#call({ connect: {} });
    return line;
  }

  constructor(url: string) {
    this.#socket = new WebSocket(url);
    // A server that is killed resets what is under way.
    this.#socket.on("error", () => undefined);
    this.#socket.on("message", (data: Buffer) => {
      for (const text of data.toString().split("\n")) this.#take(JSON.parse(text) as Reply);
    });
    this.ended = once(this.#socket, "close").then(() => {
      for (const settle of this.#waiting.values()) settle(undefined);
    });
  }

  /** The error's code; 0 when it was acknowledged, nothing when the connection ended first. */
  async publish(channel: string, data: number | string): Promise<number | undefined> {
    const reply = await this.#call({ publish: { channel, data } });
    return reply && (reply.error?.code ?? 0);
  }

  /** The whole log, page by page. */
  async read(channel: string): Promise<ReadLog> {
    const values: unknown[] = [];
    const offsets: number[] = [];
    let since: object | undefined;
    for (;;) {
      const reply = await this.#call({ history: { channel, limit: 1000, since } });
      if (reply?.history === undefined) throw new Error(`No history: ${JSON.stringify(reply)}`);
      const { publications = [], epoch } = reply.history;
      for (const { data, offset } of publications) {
        values.push(data);
        offsets.push(offset);
      }
      if (publications.length === 0) return { values, offsets, epoch };
      since = { offset: offsets.at(-1), epoch };
    }
  }

  close(): void {
    this.#socket.close();
  }

  #call(request: object): Promise<Reply | undefined> {
    const id = (this.#id += 1);
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#socket.send(JSON.stringify({ id, ...request }));
    });
  }

  #take(reply: Reply): void {
    if (reply.id === undefined) {
      if (Object.keys(reply).length === 0) this.#socket.send("{}");
      return;
    }
    this.#waiting.get(reply.id)?.(reply);
    this.#waiting.delete(reply.id);
  }
}
