/** The patched peer as a server and as a client, with handshakes of its own. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import type { ClientSubject, ServerSubject } from "../subjects/subject.ts";
import type { Fault } from "./faults.ts";
import { PatchedPeer } from "./patched-peer.ts";

const endOfHead = "\r\n\r\n";

/** Gives the head to `opened`, and what follows to the peer. */
function talk(socket: Socket, peer: PatchedPeer, opened: (head: string) => void): void {
  let head: string | undefined = "";
  socket.on("error", () => {});
  socket.on("data", (chunk) => {
    if (head === undefined) return peer.receive(chunk);
    head += chunk.toString("latin1");
    const end = head.indexOf(endOfHead);
    if (end === -1) return undefined;
    const rest = Buffer.from(head.slice(end + endOfHead.length), "latin1");
    opened(head);
    head = undefined;
    return peer.receive(rest);
  });
}

function response(head: string, fault: Fault | undefined): string {
  const key = /^sec-websocket-key: *(\S+)/im.exec(head)?.[1] ?? "";
  const guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  const accept = createHash("sha1").update(fault === "wrong-accept" ? key : key + guid);
  return [
    "HTTP/1.1 101 Switching Protocols",
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Accept: ${accept.digest("base64")}`,
    "\r\n",
  ].join("\r\n");
}

export function patchedServer(fault?: Fault): ServerSubject {
  return {
    name: "patched server",
    role: "server",
    async start() {
      const sockets = new Set<Socket>();
      const server = createServer((socket) => {
        sockets.add(socket);
        const peer = new PatchedPeer(socket, "server", fault);
        talk(socket, peer, (head) => socket.write(response(head, fault)));
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
    },
  };
}

export function patchedClient(fault?: Fault): ClientSubject {
  return {
    name: "patched client",
    role: "client",
    async echoAt(url) {
      const { hostname, port, pathname, search, host } = new URL(url);
      const socket = connect(Number(port), hostname);
      talk(socket, new PatchedPeer(socket, "client", fault), () => {});
      socket.write(
        `GET ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
          `Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13${endOfHead}`,
      );
      await once(socket, "close");
    },
  };
}
