/**
 * What can go wrong, by who is at fault: the caller (`UsageError`), the server that said no (`CallRefused`), a limit of
 * this client (`LimitExceeded`), or the world in between (`CallFailed`). Each carries a stable `code`, and one table
 * maps codes to texts. A call ended by its own `AbortSignal` rejects with the signal's reason, as everywhere else.
 */

/** Every code, with what it says. Texts are for people and may change; codes do not. */
export const clientErrorTexts = Object.freeze({
  "no-websocket":
    "This runtime has no global WebSocket (Node.js has one from version 22). Pass a constructor of that shape: " +
    'new Client(url, { webSocket: WebSocket }), with WebSocket from "@tautline/node" or from the npm package "ws"',
  "bad-url": "The URL must be absolute, or relative to a page, with ws:, wss:, http: or https:",
  "bad-option": "An option has a value out of its range",
  "bad-payload": "The data has no JSON form",
  "already-subscribed":
    "This client has a subscription to the channel already: find it with client.subscription(channel)",
  refused: "The server refused the call",
  timeout: "No answer came in time",
  "connection-lost":
    "The connection was lost before the answer came: the server may have acted on the call or not",
  disconnected: "The client is disconnected and will not connect by itself: call connect()",
  unsubscribed: "The subscription has ended",
  unauthorized: "There is no token",
  "queue-full":
    "Too much is waiting to be sent: the newest call is refused. The limits are maxQueuedCalls and maxQueuedBytes",
} as const);

/** The stable code of an error of this package. */
export type ClientErrorCode = keyof typeof clientErrorTexts;

/** What all errors of this package have in common. */
export class ClientError extends Error {
  override readonly name: string = "ClientError";
  readonly code: ClientErrorCode;

  /** @param detail is appended to the text of the code. */
  constructor(code: ClientErrorCode, detail = "") {
    const text = clientErrorTexts[code];
    super(detail === "" ? text : `${text} (${detail})`);
    this.code = code;
  }
}

/** The caller's mistake: it will fail again the same way. Thrown at once, or what a call rejects with. */
export class UsageError extends ClientError {
  override readonly name = "UsageError";
}

/** A limit of this client was reached; nothing was sent. */
export class LimitExceeded extends ClientError {
  override readonly name = "LimitExceeded";
}

/** The call did not come to an answer. */
export class CallFailed extends ClientError {
  override readonly name = "CallFailed";
}

/** Whether the application has no token to give. */
export function isUnauthorized(error: unknown): boolean {
  return error instanceof CallFailed && error.code === "unauthorized";
}

/** The server answered with an error. */
export class CallRefused extends ClientError {
  override readonly name = "CallRefused";
  /** The protocol's error code, such as 103 for "permission denied"; from 400 on the application's own. */
  readonly serverCode: number;
  readonly serverMessage: string;
  /** True when the same call may succeed later. */
  readonly temporary: boolean;

  constructor(error: {
    readonly code: number;
    readonly message: string;
    readonly temporary?: boolean;
  }) {
    super("refused", `${error.code}: ${error.message}`);
    this.serverCode = error.code;
    this.serverMessage = error.message;
    this.temporary = error.temporary === true;
  }
}
