/**
 * What lets people into the guarded parts of the console: a token that whoever started the server has. A request brings it in its
 * `Authorization` (RFC 6750 §2.1); a browser's WebSocket can set no header, and brings it among its subprotocols.
 */
import type { IncomingHttpHeaders } from "node:http";

import { KnownSecrets } from "../serve/known-secrets.ts";

/** The subprotocol of the console's connections; the token is offered beside it, and never chosen. */
export const consoleSubprotocol = "tautline-console";

const bearer = /^bearer +(\S+)$/iu;
const offeredToken = /^bearer\.([\w-]+)$/u;

export class ConsoleToken {
  readonly #known: KnownSecrets;

  /** Without a token nobody is let in. @throws RangeError for one that is too short, or has characters no header can carry */
  constructor(token: string | undefined) {
    this.#known = new KnownSecrets("The console's token", token === undefined ? [] : [token]);
  }

  /** Whether there is one. */
  get any(): boolean {
    return this.#known.any;
  }

  /** Whether a request carries it: as `Authorization: Bearer …`, or as the subprotocol `bearer.` and its base64url. */
  admit(headers: IncomingHttpHeaders, offeredSubprotocols: readonly string[] = []): boolean {
    const offered = offeredSubprotocols.map((name) => offeredToken.exec(name)?.[1]).find(Boolean);
    const given =
      bearer.exec(headers.authorization ?? "")?.[1] ??
      (offered && Buffer.from(offered, "base64url").toString());
    return given !== undefined && this.#known.has(given);
  }
}
