/**
 * What a client sends beside its connection: which connection is meant, and commands for it or the wish to hear what there
 * is. It reads and writes the forms in which such a request travels, and knows nobody who answers it.
 */
import { decodeEmulationRequest } from "@tautline/wire";

import type { Frame } from "./frame-inbox.ts";

/** Commands for the connection that `session` names at `node`. */
export interface SendRequest {
  readonly session: string;
  readonly node: string;
  readonly data: Frame;
}

/** The wish to hear what comes after `cursor`; or, with `leave`, never to hear anything again. */
export interface PollRequest {
  readonly session: string;
  readonly node: string;
  readonly cursor: number;
  readonly leave: boolean;
}

export type EmulationRequest = SendRequest | PollRequest;

/** Reads a body of the emulation endpoint, in either format; `undefined` when it is none. */
export function readSendRequest(given: Frame): SendRequest | undefined {
  if (typeof given !== "string") return readBytes(given);
  const body = fieldsOf(given);
  if (body === undefined) return undefined;
  const { session, node, data } = body;
  if (typeof session !== "string" || typeof node !== "string" || typeof data !== "string") {
    return undefined;
  }
  return { session, node, data };
}

function readBytes(bytes: Uint8Array): SendRequest | undefined {
  const { session, node, data } = decodeEmulationRequest(bytes) ?? {};
  if (session === undefined || node === undefined || !(data instanceof Uint8Array)) {
    return undefined;
  }
  return { session, node, data };
}

/** The first body of a polling client: its first commands, among them the connect command. */
export interface FirstPoll {
  readonly data: string;
}

/** Reads a body of the polling endpoint, which speaks JSON alone; `undefined` when it is none. */
export function readPollRequest(text: Frame): PollRequest | FirstPoll | undefined {
  const body = typeof text === "string" ? fieldsOf(text) : undefined;
  if (body === undefined) return undefined;
  const { session, node, cursor, leave, data } = body;
  if (session === undefined && typeof data === "string") return { data };
  if (typeof session !== "string" || typeof node !== "string" || typeof cursor !== "number") {
    return undefined;
  }
  return { session, node, cursor, leave: leave === true };
}

/** The request as a text, for the way to another node. */
export function relayText(request: EmulationRequest): string {
  if (!("data" in request)) return JSON.stringify(request);
  const { data, ...address } = request;
  return typeof data === "string"
    ? JSON.stringify(request)
    : JSON.stringify({ ...address, bytes: Buffer.from(data).toString("base64") });
}

/** Reads what `relayText` has written; `undefined` for anything else. */
export function readRelayText(text: string): EmulationRequest | undefined {
  const body = fieldsOf(text);
  if (body === undefined) return undefined;
  const { session, node, bytes } = body;
  if (typeof bytes === "string" && typeof session === "string" && typeof node === "string") {
    return { session, node, data: Buffer.from(bytes, "base64") };
  }
  const poll = readPollRequest(text);
  return readSendRequest(text) ?? (poll !== undefined && "session" in poll ? poll : undefined);
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    // Own names alone: what a body calls `__proto__` is a name like all others to JSON.parse.
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
