/**
 * WebSockets for programs that only listen. The connect request stands in the query (`cf_connect`) or is the first message;
 * nothing is read after it. Why the connection ends is said twice, by a push and by the close code.
 */
import type { ClientConnection, Hub } from "@tautline/hub";
import type { Connection, UpgradeRequest } from "@tautline/node";
import { disconnects } from "@tautline/wire";

import { unidirectionalCodec } from "./unidirectional-codec.ts";

/** Hands a WebSocket connection to the hub as one on which the client says its connect request and nothing else. */
export function acceptUnidirectional(
  hub: Hub,
  connection: Connection,
  { query, headers, remoteAddress }: Pick<UpgradeRequest, "query" | "headers" | "remoteAddress">,
): void {
  const request = query.get("cf_connect") ?? undefined;
  hub.accept(new UnidirectionalLine(connection, request), {
    codec: unidirectionalCodec,
    unidirectional: true,
    headers,
    remoteAddress,
    transport: "uni_websocket",
  });
}

class UnidirectionalLine implements ClientConnection {
  readonly #connection: Connection;
  /** The connect request, when the address held it. */
  readonly #request: string | undefined;
  #heard = false;

  constructor(connection: Connection, request: string | undefined) {
    this.#connection = connection;
    this.#request = request;
  }

  get bufferedBytes(): number {
    return this.#connection.bufferedBytes;
  }

  send(data: Parameters<ClientConnection["send"]>[0]): boolean {
    const line: ClientConnection = this.#connection;
    return line.send(data);
  }

  close(code: number = disconnects.connectionClosed.code, reason = ""): void {
    try {
      this.send(unidirectionalCodec.encodeReply({ push: { disconnect: { code, reason } } }));
    } catch {
      // A client that reads nothing has no room for it, and may have closed: the close code says the same.
    }
    this.#connection.close(code, reason);
  }

  onMessage(listener: (data: string | Uint8Array) => void): void {
    const hear = (frame: string | Uint8Array): void => {
      if (this.#heard) return;
      this.#heard = true;
      listener(frame);
    };
    const request = this.#request;
    if (request !== undefined) queueMicrotask(() => hear(request));
    this.#connection.onMessage(hear);
  }

  onClose(listener: Parameters<ClientConnection["onClose"]>[0]): void {
    this.#connection.onClose(listener);
  }

  pause(): void {
    this.#connection.pause();
  }

  resume(): void {
    this.#connection.resume();
  }
}
