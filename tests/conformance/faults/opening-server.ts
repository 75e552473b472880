/**
 * A server that echoes and does all things right in its opening handshake, save for the one rule that it is told to
 * break. It takes requests apart by itself: nothing of it is the tester's or the library's.
 */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import type { OpeningFault } from "./opening-faults.ts";
import { PatchedPeer } from "./patched-peer.ts";

const guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const endOfHead = "\r\n\r\n";
const mostBytes = 64 * 1024;
const fewBytes = 2048;

type Has = (fault: OpeningFault) => boolean;

interface Request {
  readonly method: string;
  readonly version: string;
  /** Values of the fields of a name. */
  readonly values: (name: string) => readonly string[];
  readonly malformed: boolean;
}

/** Whether it looks at no letter of what it gives back. */
const givesBack = (has: Has): boolean => has("any-subprotocol") || has("subprotocol-cut");

/** What came as UTF-8, in a string whose letters lose all but a byte where it is written. */
const decoded = (text: string): string => Buffer.from(text, "latin1").toString();

function parsed(head: string, has: Has): Request {
  const [start = "", ...lines] = head.split("\r\n");
  const [method = "", , version = ""] = start.split(" ");
  const wellFormed = /^[\w-]+:[^\0\r\n]*$/;
  const fields = lines
    .map((line) => /^([^:]*):(.*)$/s.exec(line))
    .map((match) => [match?.[1] ?? "", match?.[2]?.trim() ?? ""] as const);
  const same = (a: string, b: string) =>
    has("names-matter") ? a === b : a.toLowerCase() === b.toLowerCase();
  return {
    method,
    version,
    values: (name) => fields.filter(([one]) => same(one, name)).map(([, value]) => value),
    malformed: !lines.every((line) => wellFormed.test(line) || givesBack(has)),
  };
}

/** Whether a field has a token. */
function holds(request: Request, [name, token]: readonly [string, string], has: Has): boolean {
  const all = request.values(name);
  const values = has("first-connection-field") ? all.slice(0, 1) : all;
  const alone = has(name === "Upgrade" ? "one-upgrade-token" : "one-connection-token");
  const tokens = alone ? [values.join(", ")] : values.join(",").split(",");
  return tokens.some((one) =>
    has("letters-matter") ? one.trim() === token : one.trim().toLowerCase() === token.toLowerCase(),
  );
}

const isKey = (key: string | undefined): boolean =>
  key !== undefined && /^[+/\d\w]{22}==$/.test(key);

/** The status to refuse with, if it is to be refused. */
function refusalOf(request: Request, has: Has): number | undefined {
  const keys = request.values("Sec-WebSocket-Key");
  const versions = request.values("Sec-WebSocket-Version");
  const isVersion = has("any-version") || versions[0] === "13";
  const wrong = [
    request.malformed && !has("any-line"),
    request.method !== "GET" && !has("any-method"),
    request.version !== "HTTP/1.1" && !has("any-http"),
    request.values("Host").length !== 1 && !has("no-host"),
    !holds(request, ["Upgrade", "websocket"], has) && !has("any-upgrade"),
    !holds(request, ["Connection", "Upgrade"], has) && !has("any-connection"),
    !isKey(keys[0]) && !has("any-key"),
    keys.length > 1 && !has("two-keys"),
    versions.length > 1 && !has("two-versions"),
  ];
  if (wrong.includes(true)) return has("refused-with-200") ? 200 : 400;
  if (isVersion) return undefined;
  return has("other-status") ? 400 : 426;
}

function refusal(status: number, has: Has): string {
  const versions = has("version-unsaid") ? [] : ["Sec-WebSocket-Version: 13"];
  const fields = ["Connection: close", "Content-Length: 0", ...versions];
  return [`HTTP/1.1 ${status} Refused`, ...fields].join("\r\n") + endOfHead;
}

/** Compression is never agreed to, as the peer behind has none: that is what declining is. */
function extensionsOf(request: Request, has: Has): string | undefined {
  const offered = request.values("Sec-WebSocket-Extensions").join(", ");
  if (has("unasked-extension")) return "permessage-deflate";
  if (offered === "") return undefined;
  if (has("any-extension")) return offered;
  if (has("extension-cut")) return decoded(offered);
  return has("any-parameter") && offered.startsWith("permessage-deflate")
    ? "permessage-deflate"
    : undefined;
}

function subprotocolOf(request: Request, has: Has): string | undefined {
  const [offered] = request.values("Sec-WebSocket-Protocol").join(",").split(",");
  if (has("unasked-subprotocol")) return "chat";
  if (offered === undefined || offered === "") return undefined;
  if (has("own-subprotocol")) return "chat";
  if (has("subprotocol-cut")) return decoded(offered);
  return /^[\w.-]+$/.test(offered) || givesBack(has) ? offered : undefined;
}

function acceptance(request: Request, has: Has): string {
  const [key = ""] = request.values("Sec-WebSocket-Key");
  const accept = createHash("sha1").update(has("accept-of-key") ? key : key + guid);
  const line = `Sec-WebSocket-Accept: ${accept.digest("base64")}`;
  const [subprotocol, extensions] = [subprotocolOf(request, has), extensionsOf(request, has)];
  const lines = [
    has("status-200") ? "HTTP/1.1 200 OK" : "HTTP/1.1 101 Switching Protocols",
    ...(has("no-upgrade-field") ? [] : ["Upgrade: websocket"]),
    ...(has("no-connection-field") ? [] : ["Connection: Upgrade"]),
    ...(has("no-accept") ? [] : [line]),
    ...(has("accept-twice") ? [line] : []),
    ...(subprotocol === undefined ? [] : [`Sec-WebSocket-Protocol: ${subprotocol}`]),
    ...(extensions === undefined ? [] : [`Sec-WebSocket-Extensions: ${extensions}`]),
  ];
  return lines.join("\r\n") + endOfHead;
}

/** @param fall ends the server, as an exception that nobody catches would */
function serveOne(socket: Socket, has: Has, fall: () => void): void {
  const peer = new PatchedPeer(socket, "server", undefined);
  let bytes: Buffer = Buffer.alloc(0);
  let isOpen = false;
  const refuse = (status: number): void => {
    if (has("no-refusal")) socket.destroy();
    else socket.end(refusal(status, has));
    isOpen = true;
    socket.off("data", read).resume();
  };
  const read = (chunk: Buffer): void => {
    if (isOpen) {
      if (!has("no-echo")) peer.receive(chunk);
      return;
    }
    bytes = has("head-in-one-read") ? chunk : Buffer.concat([bytes, chunk]);
    const end = bytes.indexOf(endOfHead);
    const most = has("short-heads") ? fewBytes : mostBytes;
    if (bytes.byteLength > most && !has("long-heads")) return refuse(431);
    if (end === -1) return has("head-in-one-read") ? refuse(400) : undefined;
    const request = parsed(bytes.toString("latin1", 0, end), has);
    const offered = request.values("Sec-WebSocket-Protocol").join();
    if (has("dies-of-it") && /[^ -~]/.test(offered)) return fall();
    const status = refusalOf(request, has);
    if (status !== undefined) return refuse(status);
    const rest = bytes.subarray(end + endOfHead.length);
    if (rest.length > 0 && has("rest-refused")) return refuse(400);
    isOpen = true;
    socket.write(acceptance(request, has), "latin1");
    if (!has("rest-lost")) peer.receive(rest);
  };
  socket.on("data", read).on("error", () => undefined);
}

/** Listens, with one rule broken, or none. */
export async function openingServer(
  fault?: OpeningFault,
): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  const sockets = new Set<Socket>();
  let hasFallen = false;
  const fall = (): void => {
    hasFallen = true;
    for (const socket of sockets) socket.destroy();
  };
  const server = createServer((socket) => {
    if (hasFallen) return void socket.destroy();
    sockets.add(socket);
    return serveOne(socket, (one) => one === fault, fall);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
