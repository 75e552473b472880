/** Why a connection could not be had or broke, in one of the few words that the page knows. */
import { HostRefused } from "./allowed-hosts.ts";
import type { EndReason } from "./probe-events.ts";

const reasons: Readonly<Record<string, EndReason>> = {
  ENOTFOUND: "no-such-host",
  EAI_AGAIN: "no-such-host",
  ECONNRESET: "reset",
  EPIPE: "reset",
  ETIMEDOUT: "timed-out",
  EPROTO: "tls",
};

export interface DialFailure {
  readonly reason: EndReason;
  /** What only this case knows: the host that is refused, or the error's code. */
  readonly detail: string;
}

export function endReasonOf(error: unknown): DialFailure {
  if (error instanceof HostRefused) return { reason: "host-refused", detail: error.host };
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  // OpenSSL's verdicts on certificates have no prefix of their own, Node.js' errors of TLS do.
  const isTls = /^ERR_(?:TLS|SSL)|CERT|SIGNATURE|ISSUER/u.test(code);
  return { reason: reasons[code] ?? (isTls ? "tls" : "unreachable"), detail: code };
}
