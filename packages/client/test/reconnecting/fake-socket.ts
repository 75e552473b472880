/** A socket that does what the test says, and keeps what was done to it. */
import type { AnySocket, CloseInfo, SocketData } from "@tautline/client/reconnecting-websocket";

export class FakeSocket implements AnySocket {
  /** All that were made since {@link FakeSocket.forget}, the newest last. */
  static made: FakeSocket[] = [];
  readonly url: string;
  readonly protocols: readonly string[];
  readonly sent: SocketData[] = [];
  readonly extensions = "";
  readonly closes: unknown[][] = [];
  protocol = "";
  bufferedAmount = 0;
  binaryType = "blob";
  onopen: ((event: never) => void) | null = null;
  onmessage: ((event: never) => void) | null = null;
  onerror: ((event: never) => void) | null = null;
  onclose: ((event: never) => void) | null = null;

  constructor(url: string, protocols: readonly string[] = []) {
    if (url === "invalid") throw new DOMException("invalid", "SyntaxError");
    this.url = url;
    this.protocols = protocols;
    FakeSocket.made.push(this);
  }

  static get newest(): FakeSocket {
    const socket = FakeSocket.made.at(-1);
    if (socket === undefined) throw new Error("no socket was made");
    return socket;
  }

  static forget(): void {
    FakeSocket.made = [];
  }

  send(data: SocketData): void {
    this.sent.push(data);
  }

  close(...args: unknown[]): void {
    this.closes.push(args);
  }

  open(): void {
    this.onopen?.(new Event("open") as never);
  }

  receive(data: unknown): void {
    this.onmessage?.(new MessageEvent("message", { data, origin: "ws://host" }) as never);
  }

  end(code: number, { reason = "", wasClean = code !== 1006 } = {}): void {
    this.onerror?.(new Event("error") as never);
    const end: CloseInfo = { code, reason, wasClean };
    this.onclose?.(end as never);
  }
}
