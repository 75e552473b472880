/**
 * The opening handshake over HTTP/2 (RFC 8441 §5) as far as a tester needs it, for both roles. Each case has a session of its
 * own, so that what one does to it is not the next one's matter.
 */
import { once } from "node:events";
import { connect as connectHttp2, constants } from "node:http2";
import type { ClientHttp2Session, IncomingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { offerHeader } from "./deflate-terms.ts";
import { HandshakeFailure } from "./handshake-failure.ts";
import { extraFields, negotiationProblem, noExtras } from "./handshake.ts";
import type { Head, OpenSocket, Opener, RequestExtras } from "./handshake.ts";

/** With `http:` or `https:` in the place of `ws:` or `wss:`. */
export function streamClientOpener(extras: RequestExtras): Opener {
  return async (url, timeLimitMs, offers) => {
    const { origin, pathname, search } = new URL(url.replace(/^ws/, "http"));
    const session = connectHttp2(origin);
    session.on("error", () => {});
    const timer = setTimeout(() => session.destroy(), timeLimitMs);
    try {
      return await openOn(session, { path: `${pathname}${search}`, offers, extras });
    } catch (error) {
      session.destroy();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  };
}

export const openStreamAsClient: Opener = streamClientOpener(noExtras);

interface Asked {
  readonly path: string;
  readonly offers: Parameters<Opener>[2];
  readonly extras: RequestExtras;
}

async function openOn(
  session: ClientHttp2Session,
  { path, offers, extras }: Asked,
): Promise<OpenSocket> {
  await orEnd(session, once(session, "remoteSettings"));
  if (session.remoteSettings.enableConnectProtocol !== true) {
    throw new HandshakeFailure("extended CONNECT is not allowed");
  }
  const fields = {
    ":method": "CONNECT",
    ":protocol": "websocket",
    ":path": path,
    "sec-websocket-version": "13",
    ...valuesByName(extraFields(extras)),
    ...(offers === undefined ? {} : { "sec-websocket-extensions": offerHeader(offers) }),
  };
  const stream = session.request(fields, { endStream: false });
  stream.on("error", () => {});
  stream.on("close", () => session.close());
  const [headers] = await orEnd(session, once(stream, "response"));
  const head = headOf(headers);
  const problem =
    head.startLine === "200"
      ? negotiationProblem(head.fields, {
          subprotocols: extras.subprotocols,
          hasOffered: offers !== undefined,
        })
      : `answered with ${head.startLine}`;
  if (problem === undefined) return { socket: stream, head };
  stream.close(constants.NGHTTP2_CANCEL);
  throw new HandshakeFailure(problem);
}

/** HTTP/2 has names in lower case (RFC 9113 §8.2). */
function valuesByName(fields: RequestExtras["headers"]): Record<string, string[]> {
  const named: Record<string, string[]> = {};
  for (const [name, value] of fields) {
    const key = name.toLowerCase();
    named[key] = [...(named[key] ?? []), value];
  }
  return named;
}

/** What is waited for, or the end of the session. */
async function orEnd<Given>(session: ClientHttp2Session, events: Promise<Given>): Promise<Given> {
  const over = new AbortController();
  const ended = once(session, "close", { signal: over.signal }).then(() => {
    throw new HandshakeFailure("session ended");
  });
  ended.catch(() => {});
  try {
    return await Promise.race([events, ended]);
  } finally {
    over.abort();
  }
}

/** @throws HandshakeFailure */
export function openStreamAsServer(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  extensions: (head: Head) => string | undefined,
): OpenSocket {
  const head = headOf(headers);
  stream.on("error", () => {});
  if (headers[":method"] !== "CONNECT" || headers[":protocol"] !== "websocket") {
    stream.respond({ ":status": 400 }, { endStream: true });
    throw new HandshakeFailure(`asked with ${head.startLine}`);
  }
  const accepted = extensions(head);
  stream.respond({
    ":status": 200,
    ...(accepted === undefined ? {} : { "sec-websocket-extensions": accepted }),
  });
  return { socket: stream, head };
}

/** The head of a request or a response, with its pseudo-header fields in the start line. */
export function headOf(headers: IncomingHttpHeaders): Head {
  const { ":status": status, ":method": method, ":path": path } = headers;
  const fields = Object.entries(headers).map(([name, value]) => [name, String(value)] as const);
  const startLine = status === undefined ? [method, path].join(" ") : String(status);
  return { startLine, fields: new Map(fields), rest: Buffer.alloc(0) };
}
