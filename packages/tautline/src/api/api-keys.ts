/** Who may use the API: whoever has one of its keys. */
import type { IncomingHttpHeaders } from "node:http";

import { KnownSecrets } from "../serve/known-secrets.ts";

const authorization = /^apikey +(\S+)$/iu;

export class ApiKeys {
  readonly #keys: KnownSecrets;

  /** @throws RangeError for a key that is too short, or has characters that no header can carry */
  constructor(keys: readonly string[]) {
    this.#keys = new KnownSecrets("A key of the API", keys);
  }

  /** Whether there is any. */
  get any(): boolean {
    return this.#keys.any;
  }

  /** Whether a request carries one of the keys: as `X-API-Key`, or as `Authorization: apikey …`. */
  admit(headers: IncomingHttpHeaders): boolean {
    const own = headers["x-api-key"];
    const given =
      typeof own === "string" ? own : authorization.exec(headers.authorization ?? "")?.[1];
    return given !== undefined && this.#keys.has(given);
  }
}
