/** The heads of the opening handshake, and what is wrong with them (RFC 6455 §4). */
import { createHash } from "node:crypto";
import type { HandshakeFinding, HeaderLine, HttpHead } from "./finding.ts";

const endOfHead = "\r\n\r\n";
const guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

export interface CutHead {
  readonly head: HttpHead;
  readonly rest: Buffer;
}

/** Undefined while the head is not complete. */
export function cutHead(bytes: Buffer): CutHead | undefined {
  const end = bytes.indexOf(endOfHead);
  if (end < 0) return undefined;
  const [startLine = "", ...lines] = bytes.toString("latin1", 0, end).split("\r\n");
  const headers = lines.map((line): HeaderLine => {
    const colon = line.indexOf(":");
    return colon < 0
      ? { name: line, value: "" }
      : { name: line.slice(0, colon), value: line.slice(colon + 1).trim() };
  });
  return { head: { startLine, headers }, rest: bytes.subarray(end + endOfHead.length) };
}

/** The values of all header lines of that name, joined (RFC 9110 §5.2). */
export function valueOf(head: HttpHead | undefined, name: string): string | undefined {
  const values = (head?.headers ?? [])
    .filter((line) => line.name.toLowerCase() === name.toLowerCase())
    .map(({ value }) => value);
  return values.length === 0 ? undefined : values.join(", ");
}

export const asksForWebSocket = (head: HttpHead): boolean =>
  /\bwebsocket\b/i.test(valueOf(head, "upgrade") ?? "");

export const isSwitch = (head: HttpHead): boolean => /^HTTP\/1\.1 101\b/.test(head.startLine);

/** RFC 6455 §4.2.2: the key and the GUID, SHA-1, base64. */
const acceptOf = (key: string): string =>
  createHash("sha1").update(key).update(guid).digest("base64");

/** What is to be said of a handshake, from both heads. */
export function handshakeOf(
  connection: number,
  request: HttpHead | undefined,
  response: HttpHead | undefined,
): HandshakeFinding {
  const key = valueOf(request, "sec-websocket-key");
  const acceptComputed = key === undefined ? undefined : acceptOf(key);
  const acceptReceived = valueOf(response, "sec-websocket-accept");
  const problems = [
    ...(request === undefined ? [] : requestProblems(request, key)),
    ...(response === undefined ? [] : responseProblems(response, acceptComputed, acceptReceived)),
  ];
  const kind = "handshake";
  return { kind, connection, request, response, acceptComputed, acceptReceived, problems };
}

function requestProblems(request: HttpHead, key: string | undefined): string[] {
  const isSound = key !== undefined && Buffer.from(key, "base64").byteLength === 16;
  const version = valueOf(request, "sec-websocket-version");
  return [
    ...(isSound ? [] : ["Sec-WebSocket-Key is not 16 bytes in base64 (RFC 6455 §4.1)"]),
    ...(version === "13"
      ? []
      : [`Sec-WebSocket-Version is ${version ?? "missing"}, not 13 (§4.1)`]),
  ];
}

function responseProblems(
  response: HttpHead,
  computed: string | undefined,
  received: string | undefined,
): string[] {
  if (!isSwitch(response)) return [`the server refused: ${response.startLine}`];
  if (computed === undefined || computed === received) return [];
  return ["Sec-WebSocket-Accept does not fit the key (§4.2.2)"];
}
