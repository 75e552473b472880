/**
 * The way from this machine to a server: straight to an address, through a socket of the file system, or
 * through a proxy.
 *
 * It knows sockets and TLS, and nothing of what is said over them. Who asks for a way holds every socket on it, and
 * destroys them when the attempt is given up.
 */
import { connect as connectTcp } from "node:net";
import type { NetConnectOpts, Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { ConnectionOptions as TlsConnectionOptions } from "node:tls";
import type { HttpVersion } from "./http-versions.ts";
import { openTunnel } from "./proxy-tunnel.ts";
import type { Proxy } from "./proxy-url.ts";
import { RemoteHost } from "./remote-host.ts";
import type { WebSocketUrl } from "./websocket-url.ts";

/** Where to, and how. */
export interface Destination {
  readonly url: WebSocketUrl;
  /** For `wss:`: what the caller wants of TLS. */
  readonly tls: TlsConnectionOptions | undefined;
  /** The Unix socket or named pipe to use instead of the URL's host and port. */
  readonly socketPath: string | undefined;
  /** Never together with `socketPath`. */
  readonly proxy: ProxyUse | undefined;
  /** What TLS lets the server choose from, most wanted first. */
  readonly versions: readonly HttpVersion[];
}

/** A proxy, and what the caller wants of TLS to it when it is an `https:` one. */
export interface ProxyUse {
  readonly proxy: Proxy;
  readonly tls: TlsConnectionOptions | undefined;
}

/** Takes charge of a socket as soon as it exists: listens for its error and its close. */
export type HoldSocket = (socket: Socket) => void;

export interface Way {
  /** What names have in common that lead to the same place (RFC 6455 §4.1). */
  readonly place: string;
  /** Resolves with a socket that is connected, TLS included. Never settles when one that was held fails. */
  open(hold: HoldSocket): Promise<Socket>;
}

/** Finds the way to `destination`. Rejects with the system's error when the name of a host leads nowhere. */
export async function findWay(destination: Destination): Promise<Way> {
  const { url, socketPath, proxy } = destination;
  if (socketPath !== undefined) {
    return {
      place: `path ${socketPath}`,
      open: (hold) => openDirectly(destination, { path: socketPath }, hold),
    };
  }
  if (proxy !== undefined) return wayThrough(proxy, destination);
  const { identity, lookup } = await RemoteHost.find(url.hostname);
  const { hostname: host, port } = url;
  return {
    place: `${identity}:${port}`,
    open: (hold) => openDirectly(destination, { host, port, lookup }, hold),
  };
}

/**
 * The proxy looks the server's name up. So the address is not known here, and each name counts as a place of its own
 * (RFC 6455 §4.1).
 */
async function wayThrough(use: ProxyUse, { url, tls, versions }: Destination): Promise<Way> {
  const { kind, hostname: host, port, serverName } = use.proxy;
  const { lookup } = await RemoteHost.find(host);
  const where = { host, port, lookup };
  return {
    place: `name ${url.hostname}:${url.port}`,
    open: async (hold) => {
      const socket =
        kind === "https"
          ? await secured(connectTls({ ...tlsOptions(serverName, use.tls), ...where }), hold)
          : await connected(connectTcp(where), hold);
      await openTunnel(socket, use.proxy, url);
      if (!url.secure) return socket;
      return secured(connectTls({ ...tlsOptions(url.serverName, tls, versions), socket }), hold);
    },
  };
}

function openDirectly(
  { url, tls, versions }: Destination,
  where: NetConnectOpts,
  hold: HoldSocket,
): Promise<Socket> {
  if (!url.secure) return connected(connectTcp(where), hold);
  return secured(connectTls({ ...tlsOptions(url.serverName, tls, versions), ...where }), hold);
}

/** What TLS to a server is made with: `serverName` is sent and verified, unless `tls` names another. */
function tlsOptions(
  serverName: string | undefined,
  tls: TlsConnectionOptions | undefined,
  versions: readonly HttpVersion[] = ["http/1.1"],
): TlsConnectionOptions {
  return {
    ALPNProtocols: [...versions],
    ...(serverName === undefined ? {} : { servername: serverName }),
    ...tls,
    // Not left to Node.js: an `undefined` that somebody passes on must not switch the check off.
    rejectUnauthorized: tls?.rejectUnauthorized !== false,
  };
}

function connected(socket: Socket, hold: HoldSocket): Promise<Socket> {
  return readyOn("connect", socket, hold);
}

function secured(socket: Socket, hold: HoldSocket): Promise<Socket> {
  return readyOn("secureConnect", socket, hold);
}

function readyOn(event: string, socket: Socket, hold: HoldSocket): Promise<Socket> {
  hold(socket);
  return new Promise((resolve) => {
    socket.once(event, () => resolve(socket));
  });
}
