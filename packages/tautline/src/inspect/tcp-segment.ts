/** Finds the TCP segment in a packet: link layer, IPv4 (RFC 791) or IPv6 (RFC 8200), TCP (RFC 9293 §3.1). */
import type { Packet } from "./pcap.ts";

export interface TcpSegment {
  /** Address and port, as in `127.0.0.1:8080` or `[::1]:8080`. */
  readonly source: string;
  readonly destination: string;
  readonly sequence: number;
  readonly syn: boolean;
  readonly fin: boolean;
  readonly rst: boolean;
  /** A view of the file. */
  readonly payload: Buffer;
  readonly at: number;
}

const ipv4Type = 0x0800;
const ipv6Type = 0x86dd;
const vlanTypes = new Set([0x8100, 0x88a8, 0x9100]);
const tcp = 6;

/** Linktypes, and how many bytes stand before the type of what follows; -1: what follows is IP, and says its version. */
const links: ReadonlyMap<number, readonly [typeAt: number, headBytes: number]> = new Map([
  [0, [-1, 4]],
  [1, [12, 14]],
  [12, [-1, 0]],
  [14, [-1, 0]],
  [101, [-1, 0]],
  [108, [-1, 4]],
  [113, [14, 16]],
  [228, [-1, 0]],
  [229, [-1, 0]],
  [276, [0, 20]],
]);

export const isKnownLink = (linkType: number): boolean => links.has(linkType);

/** Undefined for everything that is not TCP, and for what is not all there. */
export function tcpSegment(packet: Packet): TcpSegment | undefined {
  const ip = networkLayer(packet);
  if (ip === undefined || ip.byteLength < 1) return undefined;
  const version = ip.readUInt8(0) >> 4;
  if (version === 4) return overIpv4(ip, packet.at);
  return version === 6 ? overIpv6(ip, packet.at) : undefined;
}

function networkLayer({ linkType, bytes }: Packet): Buffer | undefined {
  const link = links.get(linkType);
  if (link === undefined) return undefined;
  let [typeAt, start] = link;
  if (bytes.byteLength < start) return undefined;
  if (typeAt < 0) return bytes.subarray(start);
  let type = bytes.readUInt16BE(typeAt);
  while (vlanTypes.has(type)) {
    if (linkType !== 1) return undefined;
    [typeAt, start] = [typeAt + 4, start + 4];
    if (bytes.byteLength < start) return undefined;
    type = bytes.readUInt16BE(typeAt);
  }
  return type === ipv4Type || type === ipv6Type ? bytes.subarray(start) : undefined;
}

function overIpv4(ip: Buffer, at: number): TcpSegment | undefined {
  if (ip.byteLength < 20) return undefined;
  const headBytes = (ip.readUInt8(0) & 15) * 4;
  // Pieces of a packet (RFC 791 §3.2) are rare on TCP, which sizes its segments to avoid them.
  const isPiece = (ip.readUInt16BE(6) & 0x3fff) !== 0;
  if (ip.readUInt8(9) !== tcp || isPiece || headBytes < 20) return undefined;
  // A network card may leave the length to itself: it is 0 then.
  const total = ip.readUInt16BE(2) || ip.byteLength;
  const name = (start: number): string => [...ip.subarray(start, start + 4)].join(".");
  return segment(ip.subarray(headBytes, total), [name(12), name(16)], at);
}

const hopByHop = 0;
const extensions = new Set([hopByHop, 43, 60]);

function overIpv6(ip: Buffer, at: number): TcpSegment | undefined {
  if (ip.byteLength < 40) return undefined;
  let next = ip.readUInt8(6);
  let start = 40;
  while (extensions.has(next)) {
    if (ip.byteLength < start + 8) return undefined;
    next = ip.readUInt8(start);
    start += (ip.readUInt8(start + 1) + 1) * 8;
  }
  if (next !== tcp) return undefined;
  const length = ip.readUInt16BE(4);
  const total = length === 0 ? ip.byteLength : 40 + length;
  return segment(ip.subarray(start, total), [ipv6Name(ip, 8), ipv6Name(ip, 24)], at);
}

/** As RFC 5952 has it, and in brackets. */
function ipv6Name(ip: Buffer, start: number): string {
  const groups = Array.from({ length: 8 }, (_, i) => ip.readUInt16BE(start + 2 * i).toString(16));
  return `[${new URL(`http://[${groups.join(":")}]/`).hostname.slice(1, -1)}]`;
}

function segment(
  bytes: Buffer,
  [source, destination]: readonly [string, string],
  at: number,
): TcpSegment | undefined {
  if (bytes.byteLength < 20) return undefined;
  const headBytes = (bytes.readUInt8(12) >> 4) * 4;
  if (headBytes < 20 || bytes.byteLength < headBytes) return undefined;
  const flags = bytes.readUInt8(13);
  return {
    source: `${source}:${bytes.readUInt16BE(0)}`,
    destination: `${destination}:${bytes.readUInt16BE(2)}`,
    sequence: bytes.readUInt32BE(4),
    fin: (flags & 1) !== 0,
    syn: (flags & 2) !== 0,
    rst: (flags & 4) !== 0,
    payload: bytes.subarray(headBytes),
    at,
  };
}
