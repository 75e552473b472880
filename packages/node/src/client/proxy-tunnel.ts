/**
 * Asks a proxy, over a socket to it, for a connection to a host and port: HTTP CONNECT (RFC 9110 §9.3.6) or SOCKS5
 * (RFC 1928, RFC 1929). When it agrees, the socket is the way to that host.
 *
 * The proxy looks names up, so that this works where names of the other side are not known. What a proxy says is as
 * little trusted as what a server says: it is limited in size, and read once.
 */
import { isIP, isIPv4 } from "node:net";
import type { Socket } from "node:net";
import {
  ConnectionFailed,
  HeadReader,
  headLimitDefaults,
  parseResponseHead,
} from "@tautline/protocol";
import type { Proxy } from "./proxy-url.ts";
import { SocketReader } from "./socket-reader.ts";

/** Where the tunnel shall end. */
export interface TunnelEnd {
  /** Name or address, without brackets. */
  readonly hostname: string;
  readonly port: number;
}

/**
 * Makes `socket`, which is connected to `proxy`, the way to `end`. Never settles when the socket fails.
 *
 * @throws ConnectionFailed `CONNECTION_PROXY` when the proxy says no, or nothing that makes sense
 */
export async function openTunnel(socket: Socket, proxy: Proxy, end: TunnelEnd): Promise<void> {
  const reader = new SocketReader(socket);
  if (proxy.kind === "socks5") await askSocks(reader, proxy, end);
  else await askHttp(reader, proxy, end);
  reader.release();
}

async function askHttp(reader: SocketReader, proxy: Proxy, end: TunnelEnd): Promise<void> {
  const authority = `${isIP(end.hostname) === 6 ? `[${end.hostname}]` : end.hostname}:${end.port}`;
  const lines = [`CONNECT ${authority} HTTP/1.1`, `Host: ${authority}`];
  if (proxy.credentials !== undefined) {
    const { user, password } = proxy.credentials;
    const encoded = Buffer.from(`${user}:${password}`, "utf8").toString("base64");
    lines.push(`Proxy-Authorization: Basic ${encoded}`);
  }
  reader.write(Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"));
  let status = 0;
  // 1xx is news on the way to the response (RFC 9110 §15.2). It counts against the same limits, or it could go on for ever.
  for (let maxHeadBytes = headLimitDefaults.maxHeadBytes; status < 200;) {
    const heads = new HeadReader(parseResponseHead, { ...headLimitDefaults, maxHeadBytes });
    let result = heads.receive(await reader.any());
    while (result.state === "pending") result = heads.receive(await reader.any());
    if (result.state === "failed") throw failure(result.error.message, result.error);
    ({ status } = result.head);
    maxHeadBytes -= heads.byteLength;
    reader.putBack(result.rest);
  }
  if (status >= 300) throw failure(`status ${status}`);
}

const socksVersion = 5;
const authenticationVersion = 1;
const Method = { none: 0, password: 2 } as const;
const AddressType = { v4: 1, name: 3, v6: 4 } as const;
const connectCommand = 1;

/** RFC 1928 §6. */
const socksReplies: readonly string[] = [
  "succeeded",
  "general failure",
  "connection not allowed by ruleset",
  "network unreachable",
  "host unreachable",
  "connection refused",
  "TTL expired",
  "command not supported",
  "address type not supported",
];

async function askSocks(reader: SocketReader, proxy: Proxy, end: TunnelEnd): Promise<void> {
  const { credentials } = proxy;
  const methods = credentials === undefined ? [Method.none] : [Method.none, Method.password];
  reader.write(Buffer.from([socksVersion, methods.length, ...methods]));
  const [version, method] = await reader.exactly(2);
  if (version !== socksVersion) throw failure("no SOCKS5");
  if (method === Method.password && credentials !== undefined) {
    await authenticate(reader, credentials);
  } else if (method !== Method.none) {
    throw failure("no authentication method in common");
  }
  const port = [end.port >> 8, end.port & 0xff];
  const address = socksAddress(end.hostname);
  reader.write(Buffer.from([socksVersion, connectCommand, 0, ...address, ...port]));
  const [replyVersion, reply = 1, , addressType] = await reader.exactly(4);
  if (replyVersion !== socksVersion) throw failure("no SOCKS5");
  if (reply !== 0) throw failure(socksReplies[reply] ?? `reply ${reply}`);
  await skipBoundAddress(reader, addressType);
}

/** RFC 1929 §2. */
async function authenticate(
  reader: SocketReader,
  { user, password }: { readonly user: string; readonly password: string },
): Promise<void> {
  reader.write(Buffer.from([authenticationVersion, ...withLength(user), ...withLength(password)]));
  const [, status] = await reader.exactly(2);
  if (status !== 0) throw failure("user and password not accepted");
}

function withLength(text: string): Uint8Array {
  const bytes = Buffer.from(text, "utf8");
  if (bytes.length > 255) throw failure("name longer than 255 bytes");
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
}

function socksAddress(hostname: string): Uint8Array {
  if (isIPv4(hostname)) return Buffer.from([AddressType.v4, ...hostname.split(".").map(Number)]);
  if (isIP(hostname) === 0) return Buffer.from([AddressType.name, ...withLength(hostname)]);
  return Buffer.from([AddressType.v6, ...ipv6Bytes(hostname)]);
}

function groups(part: string): string[] {
  return part === "" ? [] : part.split(":");
}

/** A URL's host is in its one shortest form: groups of hexadecimal digits and at most one "::". */
function ipv6Bytes(address: string): number[] {
  const [front = "", back] = address.split("::");
  const before = groups(front);
  const after = groups(back ?? "");
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => "0");
  return [...before, ...zeros, ...after].flatMap((group) => {
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}

/** The address that the proxy connects from is of no use here, and stands in front of the server's first byte. */
async function skipBoundAddress(reader: SocketReader, type: number | undefined): Promise<void> {
  let byteLength: number | undefined;
  if (type === AddressType.v4) byteLength = 4;
  else if (type === AddressType.v6) byteLength = 16;
  else if (type === AddressType.name) [byteLength] = await reader.exactly(1);
  if (byteLength === undefined) throw failure("no SOCKS5");
  await reader.exactly(byteLength + 2);
}

function failure(detail: string, cause?: Error): ConnectionFailed {
  return new ConnectionFailed("CONNECTION_PROXY", detail, { cause });
}
