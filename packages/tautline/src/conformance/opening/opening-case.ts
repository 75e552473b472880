/**
 * The form of a case about the opening handshake: a request that differs from a good one in one thing, and what a server
 * has to make of it. Cases are data; they know no socket.
 */
import type { HandshakeCase } from "../handshake-case.ts";

export interface RequestEdits {
  /** Default: GET. */
  readonly method?: string;
  /** Of HTTP. Default: 1.1. */
  readonly version?: string;
  /** Fields in the place of the usual ones, by the name as it stands there, each once per value; with an empty list it is left out. */
  readonly fields?: Readonly<Record<string, readonly string[]>>;
  /** Whole lines behind the fields, well-formed or not. */
  readonly lines?: readonly string[];
  /** Names of fields in lower case. */
  readonly lowerCase?: boolean;
  /** Default: in one write. */
  readonly arrival?: "byte by byte" | "with the first message";
}

/**
 * - opens: the handshake succeeds, and a message comes back;
 * - refused: it is answered with an HTTP status of 400 or above;
 * - not opened: whatever the answer is, it is not 101: what came may pass for a plain HTTP request;
 * - declined: it succeeds without what was asked for, which the server cannot have;
 * - kept out: whatever the answer is, nothing of what the request slips in stands in it as a field, or breaks a line.
 */
export type Expected = "opens" | "refused" | "not opened" | "declined" | "kept out";

export interface OpeningCase extends HandshakeCase {
  readonly edits: RequestEdits;
  readonly expects: Expected;
  /** A field that the refusal has to have. */
  readonly answered?: string;
  /** The status that is usual for the refusal. */
  readonly usual?: number;
  /** Played when all others are over. */
  readonly last?: boolean;
}
