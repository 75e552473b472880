/** Finds the WebSocket connections in captured packets. How many TCP connections it follows at a time is bounded. */
import { ByteStream } from "./byte-stream.ts";
import { Dialogue } from "./dialogue.ts";
import { MalformedFile } from "./finding.ts";
import type { Report, Side } from "./finding.ts";
import type { Packet } from "./pcap.ts";
import { isKnownLink, tcpSegment } from "./tcp-segment.ts";
import type { TcpSegment } from "./tcp-segment.ts";

const mostConnections = 4096;

interface Flow {
  /** Who is taken for the client: who sent SYN, or who was heard first. */
  readonly client: string;
  readonly server: string;
  readonly streams: Readonly<Record<Side, ByteStream>>;
  readonly dialogue: Dialogue;
  readonly ended: Set<Side>;
}

const tlsHandshake = 0x16;

export class Capture {
  readonly #report: Report;
  readonly #flows = new Map<string, Flow>();
  #found = 0;
  #others = 0;
  #encrypted = 0;
  #passedOver = 0;
  #cut = 0;

  constructor(report: Report) {
    this.#report = report;
  }

  /** @throws MalformedFile for packets of a kind that is not known */
  add(packet: Packet): void {
    if (!isKnownLink(packet.linkType)) {
      throw new MalformedFile(
        `packets of link type ${packet.linkType} are not known here: capture with tcpdump -i any, or on an Ethernet or loopback device`,
      );
    }
    if (packet.isCut) this.#cut += 1;
    const segment = tcpSegment(packet);
    if (segment !== undefined) this.#segment(segment);
  }

  end(): void {
    for (const flow of this.#flows.values()) this.#close(flow);
    this.#flows.clear();
    this.#note(this.#cut, "packets were cut when they were captured: capture with tcpdump -s 0");
    this.#note(this.#encrypted, "connections are encrypted with TLS: capture behind what ends TLS");
    this.#note(this.#others, "other connections are no WebSocket, or began before the capture");
    this.#note(this.#passedOver, "packets belong to more connections than are followed at a time");
  }

  #note(count: number, text: string): void {
    if (count > 0) this.#report({ kind: "note", connection: undefined, text: `${count} ${text}` });
  }

  #segment(segment: TcpSegment): void {
    const name = [segment.source, segment.destination].toSorted().join(" ");
    let flow = this.#flows.get(name);
    if (flow !== undefined && segment.syn && flow.ended.size > 0) {
      // The same ports again, for another connection.
      this.#close(flow);
      this.#flows.delete(name);
      flow = undefined;
    }
    flow ??= this.#open(name, segment);
    if (flow === undefined) return;
    const side = segment.source === flow.client ? "client" : "server";
    flow.streams[side].add(segment);
    if (segment.fin || segment.rst) flow.ended.add(side);
  }

  #open(name: string, { source, destination, payload }: TcpSegment): Flow | undefined {
    if (this.#flows.size >= mostConnections && !this.#makeRoom()) {
      this.#passedOver += 1;
      return undefined;
    }
    // Without SYN, a server may be heard first: it begins with its answer.
    const isServer = payload.subarray(0, 7).toString("latin1") === "HTTP/1.";
    const [client, server] = isServer ? [destination, source] : [source, destination];
    let number = 0;
    const dialogue = new Dialogue({
      report: (finding) => {
        this.#report(finding.connection === 0 ? { ...finding, connection: number } : finding);
      },
      connection: 0,
      onFound: () => {
        number = ++this.#found;
        this.#report({ kind: "connection", connection: number, client, server });
      },
    });
    const streams = {
      client: this.#stream(dialogue, "client"),
      server: this.#stream(dialogue, "server"),
    };
    const flow = { client, server, streams, dialogue, ended: new Set<Side>() };
    this.#flows.set(name, flow);
    return flow;
  }

  /** Forgets a connection that is over. */
  #makeRoom(): boolean {
    for (const [name, flow] of this.#flows) {
      if (flow.ended.size === 0) continue;
      this.#close(flow);
      return this.#flows.delete(name);
    }
    return false;
  }

  #stream(dialogue: Dialogue, side: Side): ByteStream {
    let isFirst = true;
    return new ByteStream({
      onBytes: (bytes, at) => {
        if (isFirst && side === "client" && bytes[0] === tlsHandshake) this.#encrypted += 1;
        isFirst = false;
        dialogue.add(side, bytes, at);
      },
      onGap: (byteLength) => dialogue.gap(side, byteLength),
    });
  }

  #close({ streams, dialogue }: Flow): void {
    streams.client.end();
    streams.server.end();
    dialogue.end();
    if (!dialogue.isWebSocket) this.#others += 1;
  }
}
