/**
 * What an extended CONNECT must be to open a WebSocket, and what opens it (RFC 8441 §4, §5).
 *
 * There is no key, no accept value, no Upgrade and no Connection: `:protocol`, which no page and no plain client can send,
 * does what they are for. Everything that is negotiated, and the origin policy, is as in RFC 6455.
 */
import { parseAuthority } from "./authority.ts";
import { connectionSpecificNames } from "./extended-connect-fields.ts";
import type { HandshakeForm } from "./handshake-form.ts";
import { connectRefusalFor } from "./handshake-response.ts";
import type { ExtendedConnect, HandshakeRequest } from "./head-lines.ts";
import { isTarget, isWithoutBody, versionRequirement } from "./server-request.ts";

/** The name of the protocol in the registry of upgrade tokens (RFC 8441 §9.2). */
const WEBSOCKET = "websocket";

/** The form of a request that says `connect`. */
export function extendedConnect(connect: ExtendedConnect): HandshakeForm {
  const { protocol, scheme, authority } = connect;
  return {
    requirements: [
      { code: "HANDSHAKE_METHOD", holds: ({ method }) => method === "CONNECT" },
      { code: "HANDSHAKE_PROTOCOL", holds: () => protocol === WEBSOCKET },
      // RFC 8441 §5: https for wss, http for ws. Which of them it is, a proxy that ends TLS may know better.
      { code: "HANDSHAKE_SCHEME", holds: () => scheme === "https" || scheme === "http" },
      {
        code: "HANDSHAKE_TARGET",
        holds: ({ target }) => target.startsWith("/") && isTarget(target),
      },
      { code: "HANDSHAKE_HOST", holds: (request) => isHost(authority, request) },
      {
        code: "HANDSHAKE_CONNECTION_SPECIFIC",
        holds: ({ headers }) => !connectionSpecificNames.some((name) => headers.has(name)),
      },
      { code: "HANDSHAKE_BODY", holds: isWithoutBody },
      versionRequirement,
    ],
    hostOf: () => authority,
    accept: (_request, negotiated) => ({
      status: 200,
      reason: "OK",
      headers: negotiated,
      body: "",
    }),
    refuse: connectRefusalFor,
  };
}

/** RFC 9113 §8.3.1: a `Host` header is not needed, and says the same as `:authority` where there is one. */
function isHost(authority: string, { headers }: HandshakeRequest): boolean {
  return (
    parseAuthority(authority) !== undefined &&
    headers.values("host").every((host) => host.toLowerCase() === authority.toLowerCase())
  );
}
