/** The addresses under which a listening server is reached, for people to click. It opens nothing. */
import { isIP } from "node:net";
import type { NetworkInterfaceInfo } from "node:os";
import { networkInterfaces } from "node:os";

type Interfaces = Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;

/** What `localhost` leads to; another address of the loopback network is not among it. */
const localhostNames = new Set(["localhost", "127.0.0.1", "::1", "[::1]"]);
const loopbackNames = /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/iu;
const everyInterface = new Set(["0.0.0.0", "::", "[::]", ""]);

/** Whether a host given to `listen` is reached from this machine only. */
export function isLoopback(host: string): boolean {
  return loopbackNames.test(host);
}

/** An authority as it stands in an address: IPv6 in brackets (RFC 3986 §3.2.2). */
function authority(host: string, port: number): string {
  return `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}

/** The address for a browser on this machine. */
export function localUrl(host: string, port: number): string {
  const name = localhostNames.has(host) || everyInterface.has(host) ? "localhost" : host;
  return `http://${authority(name, port)}`;
}

/** The addresses for other machines: none when only loopback listens, the interfaces' own when all do. */
export function networkUrls(
  host: string,
  port: number,
  interfaces: Interfaces = networkInterfaces(),
): readonly string[] {
  if (isLoopback(host)) return [];
  if (!everyInterface.has(host)) return [`http://${authority(host, port)}`];
  const onlyIPv4 = host === "0.0.0.0";
  return Object.values(interfaces)
    .flatMap((addresses) => addresses ?? [])
    .filter((address) => !address.internal)
    .filter((address) => address.family === "IPv4" || (!onlyIPv4 && !isLinkLocal(address)))
    .map((address) => `http://${authority(address.address, port)}`);
}

/** A link-local address needs a zone, which browsers do not take (RFC 4007 §11). */
function isLinkLocal(address: NetworkInterfaceInfo): boolean {
  return address.family === "IPv6" && address.address.toLowerCase().startsWith("fe80:");
}
