/**
 * What a check of the web-platform-tests is here: a file's name, and code of our own that checks what the file checks.
 */
import type { CloseEvent, WebSocket } from "@tautline/node";
import type { WptServer } from "./wpt-server.ts";

export interface Row {
  /** Path below `websockets/`. */
  readonly file: string;
  /** What of the file, where it has several checks. */
  readonly name?: string;
  /** Is about the class itself, so that the scheme makes no difference. */
  readonly once?: true;
  readonly run: (bench: Bench) => void | Promise<void>;
}

type WebSocketClass = typeof WebSocket;

/** A class under test and a server to try it on. */
export class Bench {
  readonly WebSocket: WebSocketClass;
  readonly CloseEvent: typeof CloseEvent;
  readonly server: WptServer;
  readonly #sockets: WebSocket[] = [];

  constructor(WebSocket: WebSocketClass, closeEvent: typeof CloseEvent, server: WptServer) {
    this.WebSocket = WebSocket;
    this.CloseEvent = closeEvent;
    this.server = server;
  }

  url(path: string): string {
    return this.server.origin + path;
  }

  /** A socket to `path`, which is closed when the check is over. */
  socket(path = "/echo", protocols?: string | string[]): WebSocket {
    return this.keep(new this.WebSocket(this.url(path), protocols));
  }

  keep(socket: WebSocket): WebSocket {
    this.#sockets.push(socket);
    return socket;
  }

  /** A socket that is open. */
  async open(path?: string, protocols?: string | string[]): Promise<WebSocket> {
    const socket = this.socket(path, protocols);
    await event(socket, "open");
    return socket;
  }

  clear(): void {
    for (const socket of this.#sockets) {
      socket.onerror = socket.onclose = null;
      socket.close();
    }
  }
}

interface Events {
  readonly open: Event;
  readonly message: MessageEvent;
  readonly error: Event;
  readonly close: CloseEvent;
}

/** The next event of `type`. Fails where the socket closes before it. */
export function event<Type extends keyof Events>(
  socket: WebSocket,
  type: Type,
): Promise<Events[Type]> {
  return new Promise((resolve, reject) => {
    socket.addEventListener(type, (event) => resolve(event), { once: true });
    if (type !== "close") {
      socket.addEventListener("close", ({ code }) => {
        reject(new Error(`closed with ${code} before ${type}`));
      });
    }
  });
}

/** Everything that happens until the socket has closed, by type. */
export async function story(socket: WebSocket): Promise<{ types: string[]; close: CloseEvent }> {
  const types: string[] = [];
  for (const type of ["open", "message", "error", "close"]) {
    socket.addEventListener(type, () => types.push(type));
  }
  const close = await event(socket, "close");
  // A second one would come now.
  await turn();
  await turn();
  return { types, close };
}

/** Lets the event loop run once around. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** The name of the DOMException, or of the error, that `call` throws. */
export function thrown(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return error instanceof Error ? error.name : typeof error;
  }
  return "nothing";
}

/** Lets `change` do what it likes to `holder`'s property, and puts it back. */
export function restoring(holder: object, name: string, change: () => void): void {
  const descriptor = Object.getOwnPropertyDescriptor(holder, name);
  try {
    change();
  } finally {
    if (descriptor !== undefined) Object.defineProperty(holder, name, descriptor);
  }
}

/** Sets a property in sloppy mode, in which an assignment that fails does not throw. */
export function assign(target: object, name: string, value: unknown): void {
  Reflect.set(target, name, value);
}
