/** What the probe tells a page: findings of the inspector in a form for JSON, payloads cut, and what becomes of its orders. */
import type { Finding, HeaderLine, HttpHead } from "../../inspect/finding.ts";
import { probeLimits } from "./probe-limits.ts";

/** A connection of this server that can be watched. */
export interface ListedConnection {
  readonly id: number;
  readonly path: string;
  readonly remoteAddress: string | undefined;
  /** Milliseconds since 1970. */
  readonly openedAt: number;
  readonly userAgent: string | undefined;
  /** The id of the hub's client that it carries, and what others see of it. */
  readonly client: string | undefined;
  readonly user: string | undefined;
  readonly info: unknown;
}

/** Why something ended or was not begun. The page has words for each; `detail` is what only this case knows. */
export type EndReason =
  /** The other end closed the TCP connection, or this one has. */
  | "ended"
  | "hung-up"
  | "host-refused"
  | "no-such-host"
  | "unreachable"
  | "tls"
  | "timed-out"
  | "reset"
  /** The connection that was watched is not there. */
  | "gone"
  | "too-many-pages"
  | "closing";

export type ProbeEvent =
  | {
      readonly kind: "ready";
      /** This server, as the page has found it: `ws://localhost:8080`. */
      readonly here: string;
      /** Hosts that may be dialled beside loopback addresses. */
      readonly hosts: readonly string[];
    }
  | { readonly kind: "connections"; readonly connections: readonly ListedConnection[] }
  | { readonly kind: "dialing"; readonly url: string; readonly address: string }
  | { readonly kind: "request"; readonly at: number; readonly head: HttpHead }
  /** What came behind the head of an answer that is no WebSocket. */
  | { readonly kind: "body"; readonly text: string }
  | { readonly kind: "watching"; readonly connection: ListedConnection }
  | {
      readonly kind: "end";
      readonly at: number;
      readonly reason: EndReason;
      readonly detail?: string;
    }
  | { readonly kind: "wrong"; readonly text: string }
  /** So much was left out, because the page did not keep up. */
  | { readonly kind: "dropped"; readonly count: number };

/** Milliseconds since 1970, and parts of them. */
export const wallClock = (): number => performance.timeOrigin + performance.now();

/** A finding as the page gets it. */
export function findingEvent(finding: Finding): object {
  if (finding.kind !== "frame") return finding;
  const { payload, inflated, ...rest } = finding;
  return {
    ...rest,
    payload: preview(payload),
    ...(inflated && { inflated: preview(inflated) }),
  };
}

function preview(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(0, probeLimits.previewBytes)).toString("base64");
}

/** Header lines that let in whoever has them: of other people's connections, they are not shown. */
const secretFields = new Set(["authorization", "cookie", "proxy-authorization"]);

/** The same lines, without what lets anybody in. */
export function withoutSecrets(lines: readonly HeaderLine[]): readonly HeaderLine[] {
  return lines.map(({ name, value }) =>
    secretFields.has(name.toLowerCase()) ? { name, value: "•••" } : { name, value },
  );
}
