/**
 * Which pages may use the transports, and what their browser is told (the CORS protocol of the Fetch standard §3.2). The rule
 * is that of WebSockets; only the places differ where browsers say who asks. It knows no transport.
 */
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";

import { HeaderList, isOriginAllowed, resolveAllowedOrigins } from "@tautline/node";
import type { AllowedOrigins } from "@tautline/node";

export class CrossOrigin {
  readonly #allowed: AllowedOrigins;

  /** @throws UsageError `USAGE_HANDSHAKE_ORIGIN` for an origin that could never match */
  constructor(allowed: AllowedOrigins) {
    this.#allowed = resolveAllowedOrigins(allowed);
  }

  /** The headers that every answer to `request` has to carry, or `undefined` when it is to be refused. */
  headersFor(request: IncomingMessage): Readonly<Record<string, string>> | undefined {
    const { headers } = request;
    const list = new HeaderList(request.rawHeaders);
    if (!isOriginAllowed(list, headers.host ?? "", this.#allowed)) return undefined;
    const { origin } = headers;
    if (origin === undefined && this.#allowed !== "any" && comesFromElsewhere(headers)) {
      return undefined;
    }
    if (this.#allowed === "any") return { "Access-Control-Allow-Origin": "*" };
    // Pages of the same host need no permission, and get none that would reach further.
    if (origin === undefined || this.#allowed === "same-host") return { Vary: "Origin" };
    return {
      Vary: "Origin",
      "Access-Control-Allow-Origin": origin,
      "Access-Control-Allow-Credentials": "true",
    };
  }

  /** The answer to a browser's question in advance (Fetch standard §3.2.2). */
  preflight(methods: string): Readonly<Record<string, string>> {
    return {
      "Access-Control-Allow-Methods": methods,
      "Access-Control-Allow-Headers": "Content-Type",
      "Access-Control-Max-Age": "300",
    };
  }
}

/**
 * Images and links of other sites send no `Origin`, but the user's cookies: a GET that opens a connection would act in the
 * user's name. Browsers say where such a request comes from (Fetch Metadata §2.4).
 */
function comesFromElsewhere(headers: IncomingHttpHeaders): boolean {
  const site = headers["sec-fetch-site"];
  return site !== undefined && site !== "same-origin" && site !== "none";
}
