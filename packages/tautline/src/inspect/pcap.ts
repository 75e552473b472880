/**
 * Files of captured packets: pcap (draft-ietf-opsawg-pcap) and pcapng (draft-ietf-opsawg-pcapng), of either byte order.
 * It gives packets as they were on the wire and knows nothing of what is in them.
 */
import { MalformedFile } from "./finding.ts";

export interface Packet {
  /** What the bytes begin with: a number of https://www.tcpdump.org/linktypes.html. */
  readonly linkType: number;
  /** Since 1970, in milliseconds. */
  readonly at: number;
  /** A view of the file. */
  readonly bytes: Buffer;
  /** The packet was longer than what was kept of it. */
  readonly isCut: boolean;
}

/** Four bytes that a file begins with, its byte order and the parts of a second that it counts. */
const magics: ReadonlyMap<string, readonly [isLittle: boolean, unitsPerMs: number]> = new Map([
  ["d4c3b2a1", [true, 1e3]],
  ["a1b2c3d4", [false, 1e3]],
  ["4d3cb2a1", [true, 1e6]],
  ["a1b23c4d", [false, 1e6]],
]);
const sectionHeader = 0x0a0d0d0a;

const magicOf = (bytes: Buffer): string => bytes.toString("hex", 0, 4);

export const isPcap = (bytes: Buffer): boolean => magics.has(magicOf(bytes));
export const isPcapng = (bytes: Buffer): boolean =>
  bytes.byteLength >= 4 && bytes.readUInt32BE(0) === sectionHeader;

interface Order {
  readonly u16: (at: number) => number;
  readonly u32: (at: number) => number;
}

const orderOf = (bytes: Buffer, isLittle: boolean): Order =>
  isLittle
    ? { u16: (at) => bytes.readUInt16LE(at), u32: (at) => bytes.readUInt32LE(at) }
    : { u16: (at) => bytes.readUInt16BE(at), u32: (at) => bytes.readUInt32BE(at) };

const fileHeadBytes = 24;
const packetHeadBytes = 16;

/** @throws MalformedFile */
export function* readPcap(file: Buffer): Generator<Packet> {
  const [isLittle, unitsPerMs] = magics.get(magicOf(file)) ?? [true, 1e3];
  if (file.byteLength < fileHeadBytes) throw new MalformedFile("the pcap file ends in its head");
  const { u32 } = orderOf(file, isLittle);
  // The upper bits say how many bytes a checksum has.
  const linkType = u32(20) & 0xffff;
  for (let at = fileHeadBytes; at < file.byteLength;) {
    if (at + packetHeadBytes > file.byteLength) throw cutShort(at);
    const [keptLength, length] = [u32(at + 8), u32(at + 12)];
    const start = at + packetHeadBytes;
    if (start + keptLength > file.byteLength) throw cutShort(at);
    yield {
      linkType,
      at: u32(at) * 1000 + u32(at + 4) / unitsPerMs,
      bytes: file.subarray(start, start + keptLength),
      isCut: keptLength < length,
    };
    at = start + keptLength;
  }
}

function cutShort(at: number): MalformedFile {
  return new MalformedFile(`the file ends within the packet at byte ${at}: was it copied whole?`);
}

const block = { interface: 1, simplePacket: 3, enhancedPacket: 6 } as const;
const littleMark = 0x1a2b3c4d;
const timeResolutionOption = 9;

interface CaptureInterface {
  readonly linkType: number;
  readonly snapLength: number;
  readonly unitsPerMs: number;
}

/** @throws MalformedFile */
export function* readPcapng(file: Buffer): Generator<Packet> {
  let order = orderOf(file, true);
  let interfaces: CaptureInterface[] = [];
  for (let at = 0; at < file.byteLength;) {
    if (at + 12 > file.byteLength) throw cutShort(at);
    if (file.readUInt32BE(at) === sectionHeader) {
      order = orderOf(file, file.readUInt32LE(at + 8) === littleMark);
      interfaces = [];
    }
    const length = order.u32(at + 4);
    if (length < 12 || length % 4 !== 0) {
      throw new MalformedFile(`the block at byte ${at} has the impossible length ${length}`);
    }
    if (at + length > file.byteLength) throw cutShort(at);
    const body = { at: at + 8, end: at + length - 4 };
    const kind = order.u32(at);
    if (kind === block.interface) interfaces.push(interfaceOf(file, order, body));
    const packet = packetOf(file, order, { kind, interfaces, ...body });
    if (packet !== undefined) yield packet;
    at += length;
  }
}

interface Body {
  readonly at: number;
  readonly end: number;
}

function interfaceOf(file: Buffer, order: Order, { at, end }: Body): CaptureInterface {
  if (at + 8 > end) throw new MalformedFile(`the interface block at byte ${at - 8} is too short`);
  let unitsPerMs = 1e3;
  for (let option = at + 8; option + 4 <= end;) {
    const [code, length] = [order.u16(option), order.u16(option + 2)];
    if (code === 0) break;
    if (code === timeResolutionOption && length === 1 && option + 5 <= end) {
      const exponent = file.readUInt8(option + 4);
      unitsPerMs = (exponent < 0x80 ? 10 ** exponent : 2 ** (exponent & 0x7f)) / 1000;
    }
    option += 4 + Math.ceil(length / 4) * 4;
  }
  return { linkType: order.u16(at), snapLength: order.u32(at + 4), unitsPerMs };
}

function packetOf(
  file: Buffer,
  { u32 }: Order,
  { kind, interfaces, at, end }: Body & { kind: number; interfaces: readonly CaptureInterface[] },
): Packet | undefined {
  if (kind !== block.enhancedPacket && kind !== block.simplePacket) return undefined;
  const isEnhanced = kind === block.enhancedPacket;
  const headBytes = isEnhanced ? 20 : 4;
  if (at + headBytes > end)
    throw new MalformedFile(`the packet block at byte ${at - 8} is too short`);
  const from = interfaces[isEnhanced ? u32(at) : 0];
  if (from === undefined) {
    throw new MalformedFile(
      `the packet at byte ${at - 8} belongs to an interface that is not there`,
    );
  }
  const length = isEnhanced ? u32(at + 16) : u32(at);
  const snapped = from.snapLength === 0 ? length : Math.min(length, from.snapLength);
  const keptLength = isEnhanced ? u32(at + 12) : snapped;
  const start = at + headBytes;
  if (start + keptLength > end) throw cutShort(at - 8);
  const units = isEnhanced ? u32(at + 4) * 2 ** 32 + u32(at + 8) : 0;
  return {
    linkType: from.linkType,
    at: units / from.unitsPerMs,
    bytes: file.subarray(start, start + keptLength),
    isCut: keptLength < length,
  };
}
