/** Writes small captures, as tcpdump would: TCP over IPv4 or IPv6 in packets, packets in a file. */

export interface Sent {
  readonly from: "client" | "server";
  readonly bytes: Uint8Array;
  /** Default: behind what was sent before. */
  readonly sequence?: number;
  readonly flags?: number;
}

const ports = { client: 50_000, server: 8080 } as const;
export const syn = 2;
export const fin = 1;

function tcp(from: "client" | "server", sequence: number, { bytes, flags = 0 }: Sent): Buffer {
  const head = Buffer.alloc(20);
  head.writeUInt16BE(ports[from], 0);
  head.writeUInt16BE(ports[from === "client" ? "server" : "client"], 2);
  head.writeUInt32BE(sequence >>> 0, 4);
  head[12] = 5 << 4;
  head[13] = flags | 16;
  return Buffer.concat([head, bytes]);
}

function ipv4(from: "client" | "server", payload: Buffer): Buffer {
  const head = Buffer.alloc(20);
  head[0] = 0x45;
  head.writeUInt16BE(20 + payload.byteLength, 2);
  head[9] = 6;
  const [client, server] = [Buffer.from([10, 0, 0, 1]), Buffer.from([10, 0, 0, 2])];
  (from === "client" ? client : server).copy(head, 12);
  (from === "client" ? server : client).copy(head, 16);
  return Buffer.concat([head, payload]);
}

function ipv6(from: "client" | "server", payload: Buffer): Buffer {
  const head = Buffer.alloc(40);
  head[0] = 0x60;
  head.writeUInt16BE(payload.byteLength, 4);
  head[6] = 6;
  head[23] = from === "client" ? 1 : 2;
  head[39] = from === "client" ? 2 : 1;
  return Buffer.concat([head, payload]);
}

export interface Form {
  readonly ip?: 4 | 6;
  /** 1: Ethernet, 101: IP alone, 113: Linux "any". */
  readonly linkType?: number;
  readonly vlan?: boolean;
  readonly firstSequence?: number;
}

/** The packets of one connection. */
export function packets(all: readonly Sent[], form: Form = {}): Buffer[] {
  const { ip = 4, linkType = 1, vlan = false, firstSequence = 1000 } = form;
  const next = { client: firstSequence, server: firstSequence };
  return all.map((sent) => {
    const { from, bytes, flags = 0, sequence = next[from] } = sent;
    next[from] = sequence + bytes.byteLength + (flags === syn ? 1 : 0);
    const datagram = (ip === 4 ? ipv4 : ipv6)(from, tcp(from, sequence, sent));
    const type = Buffer.from(ip === 4 ? [0x08, 0x00] : [0x86, 0xdd]);
    if (linkType === 1) {
      const tag = vlan ? [Buffer.from([0x81, 0, 0, 7])] : [];
      return Buffer.concat([Buffer.alloc(12), ...tag, type, datagram]);
    }
    return linkType === 113 ? Buffer.concat([Buffer.alloc(14), type, datagram]) : datagram;
  });
}

/** Second 1 is the first packet's, 2 the second's. */
export function pcap(all: readonly Buffer[], linkType = 1, isLittle = true): Buffer {
  const u32 = (value: number): Buffer => {
    const bytes = Buffer.alloc(4);
    if (isLittle) bytes.writeUInt32LE(value);
    else bytes.writeUInt32BE(value);
    return bytes;
  };
  const version = Buffer.from(isLittle ? [2, 0, 4, 0] : [0, 2, 0, 4]);
  const head = [u32(0xa1b2c3d4), version, u32(0), u32(0), u32(65_535), u32(linkType)];
  const records = all.flatMap((bytes, i) => [
    u32(i + 1),
    u32(500_000),
    u32(bytes.byteLength),
    u32(bytes.byteLength),
    bytes,
  ]);
  return Buffer.concat([...head, ...records]);
}

const block = (kind: number, body: Buffer): Buffer => {
  const padded = Buffer.concat([body, Buffer.alloc(-body.byteLength & 3)]);
  const edge = Buffer.alloc(12);
  edge.writeUInt32LE(kind, 0);
  edge.writeUInt32LE(padded.byteLength + 12, 4);
  edge.writeUInt32LE(padded.byteLength + 12, 8);
  return Buffer.concat([edge.subarray(0, 8), padded, edge.subarray(8)]);
};

export function pcapng(all: readonly Buffer[], linkType = 1): Buffer {
  const section = Buffer.alloc(16, 0xff);
  section.writeUInt32LE(0x1a2b3c4d, 0);
  const device = Buffer.alloc(8);
  device.writeUInt16LE(linkType, 0);
  const blocks = all.map((bytes, i) => {
    const head = Buffer.alloc(20);
    head.writeUInt32LE((i + 1) * 1_000_000, 8);
    head.writeUInt32LE(bytes.byteLength, 12);
    head.writeUInt32LE(bytes.byteLength, 16);
    return block(6, Buffer.concat([head, bytes]));
  });
  return Buffer.concat([block(0x0a0d0d0a, section), block(1, device), ...blocks]);
}

export const ascii = (text: string): Buffer => Buffer.from(text, "latin1");
export const hex = (digits: string): Buffer => Buffer.from(digits.replaceAll(" ", ""), "hex");

export const request: Buffer = ascii(
  "GET /chat HTTP/1.1\r\nHost: a.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
);

export function response(more = ""): Buffer {
  return ascii(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n${more}\r\n`,
  );
}
