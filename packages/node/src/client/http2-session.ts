/**
 * HTTP/2 sessions of a client: made for one WebSocket over a socket, or brought by the caller, and what has to be known of
 * either before a WebSocket is asked for.
 */
import { connect as connectHttp2 } from "node:http2";
import type { ClientHttp2Session } from "node:http2";
import type { Socket } from "node:net";
import { monotonicClock, sharedDeadlines } from "../connection/deadline-queue.ts";

/** How long a server may take to end a session that it has been told is over, in milliseconds. */
const lingerMs = 2000;

/** Pseudo-headers count among the headers for Node.js, and not for the handshake. */
const pseudoHeaders = 1;

/** How large the head of an answer may be. */
export interface AnswerLimits {
  readonly maxHeadBytes: number;
  readonly maxHeaderCount: number;
}

/** A session over `socket`, which is connected and becomes its own. What it breaks of is told by its streams and its close. */
export function openSession(
  socket: Socket,
  origin: string,
  { maxHeadBytes, maxHeaderCount }: AnswerLimits,
): ClientHttp2Session {
  return connectHttp2(origin, {
    createConnection: () => socket,
    // One more than is allowed still arrives, so that it is the handshake that refuses it.
    maxHeaderListPairs: maxHeaderCount + pseudoHeaders + 1,
    settings: { enablePush: false, maxHeaderListSize: maxHeadBytes },
  });
}

/** Ends a session that has no stream any more in order (GOAWAY), and by force when the server does not go along. */
export function closeSession(session: ClientHttp2Session): void {
  const deadline = sharedDeadlines.open({ wake: () => session.destroy() });
  deadline.move(monotonicClock.now() + lingerMs);
  session.once("close", () => deadline.move(Infinity));
  session.close();
}

/** Sessions of which it is being found out. */
const underWay = new WeakMap<ClientHttp2Session, Promise<boolean | undefined>>();

/**
 * Whether the server has sent SETTINGS_ENABLE_CONNECT_PROTOCOL with the value 1 (RFC 8441 §3), as soon as that is known;
 * `undefined` when the session is over. Who asks while others do waits with them.
 */
export function takesWebSockets(session: ClientHttp2Session): Promise<boolean | undefined> {
  let known = underWay.get(session);
  if (known === undefined) {
    known = settingsOf(session).finally(() => underWay.delete(session));
    underWay.set(session, known);
  }
  return known;
}

/**
 * Settings are the first that a server sends (RFC 9113 §3.4), so the answer to a PING comes behind them: nothing else tells
 * whether they have come already on a session that others have used.
 */
function settingsOf(session: ClientHttp2Session): Promise<boolean | undefined> {
  return new Promise((resolve) => {
    const isEnabled = (): boolean => session.remoteSettings.enableConnectProtocol === true;
    const settle = (enabled: boolean | undefined): void => {
      session.off("remoteSettings", onSettings);
      session.off("close", onClose);
      resolve(enabled);
    };
    const onSettings = (): void => settle(isEnabled());
    const onClose = (): void => settle(undefined);
    if (session.destroyed || session.closed) {
      settle(undefined);
    } else if (isEnabled()) {
      settle(true);
    } else {
      session.on("remoteSettings", onSettings);
      session.on("close", onClose);
      session.ping((error) => {
        if (error === null) settle(isEnabled());
      });
    }
  });
}
