/**
 * What a connection of the generator runs over: TCP, TLS, or a stream of HTTP/2. A stream comes open, the others carry their
 * opening handshake themselves.
 */
import { connect as connectHttp2 } from "node:http2";
import type { ClientHttp2Session } from "node:http2";
import { connect as connectTcp } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectTls } from "node:tls";
import type { Settings } from "./settings.ts";

export interface Carrier {
  readonly stream: Duplex;
  /** Whether it brings a connection that is open already. */
  readonly isOpen: boolean;
}

export interface CarrierEvents {
  ready(carrier: Carrier): void;
  failed(why: string): void;
}

/** Connects, and calls one of `events`. Returns how to give it up. */
export function openCarrier(
  settings: Settings,
  localAddress: string | undefined,
  events: CarrierEvents,
): () => void {
  const { carrier } = settings;
  if (carrier === "h2" || carrier === "h2-tls") return openStream(settings, events);
  const place = { port: settings.port, host: "127.0.0.1", ...(localAddress && { localAddress }) };
  const socket =
    carrier === "tls"
      ? connectTls({ ...place, rejectUnauthorized: false })
      : connectTcp({ ...place, noDelay: true });
  socket.setNoDelay(true);
  const event = carrier === "tls" ? "secureConnect" : "connect";
  socket.once(event, () => events.ready({ stream: socket, isOpen: false }));
  socket.on("error", (error) => events.failed(error.message));
  return () => socket.destroy();
}

/** A session for each, as servers have them from clients that open one connection (RFC 8441 §5). */
function openStream({ carrier, port, path }: Settings, events: CarrierEvents): () => void {
  const scheme = carrier === "h2" ? "http" : "https";
  const origin = `${scheme}://127.0.0.1:${port}`;
  const session = connectHttp2(origin, { rejectUnauthorized: false });
  session.on("error", (error) => events.failed(error.message));
  session.once("remoteSettings", ({ enableConnectProtocol }) => {
    if (enableConnectProtocol === true) requestStream(session, path, events);
    else events.failed("the server takes no extended CONNECT");
  });
  return () => session.destroy();
}

function requestStream(session: ClientHttp2Session, path: string, events: CarrierEvents): void {
  const stream = session.request(
    {
      ":method": "CONNECT",
      ":protocol": "websocket",
      ":path": path,
      "sec-websocket-version": "13",
    },
    { endStream: false },
  );
  stream.on("error", (error) => events.failed(error.message));
  stream.once("close", () => session.close());
  stream.once("response", (headers) => {
    if (headers[":status"] === 200) events.ready({ stream, isOpen: true });
    else events.failed(`the handshake was refused with ${headers[":status"]}`);
  });
}
