/** Reads what clients send: a value that is not what it should be is a bad request. */
import type { HubClient } from "@tautline/hub";
import { refuse } from "@tautline/hub";
import { replyErrors } from "@tautline/wire";

export type Fields = Readonly<Record<string, unknown>>;

/** @throws Refusal when it is no object */
export function fieldsOf(data: unknown): Fields {
  if (typeof data !== "object" || data === null || Array.isArray(data)) {
    throw refuse(replyErrors.badRequest);
  }
  return { ...data };
}

/** A text of `least` to `most` UTF-16 code units. @throws Refusal when it is none */
export function textIn(fields: Fields, name: string, { least = 1, most = 40 } = {}): string {
  const value = fields[name];
  if (typeof value !== "string" || value.length < least || value.length > most) {
    throw refuse(replyErrors.badRequest);
  }
  return value;
}

/** A finite number, brought between `least` and `most`. @throws Refusal when it is none */
export function numberIn(fields: Fields, name: string, least: number, most: number): number {
  const value = fields[name];
  if (typeof value !== "number" || !Number.isFinite(value)) throw refuse(replyErrors.badRequest);
  return Math.min(most, Math.max(least, value));
}

/** The name under which a client connected, as others see it; "" for a guest without one. */
export function nameOf({ info }: Pick<HubClient, "info">): string {
  if (typeof info !== "object" || info === null || !("name" in info)) return "";
  return typeof info.name === "string" ? info.name : "";
}
