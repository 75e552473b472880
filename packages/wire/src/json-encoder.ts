/**
 * Writes a message of any schema as JSON on one line: fields in the schema's order, zero values left out except where the
 * protocol wants them written, payloads as the text they are.
 */

// The tables are checked against the message types where they are defined, so a field's kind tells its value's type.
/* oxlint-disable typescript/no-unsafe-type-assertion */

import type { Payload } from "./payload.ts";
import type { Element, Field, MessageSchema } from "./schema.ts";
import { isZero } from "./schema.ts";

/** Finds the JSON text in a payload, on one line; throws when there is none. */
export type TextOf = (payload: Payload) => string;

/**
 * The text of `message`, whose type the caller has matched to the schema.
 *
 * @throws what `textOf` throws
 */
export function encodeMessage(message: object, schema: MessageSchema, textOf: TextOf): string {
  const values = message as Readonly<Record<string, unknown>>;
  let text = "{";
  for (const [name, field] of schema.fields) {
    const value = values[name];
    if (value === undefined || (isZero(value) && field.always !== true)) continue;
    text += `${text.length > 1 ? "," : ""}"${name}":${encodeField(value, field, textOf)}`;
  }
  return `${text}}`;
}

function encodeField(value: unknown, field: Field, textOf: TextOf): string {
  if (field.kind === "list") {
    const { schema } = field.element;
    const entries = value as readonly object[];
    return `[${entries.map((entry) => encodeEntry(entry, schema, textOf)).join(",")}]`;
  }
  if (field.kind === "map") {
    const members: string[] = [];
    for (const [name, entry] of value as ReadonlyMap<string, unknown>) {
      members.push(`${JSON.stringify(name)}:${encodeElement(entry, field.element, textOf)}`);
    }
    return `{${members.join(",")}}`;
  }
  return encodeElement(value, field, textOf);
}

/** Texts of messages that stood in lists, for as long as the messages live. A message has one schema, and so one text. */
const entryTexts = new WeakMap<object, string>();

/**
 * What stands in a list is asked for again: when thousands of clients come back at once, all get the same publications.
 * Messages are never changed, so each of these is written once.
 */
function encodeEntry(entry: object, schema: MessageSchema, textOf: TextOf): string {
  const known = entryTexts.get(entry);
  if (known !== undefined) return known;
  const text = encodeMessage(entry, schema, textOf);
  entryTexts.set(entry, text);
  return text;
}

function encodeElement(value: unknown, element: Element, textOf: TextOf): string {
  if (element.kind === "payload") {
    return textOf(value as Payload);
  }
  if (element.kind === "message") return encodeMessage(value as object, element.schema, textOf);
  return JSON.stringify(value);
}
