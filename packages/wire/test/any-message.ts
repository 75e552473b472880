/** Messages of any schema: made up, and put in one form for comparing, ours and that of the official codec. */

import * as fc from "fast-check";
import type { Element, Field, IntegerKind, MessageSchema, Payload } from "@tautline/wire";
import { encodePayload, payloadBytes } from "@tautline/wire";

const integers: Readonly<Record<IntegerKind, fc.Arbitrary<number>>> = {
  int32: fc.integer(),
  uint32: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  int64: fc.maxSafeInteger(),
  uint64: fc.maxSafeNat(),
};

/** As it arrives over a network: without lone surrogates. */
const text = fc.string({ unit: "grapheme", maxLength: 12 });
// protobufjs refuses to keep it, as objects are its maps.
const name = text.filter((key) => key !== "__proto__");

function anyElement(element: Element, without: string | undefined): fc.Arbitrary<unknown> {
  if (element.kind === "string") return text;
  if (element.kind === "bool") return fc.boolean();
  if (element.kind === "message") return anyMessage(element.schema, without);
  if (element.kind !== "payload") return integers[element.kind];
  return fc.oneof(fc.uint8Array({ maxLength: 12 }), fc.jsonValue().map(encodePayload));
}

function anyField(field: Field, without: string | undefined): fc.Arbitrary<unknown> {
  if (field.kind === "list") return fc.array(anyElement(field.element, without), { maxLength: 3 });
  if (field.kind !== "map") return anyElement(field, without);
  return fc
    .array(fc.tuple(name, anyElement(field.element, without)), { maxLength: 3 })
    .map((entries) => new Map(entries));
}

/** Messages with any of the schema's fields; `without` is a name that none of them has. */
export function anyMessage(schema: MessageSchema, without?: string): fc.Arbitrary<object> {
  const fields = [...schema.fields].filter(([key]) => key !== without);
  const entries = fields.map(([key, field]) => [key, anyField(field, without)] as const);
  return fc.record(Object.fromEntries(entries), {
    requiredKeys: schema.always.map(([key]) => key),
  });
}

type Convert = (value: unknown, element: Element) => unknown;

/** The message with all that it means and nothing that it does not: no zero values, payloads as bytes. */
export function normal(message: object, schema: MessageSchema): object {
  return convert(message, schema, {
    element: (value, element) => {
      if (element.kind === "message") return normal(value as object, element.schema);
      return element.kind === "payload" ? [...payloadBytes(value as Payload)] : value;
    },
    map: (entries) => new Map(entries),
  });
}

export function toOfficial(message: object, schema: MessageSchema): object {
  return convert(message, schema, {
    element: (value, element) => {
      if (element.kind === "message") return toOfficial(value as object, element.schema);
      return element.kind === "payload" ? payloadBytes(value as Payload) : value;
    },
    map: (entries) => Object.fromEntries(entries),
  });
}

/** The same as `normal` for a message that protobufjs has read. */
export function fromOfficial(message: object, schema: MessageSchema): object {
  return convert(message, schema, {
    element: (value, element) => {
      if (element.kind === "message") return fromOfficial(value as object, element.schema);
      if (element.kind === "payload") return [...(value as Uint8Array)];
      return typeof value === "object" ? Number(value) : value;
    },
    map: (entries) => new Map(entries),
  });
}

interface Conversion {
  readonly element: Convert;
  readonly map: (entries: Iterable<readonly [string, unknown]>) => unknown;
}

function convert(message: object, schema: MessageSchema, { element, map }: Conversion): object {
  const values = Object.entries(message).flatMap(([key, value]: [string, unknown]) => {
    const field = schema.fields.get(key);
    if (
      field === undefined ||
      isNothing(value) ||
      (field.kind === "map" && !(value instanceof Map) && Object.keys(value as object).length === 0)
    )
      return [];
    if (field.kind === "list") {
      return [[key, (value as unknown[]).map((one) => element(one, field.element))] as const];
    }
    if (field.kind !== "map")
      return [[key, element(value, field)] as const].filter(([, made]) => !isNothing(made));
    const entries =
      value instanceof Map ? [...(value as Map<string, unknown>)] : Object.entries(value as object);
    return [[key, map(entries.map(([name, one]) => [name, element(one, field.element)]))] as const];
  });
  return Object.fromEntries(values);
}

function isNothing(value: unknown): boolean {
  if (value instanceof Map) return value.size === 0;
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length === 0;
  return value === 0 || value === "" || value === false || value === undefined || value === null;
}
