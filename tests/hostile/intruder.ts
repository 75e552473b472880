/** A client that says whatever a test wants over a WebSocket, and writes down what it is told. */

import { EventEmitter, once } from "node:events";
import { onTestFinished } from "vitest";
import { WebSocket } from "ws";

/** What a server says, as far as these tests look at it. */
export interface Said {
  readonly id?: number;
  readonly error?: { readonly code: number };
  readonly push?: { readonly channel?: string; readonly pub?: { readonly data: unknown } };
  readonly subscribe?: { readonly recovered?: boolean; readonly publications?: readonly unknown[] };
  readonly presence?: { readonly presence: Readonly<Record<string, unknown>> };
  readonly connect?: { readonly client: string };
}

/** A command, whatever it says. */
export interface Saying {
  readonly id: number;
  readonly [request: string]: unknown;
}

export class Intruder {
  /** The code with which the connection ends. */
  readonly closed: Promise<number>;
  /** Everything that was said to it; nothing in Protobuf. */
  readonly heard: Said[] = [];
  readonly #socket: WebSocket;
  readonly #news = new EventEmitter();

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("error", () => undefined);
    socket.on("message", (data: Buffer, isBinary: boolean) => {
      if (isBinary) return;
      for (const line of data.toString().split("\n")) this.heard.push(JSON.parse(line) as Said);
      this.#news.emit("heard");
    });
    this.closed = new Promise((resolve) => {
      socket.once("close", (code) => {
        resolve(code);
        this.#news.emit("heard");
      });
    });
  }

  /** One that has said nothing yet. */
  static async silent(origin: string, protocol?: string): Promise<Intruder> {
    const url = `${origin.replace("http", "ws")}/connection/websocket`;
    const socket = new WebSocket(url, protocol === undefined ? [] : [protocol]);
    const intruder = new Intruder(socket);
    onTestFinished(() => socket.terminate());
    await once(socket, "open");
    return intruder;
  }

  /** One that has connected. */
  static async to(origin: string, connect: object = {}): Promise<Intruder> {
    const intruder = await Intruder.silent(origin);
    await intruder.ask({ id: 1, connect });
    return intruder;
  }

  say(frame: string | Uint8Array | object): void {
    const isRaw = typeof frame === "string" || frame instanceof Uint8Array;
    this.#socket.send(isRaw ? frame : JSON.stringify(frame));
  }

  /** Says it and resolves with the answer to the command with its id; rejects when the connection ends before. */
  async ask(command: Saying): Promise<Said> {
    this.say(command);
    return this.told(({ id }) => id === command.id);
  }

  /** Resolves with the first of what it was told that fits; rejects when the connection ends before. */
  async told(fits: (said: Said) => boolean): Promise<Said> {
    for (;;) {
      const found = this.heard.find(fits);
      if (found !== undefined) return found;
      if (this.#socket.readyState === WebSocket.CLOSED) throw new Error("It is over");
      await once(this.#news, "heard");
    }
  }

  /** Ends the connection without a word. */
  leave(): void {
    this.#socket.terminate();
  }

  /** Reads nothing any more. */
  goDeaf(): void {
    this.#socket.pause();
  }

  hearAgain(): void {
    this.#socket.resume();
  }

  get client(): string {
    return this.heard.find(({ connect }) => connect !== undefined)?.connect?.client ?? "";
  }
}
