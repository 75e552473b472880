/**
 * Reads a message of any schema from JSON. Unknown fields are stepped over, `null` stands for an absent field, the last
 * of two equal names counts; a value of another type than its field's is a fault. Nothing of a peer's choosing becomes
 * a property name: names are looked up in the schema's map, and named values are kept in a `Map`.
 */

import { FrameFault } from "./frame-fault.ts";
import type { JsonType } from "./json-reader.ts";
import { JsonReader } from "./json-reader.ts";
import type { Element, Field, IntegerKind, MessageSchema } from "./schema.ts";
import { newMessage } from "./schema.ts";

/** The smallest and the largest value of each kind, cut to what a JavaScript number holds exactly. */
const ranges: Readonly<Record<IntegerKind, readonly [min: number, max: number]>> = {
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint32: [0, 2 ** 32 - 1],
  int64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  uint64: [0, Number.MAX_SAFE_INTEGER],
};

/**
 * The message in `text`, whose type the caller knows from the schema.
 *
 * @throws FrameFault when the text is no such message.
 */
export function decodeMessage(text: string, schema: MessageSchema, maxDepth: number): unknown {
  const reader = new JsonReader(text, maxDepth);
  const message = readMessage(reader, schema, "message");
  reader.finish();
  return message;
}

function readMessage(reader: JsonReader, schema: MessageSchema, name: string): unknown {
  expectType(reader, "object", name);
  const message = newMessage(schema);
  reader.readObject((member) => {
    const field = schema.fields.get(member);
    // Payloads keep `null`: it is a value that an application may send.
    if (field === undefined || (field.kind !== "payload" && reader.peek() === "null"))
      reader.skip();
    else message[member] = readField(reader, field, member);
  });
  return message;
}

function readField(reader: JsonReader, field: Field, name: string): unknown {
  if (field.kind === "list") {
    const { element } = field;
    const values: unknown[] = [];
    expectType(reader, "array", name);
    reader.readArray(() => values.push(readElement(reader, element, name)));
    return values;
  }
  if (field.kind === "map") {
    const { element } = field;
    const values = new Map<string, unknown>();
    expectType(reader, "object", name);
    reader.readObject((key) => values.set(key, readElement(reader, element, name)));
    return values;
  }
  return readElement(reader, field, name);
}

function readElement(reader: JsonReader, element: Element, name: string): unknown {
  if (element.kind === "payload") return reader.readPayload();
  if (element.kind === "message") return readMessage(reader, element.schema, name);
  if (element.kind === "string") {
    expectType(reader, "string", name);
    return reader.readString();
  }
  if (element.kind === "bool") {
    expectType(reader, "boolean", name);
    return reader.readBoolean();
  }
  expectType(reader, "number", name);
  return readInteger(reader, element.kind, name);
}

function readInteger(reader: JsonReader, kind: IntegerKind, name: string): number {
  const value = reader.readNumber();
  const [min, max] = ranges[kind];
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new FrameFault("type", `"${name}" is no ${kind}`);
  }
  // Without the negative zero, which is an integer too.
  return value + 0;
}

function expectType(reader: JsonReader, type: JsonType, name: string): void {
  const found = reader.peek();
  if (found !== type) throw new FrameFault("type", `"${name}" is a ${found}, expected a ${type}`);
}
