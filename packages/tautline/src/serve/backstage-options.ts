/** What `serve` is told about the side of a server that backends and operators see. */
import type { ApiOptions } from "../api/options.ts";
import { apiDefaults } from "../api/options.ts";

export interface BackstageOptions {
  /** The HTTP API for backends, closed until it has a key. Default: no key. */
  readonly api?: Partial<ApiOptions> | undefined;
  /**
   * Whether metrics for Prometheus are kept and offered at `/metrics`, to whoever reaches the port. Default: true with an
   * `internalPort`, on which they are then; else false.
   */
  readonly metrics?: boolean | undefined;
  /**
   * A port for the API, metrics and health alone, so that they can be kept from the network of the clients; the API and metrics
   * are not on the main port then. 0 takes any free one. Default: none.
   */
  readonly internalPort?: number | undefined;
  /** The address to listen on for it. Default: `127.0.0.1`, this machine only. */
  readonly internalHost?: string | undefined;
}

/** The same with the defaults. */
export interface BackstageSettings {
  readonly api: Partial<ApiOptions>;
  readonly metrics: boolean;
  readonly internalPort: number | undefined;
  readonly internalHost: string;
}

/** What holds when nothing is said. */
export const backstageDefaults: BackstageSettings = Object.freeze({
  api: apiDefaults,
  metrics: false,
  internalPort: undefined,
  internalHost: "127.0.0.1",
});

/** @throws RangeError for a port that is none */
export function resolveBackstage({
  api = backstageDefaults.api,
  internalPort,
  metrics = internalPort !== undefined,
  internalHost = backstageDefaults.internalHost,
}: BackstageOptions): BackstageSettings {
  if (internalPort !== undefined) requirePort("internalPort", internalPort);
  return { api, metrics, internalPort, internalHost };
}

/** @throws RangeError when it is none */
export function requirePort(name: string, port: number): void {
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new RangeError(`${name} must be an integer from 0 to 65535, not ${port}`);
  }
}
