/**
 * The opening handshake (RFC 6455 §4) as far as a tester needs it, for both roles. What it refuses has no case: the
 * connection then counts as never opened.
 */
import { createHash, randomBytes } from "node:crypto";
import { connect as connectTcp, isIP } from "node:net";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectTls } from "node:tls";
import { HandshakeFailure } from "./handshake-failure.ts";
import { offerHeader } from "./deflate-terms.ts";
import type { DeflateRequest } from "./deflate-terms.ts";

const guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const maxHeadBytes = 64 * 1024;

export interface Head {
  readonly startLine: string;
  /** By lower-case name. */
  readonly fields: ReadonlyMap<string, string>;
  /** What came behind the head. */
  readonly rest: Buffer;
}

/** Of HTTP/1.1. */
export interface RawHead extends Head {
  /** As they came, without their ends; what belongs to the start line is not among them. */
  readonly lines: readonly string[];
}

/** A connection over TCP, TLS or a stream of HTTP/2, past its handshake. */
export interface OpenSocket {
  readonly socket: Duplex;
  readonly head: Head;
}

/** The value of Sec-WebSocket-Accept (RFC 6455 §4.2.2). */
export const acceptFor = (key: string): string =>
  createHash("sha1").update(key).update(guid).digest("base64");

/**
 * Reads up to the empty line; the socket is paused afterwards.
 *
 * @throws HandshakeFailure
 */
export function readHead(socket: Socket, timeLimitMs: number): Promise<RawHead> {
  return new Promise((resolve, reject) => {
    let bytes = Buffer.alloc(0);
    const stop = () => {
      clearTimeout(timer);
      socket.pause();
      socket.off("data", read).off("end", ended).off("close", ended).off("error", failed);
    };
    const fail = (why: string, cause?: Error) => {
      stop();
      socket.on("error", () => {});
      socket.destroy();
      reject(new HandshakeFailure(why, { cause }));
    };
    const ended = () => fail("connection ended");
    const failed = (error: Error) => fail(error.message, error);
    const timer = setTimeout(() => fail("no head in time"), timeLimitMs);
    const read = (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      const end = bytes.indexOf("\r\n\r\n");
      if (end === -1) {
        if (bytes.byteLength > maxHeadBytes) fail("head too long");
        return;
      }
      stop();
      resolve(parseHead(bytes.toString("latin1", 0, end), bytes.subarray(end + 4)));
    };
    socket.on("data", read).on("end", ended).on("close", ended).on("error", failed);
  });
}

function parseHead(text: string, rest: Buffer): RawHead {
  const [startLine = "", ...lines] = text.split("\r\n");
  const fields = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    const before = fields.get(name);
    fields.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return { startLine, lines, fields, rest };
}

/**
 * Opens a connection as a client.
 *
 * @throws HandshakeFailure
 */
export type Opener = (
  url: string,
  timeLimitMs: number,
  offers?: readonly DeflateRequest[],
) => Promise<OpenSocket>;

/** Connects to the host and port of a `ws:` or `wss:` address. */
export function dial(url: string): Socket {
  const { hostname, port, protocol } = new URL(url);
  const secure = protocol === "wss:";
  const name = hostname.replace(/^\[|\]$/g, "");
  const where = { host: name, port: Number(port) || (secure ? 443 : 80) };
  // An address is no name for TLS (RFC 6066 §3).
  const named = isIP(name) === 0 ? { servername: name } : {};
  return secure ? connectTls({ ...where, ...named }) : connectTcp(where);
}

/** What goes into each request to a server, beside what a handshake has. It has been checked. */
export interface RequestExtras {
  readonly subprotocols: readonly string[];
  readonly headers: readonly (readonly [name: string, value: string])[];
}

export const noExtras: RequestExtras = { subprotocols: [], headers: [] };

/** The fields of {@link RequestExtras}. */
export function extraFields({ subprotocols, headers }: RequestExtras) {
  const offered = subprotocols.join(", ");
  return [...(offered === "" ? [] : [["Sec-WebSocket-Protocol", offered] as const]), ...headers];
}

/** Over HTTP/1.1. */
export function clientOpener(extras: RequestExtras): Opener {
  return async (url, timeLimitMs, offers) => {
    const { pathname, search, host } = new URL(url);
    const socket = dial(url);
    const key = randomBytes(16).toString("base64");
    const lines = [
      `GET ${pathname}${search} HTTP/1.1`,
      `Host: ${host}`,
      "Upgrade: websocket",
      "Connection: Upgrade",
      `Sec-WebSocket-Key: ${key}`,
      "Sec-WebSocket-Version: 13",
      ...extraFields(extras).map((field) => field.join(": ")),
      ...(offers === undefined ? [] : [`Sec-WebSocket-Extensions: ${offerHeader(offers)}`]),
    ];
    socket.write(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
    const head = await readHead(socket, timeLimitMs);
    const { subprotocols } = extras;
    const hasOffered = offers !== undefined;
    const problem =
      upgradeProblem(head, key) ?? negotiationProblem(head.fields, { subprotocols, hasOffered });
    if (problem === undefined) return { socket, head };
    socket.destroy();
    throw new HandshakeFailure(problem);
  };
}

export const openAsClient: Opener = clientOpener(noExtras);

/** What is wrong with an answer, apart from what is agreed on (RFC 6455 §4.1). */
export function upgradeProblem({ startLine, fields }: Head, key: string): string | undefined {
  if (!startLine.startsWith("HTTP/1.1 101")) return `answered with ${startLine}`;
  if (fields.get("upgrade")?.toLowerCase() !== "websocket") return "no Upgrade: websocket";
  if (!/\bupgrade\b/i.test(fields.get("connection") ?? "")) return "no Connection: Upgrade";
  if (fields.get("sec-websocket-accept") !== acceptFor(key)) return "wrong Sec-WebSocket-Accept";
  return undefined;
}

interface Offered {
  readonly subprotocols: readonly string[];
  /** Whether an extension was offered. */
  readonly hasOffered: boolean;
}

/** What is wrong with what is agreed on, in the same fields whatever the version of HTTP. */
export function negotiationProblem(
  fields: Head["fields"],
  { subprotocols, hasOffered }: Offered,
): string | undefined {
  if (fields.has("sec-websocket-extensions") && !hasOffered)
    return "extension that was not offered";
  const chosen = fields.get("sec-websocket-protocol");
  return chosen === undefined || subprotocols.includes(chosen)
    ? undefined
    : "subprotocol that was not offered";
}

/** Why a request cannot be answered as a handshake, if it cannot. */
export function requestProblem({ startLine, fields }: Head): string | undefined {
  const isUpgrade = fields.get("upgrade")?.toLowerCase() === "websocket";
  const isAsked = startLine.startsWith("GET ") && fields.has("sec-websocket-key") && isUpgrade;
  return isAsked ? undefined : `asked with ${startLine}`;
}

export function refuseRequest(socket: Socket): void {
  socket.end("HTTP/1.1 426 Upgrade Required\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
}

/**
 * Answers a client.
 *
 * @param extensions what to say of extensions, from the client's head
 * @throws HandshakeFailure
 */
export function answerAsServer(
  socket: Socket,
  head: Head,
  extensions: (head: Head) => string | undefined,
): OpenSocket {
  const problem = requestProblem(head);
  if (problem !== undefined) {
    refuseRequest(socket);
    throw new HandshakeFailure(problem);
  }
  const lines = [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Accept: ${acceptFor(head.fields.get("sec-websocket-key") ?? "")}`,
  ];
  const accepted = extensions(head);
  if (accepted !== undefined) lines.push(`Sec-WebSocket-Extensions: ${accepted}`);
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  return { socket, head };
}
