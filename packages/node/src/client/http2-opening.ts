/**
 * The opening handshake of HTTP/2: an extended CONNECT on a session, whose stream becomes the connection's (RFC 8441 §5).
 *
 * The session is the caller's and goes on, or was made for this one WebSocket and ends with it.
 */
import { constants } from "node:http2";
import type {
  ClientHttp2Session,
  ClientHttp2Stream,
  IncomingHttpStatusHeader,
  OutgoingHttpHeaders,
} from "node:http2";
import { ConnectionFailed, HeaderList, UsageError } from "@tautline/protocol";
import type { ClientConnect, TautlineError } from "@tautline/protocol";
import { Http2Transport } from "../connection/http2-transport.ts";
import { closeSession, takesWebSockets } from "./http2-session.ts";
import type { Opening, OpeningEvents } from "./opening.ts";

export interface Http2OpeningParts {
  readonly session: ClientHttp2Session;
  readonly handshake: ClientConnect;
  /** Whether the session is there for this WebSocket alone. */
  readonly ownsSession: boolean;
}

export class Http2Opening implements Opening {
  readonly #session: ClientHttp2Session;
  readonly #handshake: ClientConnect;
  readonly #ownsSession: boolean;
  #stream: ClientHttp2Stream | undefined;
  #events: OpeningEvents | undefined;
  /** What the session or the stream broke of. */
  #cause: Error | undefined;

  constructor({ session, handshake, ownsSession }: Http2OpeningParts) {
    this.#session = session;
    this.#handshake = handshake;
    this.#ownsSession = ownsSession;
    if (ownsSession) session.on("error", this.#onError);
  }

  begin(events: OpeningEvents): void {
    this.#events = events;
    void this.#ask();
  }

  giveUp(): void {
    if (this.#events !== undefined) this.#abandon();
  }

  async #ask(): Promise<void> {
    // RFC 8441 §3: nothing is sent that the server has not said it understands.
    const enabled = await takesWebSockets(this.#session);
    if (this.#events === undefined) return;
    if (enabled !== true) {
      const what = enabled === false ? "SETTINGS_ENABLE_CONNECT_PROTOCOL is 0" : "session is over";
      this.#fail(failure(this.#cause?.message ?? what, this.#cause));
      return;
    }
    // What is meant for TLS never travels without. Before it is connected a session cannot tell.
    const scheme = this.#session.encrypted === true ? "https" : "http";
    if (!this.#handshake.fields.some(([name, value]) => name === ":scheme" && value === scheme)) {
      this.#fail(new UsageError("USAGE_OPTION", `session is for ${scheme}:`));
      return;
    }
    try {
      this.#listen(this.#session.request(fieldsOf(this.#handshake), { endStream: false }));
    } catch (error) {
      this.#fail(requestError(error));
    }
  }

  #listen(stream: ClientHttp2Stream): void {
    this.#stream = stream;
    stream.on("response", this.#onResponse);
    stream.on("error", this.#onError);
    stream.on("close", this.#onClose);
  }

  /** @param rawFields the head as it came: name, value, name…, and `:status`, which is the only one with a colon, first */
  readonly #onResponse = (
    { ":status": status = 0 }: IncomingHttpStatusHeader,
    _flags: number,
    rawFields: readonly string[],
  ): void => {
    const result = this.#handshake.receive(status, new HeaderList(rawFields.slice(2)));
    if (result.state === "failed") {
      this.#fail(result.error);
      return;
    }
    const stream = this.#stream;
    const events = this.#letGo();
    if (stream === undefined) return;
    if (this.#ownsSession) stream.once("close", () => closeSession(this.#session));
    const { subprotocol, extensions } = result;
    events?.opened({
      subprotocol,
      extensions,
      // What follows the head are frames of their own in HTTP/2.
      rest: new Uint8Array(),
      openTransport: (listeners) => new Http2Transport(stream, listeners),
    });
  };

  readonly #onError = (error: Error): void => {
    this.#cause ??= error;
  };

  readonly #onClose = (): void => {
    const cause = this.#cause;
    const detail = cause?.message ?? `stream was reset with ${this.#stream?.rstCode}`;
    this.#fail(new ConnectionFailed("CONNECTION_HANDSHAKE_CUT", detail, { cause }));
  };

  #fail(reason: Error): void {
    const events = this.#events;
    this.#abandon();
    events?.failed(reason);
  }

  #abandon(): void {
    const stream = this.#stream;
    this.#letGo();
    // Without a code Node.js 20 runs in circles when another stream of the session has been reset before.
    stream?.close(constants.NGHTTP2_CANCEL);
    // A stream that nobody reads would not come to its end.
    stream?.resume();
    if (this.#ownsSession) this.#session.destroy();
  }

  #letGo(): OpeningEvents | undefined {
    const stream = this.#stream;
    stream?.off("response", this.#onResponse);
    stream?.off("close", this.#onClose);
    const events = this.#events;
    this.#events = undefined;
    return events;
  }
}

/** The fields of the request. Several values of one name are several fields. */
function fieldsOf({ fields }: ClientConnect): OutgoingHttpHeaders {
  const gathered: Record<string, string | string[]> = {};
  for (const [name, value] of fields) {
    const before = gathered[name];
    gathered[name] = before === undefined ? value : [before, value].flat();
  }
  return gathered;
}

/** Why a request could not be made: the session is over, or it is one that HTTP/2 does not have. */
function requestError(error: unknown): TautlineError {
  const cause = error instanceof Error ? error : undefined;
  const code = cause !== undefined && "code" in cause ? String(cause.code) : "";
  return /SESSION|STREAM/.test(code)
    ? failure(cause?.message, cause)
    : new UsageError("USAGE_HANDSHAKE_HEADER", cause?.message, { cause });
}

function failure(detail: string | undefined, cause: Error | undefined): ConnectionFailed {
  return new ConnectionFailed("CONNECTION_HTTP2", detail, { cause });
}
