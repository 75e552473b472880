/** Writes a message as JSON by its shape: fields in the shape's order, absent ones left out, JSON as the text that it is. */
import type { Payload } from "@tautline/wire";
import { jsonOf } from "@tautline/wire";

import type { Form, MessageOf, Shape } from "./shape.ts";

export function writeMessage<S extends Shape>(message: MessageOf<S>, shape: S): string {
  return writeObject(message, shape);
}

// The type of a message follows from the same table, so a field's kind tells its value's type.
/* oxlint-disable typescript/no-unsafe-type-assertion */

function writeObject(message: object, { fields }: Shape): string {
  const values = message as Readonly<Record<string, unknown>>;
  const members: string[] = [];
  for (const [name, field] of Object.entries(fields)) {
    const value = values[name];
    const text = value === undefined ? undefined : writeValue(value, field);
    if (text !== undefined) members.push(`"${name}":${text}`);
  }
  return `{${members.join(",")}}`;
}

/** `undefined` for bytes that are no JSON where JSON is wanted. */
function writeValue(value: unknown, form: Form): string | undefined {
  switch (form.kind) {
    case "json":
      return jsonOf(value as Payload);
    case "base64":
      return `"${Buffer.from(value as Uint8Array).toString("base64")}"`;
    case "object":
      return writeObject(value as object, form.shape);
    case "list":
      return `[${(value as readonly unknown[]).map((entry) => writeValue(entry, form.of) ?? "null").join(",")}]`;
    case "map":
      return `{${Array.from(
        value as ReadonlyMap<string, unknown>,
        ([name, entry]) => `${JSON.stringify(name)}:${writeValue(entry, form.of) ?? "null"}`,
      ).join(",")}}`;
    case "text":
    case "flag":
    case "integer":
    case "number":
  }
  return JSON.stringify(value);
}
