/**
 * A proxy between a client and a server of a test, on TCP. It can do what real ones do to realtime traffic: refuse
 * upgrades, swallow them, hold streams back, and break.
 */
import { EventEmitter, once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { connect, createServer } from "node:net";

import { onTestFinished } from "vitest";

export interface ProxyFaults {
  /** What becomes of a request to upgrade: `pass` by default. `swallow` answers nothing, as a bad middlebox does. */
  readonly upgrades?: "pass" | "refuse" | "swallow";
  /** Requests that get 403 instead of passing, as in `POST /connection/http_stream`. */
  readonly refuses?: readonly string[];
  /** Whether answers without a length are held back until they end, which streams never do. */
  readonly gathersStreams?: boolean;
}

export interface Proxy {
  /** Of the proxy, as in `http://127.0.0.1:1234`. */
  readonly url: string;
  /** The request lines that have come, as in `POST /emulation`. */
  readonly requests: readonly string[];
  faults: ProxyFaults;
  /** Where new connections go: a server may be another one after a while. */
  target: string;
  /** Resolves when `line` has come `count` times. */
  requested(line: string, count: number): Promise<void>;
  /** Breaks every connection, without a word. */
  cut(): void;
}

/** Starts a proxy to the port of `target`; it ends with the test. */
export async function startProxy(target: string, faults: ProxyFaults = {}): Promise<Proxy> {
  const sockets = new Set<Socket>();
  const requests: string[] = [];
  const heard = new EventEmitter();
  const hold = (socket: Socket): void => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => socket.destroy());
  };
  const server = createServer((client) => {
    hold(client);
    const upstream = connect({ port: Number(new URL(proxy.target).port), host: "127.0.0.1" });
    hold(upstream);
    client.on("close", () => upstream.destroy());
    upstream.on("close", () => client.destroy());
    client.on("data", (chunk) => {
      const text = chunk.toString("latin1");
      const line = /^([A-Z]+ [^ ?]+)[^ ]* HTTP\/1\.1\r\n/u.exec(text)?.[1];
      if (line !== undefined) {
        requests.push(line);
        heard.emit("request");
      }
      const isUpgrade = line !== undefined && /\r\nupgrade: *websocket/iu.test(text);
      const { refuses = [] } = proxy.faults;
      const { upgrades = "pass" } = isUpgrade ? proxy.faults : {};
      const refused = line !== undefined && refuses.includes(line);
      if (upgrades === "pass" && !refused) upstream.write(chunk);
      else if (upgrades === "refuse" || refused) {
        client.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
      }
    });
    let held = false;
    upstream.on("data", (chunk) => {
      const head = chunk.toString("latin1");
      if (head.startsWith("HTTP/1.1 ")) {
        held =
          proxy.faults.gathersStreams === true && /\r\ntransfer-encoding: chunked/iu.test(head);
      }
      if (!held) client.write(chunk);
    });
  });
  await new Promise<void>((resolve) => server.listen({ port: 0, host: "127.0.0.1" }, resolve));
  const address = server.address() as AddressInfo;
  const proxy: Proxy = {
    url: `http://127.0.0.1:${address.port}`,
    requests,
    faults,
    target,
    async requested(line, count) {
      while (requests.filter((request) => request === line).length < count) {
        await once(heard, "request");
      }
    },
    cut() {
      for (const socket of sockets) socket.destroy();
    },
  };
  onTestFinished(async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    proxy.cut();
    await closed;
  });
  return proxy;
}
