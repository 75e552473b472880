/**
 * Writes a message of any schema as JSON on one line: fields in the schema's order, zero values left out except where the
 * protocol wants them written, payloads as the text they are.
 */

// The tables are checked against the message types where they are defined, so a field's kind tells its value's type.
/* oxlint-disable typescript/no-unsafe-type-assertion */

import type { Element, Field, MessageSchema } from "./schema.ts";

/** The text of `message`, whose type the caller has matched to the schema. */
export function encodeMessage(message: object, schema: MessageSchema): string {
  const values = message as Readonly<Record<string, unknown>>;
  let text = "{";
  for (const [name, field] of schema.fields) {
    const value = values[name];
    if (value === undefined || (isZero(value) && field.always !== true)) continue;
    text += `${text.length > 1 ? "," : ""}"${name}":${encodeField(value, field)}`;
  }
  return `${text}}`;
}

function encodeField(value: unknown, field: Field): string {
  if (field.kind === "list") {
    const { schema } = field.element;
    return `[${(value as readonly object[]).map((entry) => encodeEntry(entry, schema)).join(",")}]`;
  }
  if (field.kind === "map") {
    const members: string[] = [];
    for (const [name, entry] of value as ReadonlyMap<string, unknown>) {
      members.push(`${JSON.stringify(name)}:${encodeElement(entry, field.element)}`);
    }
    return `{${members.join(",")}}`;
  }
  return encodeElement(value, field);
}

/** Texts of messages that stood in lists, for as long as the messages live. A message has one schema, and so one text. */
const entryTexts = new WeakMap<object, string>();

/**
 * What stands in a list is asked for again: when thousands of clients come back at once, all get the same publications.
 * Messages are never changed, so each of these is written once.
 */
function encodeEntry(entry: object, schema: MessageSchema): string {
  const known = entryTexts.get(entry);
  if (known !== undefined) return known;
  const text = encodeMessage(entry, schema);
  entryTexts.set(entry, text);
  return text;
}

function encodeElement(value: unknown, element: Element): string {
  if (element.kind === "payload") return value as string;
  if (element.kind === "message") return encodeMessage(value as object, element.schema);
  return JSON.stringify(value);
}

function isZero(value: unknown): boolean {
  return value === 0 || value === "" || value === false;
}
