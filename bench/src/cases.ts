/** What is measured: each case with its load and the part of a run it belongs to. */
import type { Case, Group } from "./case.ts";
import { hubCases, subscribe } from "./hub-cases.ts";
import type { LoadSettings } from "./load-settings.ts";

export type { Case } from "./case.ts";

export const groups: readonly { readonly name: Group; readonly title: string }[] = [
  { name: "echo", title: "messages there and back" },
  { name: "deflate", title: "the same with permessage-deflate" },
  { name: "carrier", title: "the same over TLS and HTTP/2" },
  { name: "fanout", title: "one publisher, many subscribers" },
  { name: "handshake", title: "connect, handshake, close" },
  { name: "memory", title: "what an idle connection costs" },
  { name: "scale", title: "whether idle connections make the others dearer" },
  { name: "hub", title: "the hub's broadcast to one channel" },
  { name: "brokers", title: "the same between two nodes, over Redis and NATS" },
  { name: "costs", title: "what the parts of a deployment cost" },
];

const KiB = 1024;
const MiB = 1024 * KiB;

function sizeText(bytes: number): string {
  if (bytes >= MiB) return `${bytes / MiB} MiB`;
  return bytes >= KiB ? `${bytes / KiB} KiB` : `${bytes} B`;
}

interface EchoRow {
  readonly connections: number;
  readonly bytes: number;
  readonly depth: number;
  readonly kind: "ascii" | "utf8" | "binary" | "json";
  readonly quick?: boolean;
  readonly deflate?: boolean;
}

const kindTexts = { ascii: "ASCII text", utf8: "non-ASCII text", binary: "binary", json: "JSON" };

function echoCase(row: EchoRow): Case {
  const { connections, bytes, depth, kind, quick = false, deflate = false } = row;
  const group = deflate ? "deflate" : "echo";
  const title = `${connections} × ${sizeText(bytes)} ${kindTexts[kind]}, ${depth} in flight`;
  return {
    id: `${group}-${connections}-${bytes}-${depth}${kind === "utf8" ? "-utf8" : ""}`,
    group,
    title: `${deflate ? "deflate echo" : "echo"} ${title}`,
    unit: "µs/message",
    service: "echo",
    load: { mode: "echo", connections, bytes, depth, kind, deflate: deflate ? "fresh" : "none" },
    equalLoad: true,
    quick,
  };
}

const echoRows: readonly EchoRow[] = [
  { connections: 1, bytes: 20, depth: 1, kind: "ascii" },
  { connections: 64, bytes: 20, depth: 1, kind: "ascii", quick: true },
  { connections: 64, bytes: 20, depth: 16, kind: "ascii", quick: true },
  { connections: 64, bytes: KiB, depth: 1, kind: "ascii" },
  { connections: 64, bytes: KiB, depth: 16, kind: "ascii", quick: true },
  { connections: 64, bytes: KiB, depth: 16, kind: "utf8" },
  { connections: 16, bytes: 64 * KiB, depth: 1, kind: "binary", quick: true },
  { connections: 16, bytes: 64 * KiB, depth: 4, kind: "binary" },
  { connections: 4, bytes: MiB, depth: 1, kind: "binary" },
  { connections: 64, bytes: KiB, depth: 1, kind: "json", deflate: true },
  { connections: 64, bytes: KiB, depth: 16, kind: "json", deflate: true, quick: true },
];

const carrierTexts = { tcp: "TCP", tls: "TLS", h2: "HTTP/2", "h2-tls": "HTTP/2 and TLS" };

type CarrierRow = Pick<EchoRow, "bytes" | "depth" | "kind">;

const carrierRows: readonly CarrierRow[] = [
  { bytes: 20, depth: 1, kind: "ascii" },
  { bytes: KiB, depth: 16, kind: "ascii" },
  { bytes: 64 * KiB, depth: 1, kind: "binary" },
];

/** Beside the same over TCP, by the same generator: what the carrier costs. */
function carrierCases({ bytes, depth, kind }: CarrierRow): Case[] {
  return (["tcp", "tls", "h2", "h2-tls"] as const).map((carrier) => ({
    id: `carrier-${carrier}-${bytes}-${depth}`,
    group: "carrier",
    title: `echo 16 × ${sizeText(bytes)} ${kindTexts[kind]} over ${carrierTexts[carrier]}, ${depth} in flight`,
    unit: "µs/message",
    service: "echo",
    load: { mode: "echo", connections: 16, bytes, depth, kind, carrier },
    equalLoad: false,
    quick: false,
    maxRounds: 3,
  }));
}

function fanoutCase(connections: number, depth: number): Case {
  return {
    id: `fanout-${connections}-${depth}`,
    group: "fanout",
    title: `fan-out of 100 B to ${connections}, ${depth} outstanding`,
    unit: "µs/delivery",
    service: "fanout",
    load: { mode: "fanout", connections, bytes: 100, depth, kind: "ascii" },
    equalLoad: false,
    quick: connections === 500 && depth === 8,
  };
}

const manyConnections = 10_000;
/** Connections from many addresses: ports of one would run out, closed ones stay taken for a minute. */
const sources = 64;

function memoryCase(id: string, title: string, load: Partial<LoadSettings>): Case {
  return {
    id: `memory-${id}`,
    group: "memory",
    title: `memory per idle connection, ${title}`,
    unit: "bytes/connection",
    service: "echo",
    load: {
      mode: "idle",
      connections: manyConnections,
      kind: "json",
      bytes: KiB,
      hold: 1,
      collect: 1,
      sources,
      ...load,
    },
    equalLoad: false,
    quick: false,
    maxRounds: 3,
  };
}

const handshakeCase: Case = {
  id: "handshake",
  group: "handshake",
  title: "connect, handshake, close",
  unit: "µs/connection",
  service: "echo",
  load: { mode: "connect", connections: 32, sources },
  equalLoad: false,
  quick: true,
};

const few = { mode: "echo", connections: 100, active: 100, bytes: 20, kind: "ascii" } as const;

const scaleCase: Case = {
  id: "scale",
  group: "scale",
  title: "echo 100 × 20 B beside 9,900 idle connections",
  unit: "µs/message",
  service: "echo",
  load: { ...few, connections: manyConnections, sources },
  compared: few,
  equalLoad: false,
  quick: false,
  maxRounds: 3,
};

function hubCase(depth: number): Case {
  return {
    id: `hub-1000-${depth}`,
    group: "hub",
    title: `publication of 100 B to 1000 subscribers of a channel, ${depth} outstanding`,
    unit: "µs/delivery",
    service: "hub",
    load: {
      mode: "fanout",
      connections: 1000,
      bytes: 100,
      depth,
      kind: "ascii",
      publisherPath: "/publish",
      hello: subscribe,
      welcome: '"id":2',
    },
    equalLoad: false,
    quick: false,
  };
}

/** In the order in which they are run. */
export const cases: readonly Case[] = [
  ...echoRows.map(echoCase),
  ...carrierRows.flatMap(carrierCases),
  ...[500, 1000].flatMap((count) => [fanoutCase(count, 1), fanoutCase(count, 8)]),
  handshakeCase,
  memoryCase("plain", "plain", {}),
  memoryCase("deflate", "deflate negotiated", { deflate: "browser" }),
  memoryCase("deflate-touched", "after one deflated message", { deflate: "browser", touch: 1 }),
  scaleCase,
  hubCase(1),
  hubCase(8),
  ...hubCases,
];
