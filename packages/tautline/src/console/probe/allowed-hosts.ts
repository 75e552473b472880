/**
 * Whom the probe may dial: this machine's loopback, what the operator has named, and the server itself where the page found it.
 *
 * Addresses decide and not names: a name is looked up once, what it leads to is judged, and that very address is dialled. So a
 * name that leads elsewhere, or here at first and elsewhere later, gets nobody any further.
 */
import { lookup } from "node:dns/promises";
import { BlockList, isIP, isIPv6 } from "node:net";

/** Looks a name up: its addresses in the order in which they are tried. */
export type Lookup = (hostname: string) => Promise<readonly string[]>;

const systemLookup: Lookup = async (hostname) => {
  const found = await lookup(hostname, { all: true });
  return found.map(({ address }) => address);
};

export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** Why a host is not dialled, for people. */
export class HostRefused extends Error {
  override readonly name = "HostRefused";
  readonly host: string;

  constructor(host: string) {
    super(
      `The probe dials loopback addresses only, and ${host} is none. To let it dial this one, start the server with --probe-host ${host}`,
    );
    this.host = host;
  }
}

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/** Whether an address leads to this machine alone. IPv4 inside IPv6 (`::ffff:127.0.0.1`) counts as what it is. */
function isLoopbackAddress(address: string): boolean {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/iu.exec(address)?.[1];
  if (mapped !== undefined) return loopback.check(mapped, "ipv4");
  return loopback.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}

export class AllowedHosts {
  readonly #named: ReadonlySet<string>;
  readonly #lookUp: Lookup;

  /** @param named hosts that the operator allows, by name or address */
  constructor(named: readonly string[], lookUp: Lookup = systemLookup) {
    this.#named = new Set(named.map(plainHost));
    this.#lookUp = lookUp;
  }

  /** Those that the operator has named. */
  get named(): readonly string[] {
    return [...this.#named];
  }

  /**
   * The addresses at which `hostname` may be dialled, at least one.
   *
   * @param here where the page has found this server, which may be dialled too
   * @throws HostRefused when there is none, and the system's error when there is no such name
   */
  async addressesOf({ hostname, port }: Target, here?: Endpoint): Promise<readonly string[]> {
    const host = plainHost(hostname);
    const addresses = isIP(host) === 0 ? await this.#lookUp(host) : [host];
    if (this.#named.has(host)) return addresses;
    const allowed = addresses.filter(
      (address) =>
        isLoopbackAddress(address) ||
        this.#named.has(address) ||
        (address === here?.address && port === here.port),
    );
    if (allowed.length === 0) throw new HostRefused(host);
    return allowed;
  }
}

interface Target {
  readonly hostname: string;
  readonly port: number;
}

/** In one form: without brackets, without the root's dot, in lower case. */
function plainHost(host: string): string {
  return host
    .replace(/^\[(.*)\]$/u, "$1")
    .replace(/\.$/u, "")
    .toLowerCase();
}
