/**
 * Reads what another process wrote as JSON, field by field. What is not what it should be is a TypeError, and the message is
 * nobody's; how long it may be at most was looked at before.
 */

import type { StoredPayload } from "../stored-publication.ts";
import { payloadFrom } from "../stored-publication.ts";
import { valueOf } from "../payload-values.ts";

type Fields = ReadonlyMap<string, unknown>;

/** @throws TypeError when it is no object */
export function fieldsOf(value: unknown): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new TypeError("An object was expected");
  }
  return new Map(Object.entries(value));
}

/** @throws TypeError when it is no text */
export function textAt(fields: Fields, name: string): string {
  const value = fields.get(name);
  if (typeof value !== "string") throw new TypeError(`${name} is no text`);
  return value;
}

/** @throws TypeError when it is no number from 0 */
export function numberAt(fields: Fields, name: string): number {
  const value = fields.get(name);
  if (typeof value !== "number" || !(value >= 0)) throw new TypeError(`${name} is no number`);
  return value;
}

/** @throws TypeError when it is no whole number from 0 */
export function integerAt(fields: Fields, name: string): number {
  const value = numberAt(fields, name);
  if (!Number.isSafeInteger(value)) throw new TypeError(`${name} is no whole number`);
  return value;
}

/** @throws TypeError when it is no list of texts */
export function textsAt(fields: Fields, name: string): readonly string[] {
  return listAt(fields, name).map((value) => {
    if (typeof value !== "string") throw new TypeError(`${name} holds something else than texts`);
    return value;
  });
}

/** @throws TypeError when it is no list */
export function listAt(fields: Fields, name: string): readonly unknown[] {
  const value: unknown = fields.get(name);
  if (!Array.isArray(value)) throw new TypeError(`${name} is no list`);
  return value;
}

/** What the application's code gave on the other side. @throws TypeError when it is no stored payload */
export function valueAt(fields: Fields, name: string): unknown {
  const stored = fields.get(name);
  if (!isStored(stored)) throw new TypeError(`${name} is no payload`);
  return typeof stored === "string" ? valueOf(payloadFrom(stored)) : payloadFrom(stored);
}

/** What `read` makes of a field, or nothing when it is not there. */
export function maybe<Value>(
  fields: Fields,
  name: string,
  read: (fields: Fields, name: string) => Value,
): Value | undefined {
  return fields.get(name) === undefined ? undefined : read(fields, name);
}

function isStored(value: unknown): value is StoredPayload {
  if (typeof value === "string") return value !== "";
  return typeof value === "object" && value !== null && "b" in value && typeof value.b === "string";
}
