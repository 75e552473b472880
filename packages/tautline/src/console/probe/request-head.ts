/**
 * The request that the probe dials with (RFC 6455 §4.1), as bytes that are shown as they are sent. It lets through nothing that
 * would end a line, so an order makes one request and no more.
 */
import { randomBytes } from "node:crypto";

import type { DialOrder } from "./orders.ts";
import { WrongOrder } from "./orders.ts";

/** What is offered where compression is wished for, as browsers do. */
const deflateOffer = "permessage-deflate; client_max_window_bits";

/** RFC 9110 §5.6.2. */
const token = /^[!#$%&'*+\-.^_`|~\w]+$/u;
/** RFC 9110 §5.5: visible characters, with blanks between them. */
const fieldValue =
  /^[\u0021-\u007E\u0080-\u00FF]?(?:[\t\u0020-\u007E\u0080-\u00FF]*[\u0021-\u007E\u0080-\u00FF])?$/u;

/** Those that make the handshake; a second one would make it another request. */
const ownFields = new Set([
  "host",
  "upgrade",
  "connection",
  "sec-websocket-key",
  "sec-websocket-version",
  "content-length",
  "transfer-encoding",
]);

/** @throws WrongOrder for what cannot be sent */
export function requestHead(url: URL, order: DialOrder): Buffer {
  const { subprotocols, origin, compression, headers } = order;
  const lines = [
    `GET ${url.pathname}${url.search} HTTP/1.1`,
    `Host: ${url.host}`,
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`,
    "Sec-WebSocket-Version: 13",
    ...(origin === undefined ? [] : [field("Origin", origin)]),
    ...(subprotocols.length === 0 ? [] : [protocolField(subprotocols)]),
    ...(compression ? [`Sec-WebSocket-Extensions: ${deflateOffer}`] : []),
    ...headers.map(([name, value]) => extraField(name, value)),
  ];
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
}

function protocolField(subprotocols: readonly string[]): string {
  const wrong = subprotocols.find((name) => !token.test(name));
  if (wrong !== undefined) throw new WrongOrder(`'${wrong}' cannot be the name of a subprotocol`);
  return `Sec-WebSocket-Protocol: ${subprotocols.join(", ")}`;
}

function extraField(name: string, value: string): string {
  if (!token.test(name)) throw new WrongOrder(`'${name}' cannot be the name of a header`);
  if (ownFields.has(name.toLowerCase())) throw new WrongOrder(`${name} is set by the handshake`);
  return field(name, value);
}

function field(name: string, value: string): string {
  if (!fieldValue.test(value)) throw new WrongOrder(`the value of ${name} cannot be sent`);
  return `${name}: ${value}`;
}
