/** The servers that are measured: what they are, what they can, and how each is started. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { buildProgram } from "./c-program.ts";
import type { Program } from "./children.ts";
import { benchFolder, root } from "./folders.ts";
import type { Case } from "./cases.ts";
import type { BrokerName } from "./company.ts";
import { findEngine } from "./engines.ts";
import type { LoadSettings } from "./load-settings.ts";

export interface Peer {
  readonly name: string;
  readonly title: string;
  /** Whether its packages are installed for the benchmark alone, in `bench/node_modules`. */
  readonly extra: boolean;
  /** A floor: echoes bytes and knows no WebSocket. */
  readonly raw: boolean;
  readonly services: readonly Case["service"][];
  readonly deflate: boolean;
  /** What its hubs meet in, for those that serve `brokers`. */
  readonly broker?: BrokerName;
  /** How to start it, or why it is left out. */
  program(): Promise<Program | { readonly leftOut: string }>;
}

const files = join(benchFolder, "peers");

const major = process.versions.node.split(".")[0];

/** uWebSockets.js comes in one package for each system and Node.js. */
export const uwsFolder: string = join(
  benchFolder,
  "node_modules",
  "@uwsjs",
  `${process.platform}-${process.arch}-${major}`,
);
const everything = ["echo", "fanout"] as const;

function onNode(file: string): Promise<Program> {
  return Promise.resolve({ command: process.execPath, args: ["--expose-gc", join(files, file)] });
}

/** The executable that a package with one optional dependency per system has brought. */
async function onBinary(
  scope: string,
  path: string,
  args: readonly string[],
): Promise<Program | { readonly leftOut: string }> {
  const folder = join(benchFolder, "node_modules", scope);
  const packages = existsSync(folder) ? readdirSync(folder) : [];
  const found = packages.map((name) => join(folder, name, path)).find((file) => existsSync(file));
  if (found === undefined) return { leftOut: `npm has no binary of it for this system (${scope})` };
  return { command: found, args };
}

function hasPackage(name: string, file: string): boolean {
  return existsSync(join(root, "node_modules", ...name.split("/"), file));
}

function hubOver(broker: BrokerName, title: string): Peer {
  return {
    name: broker === "memory" ? "one-node" : broker,
    title,
    extra: false,
    raw: false,
    services: ["brokers"],
    deflate: false,
    broker,
    async program() {
      const engine = broker === "memory" ? undefined : await findEngine(broker);
      if (engine !== undefined && "problem" in engine) return { leftOut: engine.problem };
      return onNode("hub-node.mjs");
    },
  };
}

export const peers: readonly Peer[] = [
  {
    name: "ws",
    title: "ws",
    extra: false,
    raw: false,
    services: everything,
    deflate: true,
    program: () => onNode("ws.mjs"),
  },
  {
    name: "tautline",
    title: "Tautline",
    extra: false,
    raw: false,
    services: everything,
    deflate: true,
    program: () => onNode("tautline.mjs"),
  },
  {
    name: "tautline-bytes",
    title: "Tautline, text as bytes",
    extra: false,
    raw: false,
    services: ["echo"],
    deflate: true,
    program: () => onNode("tautline-bytes.mjs"),
  },
  {
    name: "tautline-ws",
    title: "Tautline's ws interface",
    extra: false,
    raw: false,
    services: everything,
    deflate: true,
    program: async () =>
      hasPackage("@tautline/ws", join("dist", "index.js"))
        ? onNode("tautline-ws.mjs")
        : { leftOut: "not built" },
  },
  {
    name: "hub",
    title: "Tautline's hub",
    extra: false,
    raw: false,
    services: ["hub"],
    deflate: false,
    program: () => onNode("hub.mjs"),
  },
  {
    name: "websocket",
    title: "websocket",
    extra: true,
    raw: false,
    services: everything,
    deflate: false,
    program: () => onNode("websocket.mjs"),
  },
  {
    name: "uws",
    title: "uWebSockets.js",
    extra: true,
    raw: false,
    services: everything,
    deflate: true,
    program: async () => {
      return existsSync(uwsFolder)
        ? onNode("uws.mjs")
        : { leftOut: "npm has no binary of it for this system and Node.js" };
    },
  },
  {
    name: "bun",
    title: "Bun",
    extra: true,
    raw: false,
    services: everything,
    deflate: true,
    program: () => onBinary("@oven", join("bin", "bun"), [join(files, "bun.mjs")]),
  },
  {
    name: "deno",
    title: "Deno",
    extra: true,
    raw: false,
    services: everything,
    deflate: false,
    program: () => {
      const args = ["run", "--quiet", "--no-lock", "--no-config", "--allow-net", "--allow-env"];
      return onBinary("@deno", "deno", [
        ...args,
        "--v8-flags=--expose-gc",
        join(files, "deno.mjs"),
      ]);
    },
  },
  {
    name: "net",
    title: "node:net, bytes",
    extra: false,
    raw: true,
    services: ["echo"],
    deflate: false,
    program: () => onNode("net.mjs"),
  },
  {
    name: "epoll",
    title: "C on epoll, bytes",
    extra: false,
    raw: true,
    services: ["echo"],
    deflate: false,
    program: async () => {
      const built = await buildProgram("epoll", [join(files, "epoll.c")]);
      return "path" in built ? { command: built.path, args: [] } : { leftOut: built.problem };
    },
  },
  hubOver("memory", "one node"),
  hubOver("redis", "two nodes over Redis"),
  hubOver("nats", "two nodes over NATS"),
];

const carriersOf: Readonly<Record<string, readonly LoadSettings["carrier"][]>> = {
  ws: ["tcp", "tls"],
  tautline: ["tcp", "tls", "h2", "h2-tls"],
};

/** Whether a peer can serve a case at all. */
export function serves(peer: Peer, { service, load, hub, group }: Case): boolean {
  if (service === "brokers") {
    return peer.broker !== undefined && hub?.over.includes(peer.broker) === true;
  }
  if (service === "hub" && peer.name === "hub") return true;
  // The hub's broadcast is set beside the same bytes without a hub.
  if (service === "hub") return ["ws", "tautline"].includes(peer.name);
  if (!peer.services.includes(service)) return false;
  if (group === "carrier") return carriersOf[peer.name]?.includes(load.carrier ?? "tcp") ?? false;
  // Beside strings, where decoding them costs most.
  if (peer.name === "tautline-bytes") return load.kind === "utf8";
  if (peer.raw && load.mode !== "echo") return false;
  return peer.deflate || (load.deflate ?? "none") === "none";
}
