/**
 * Writes a message of any schema as Protobuf: fields in the schema's order, zero values left out everywhere, as the format
 * has it, payloads as the bytes they are or as the UTF-8 of their text.
 */

// The tables are checked against the message types where they are defined, so a field's kind tells its value's type.
/* oxlint-disable typescript/no-unsafe-type-assertion */

import type { Payload } from "./payload.ts";
import { wireTypes } from "./protobuf-reader.ts";
import { ProtobufWriter } from "./protobuf-writer.ts";
import type { Element, Field, MessageSchema } from "./schema.ts";
import { isZero } from "./schema.ts";

/** The bytes of `message` behind their length, whose type the caller has matched to the schema. */
export function encodeDelimited(message: object, schema: MessageSchema): Uint8Array {
  const writer = new ProtobufWriter();
  writeMessage(writer, message, schema);
  writer.integer(writer.byteLength);
  return writer.finish();
}

function writeMessage(writer: ProtobufWriter, message: object, schema: MessageSchema): void {
  const values = message as Readonly<Record<string, unknown>>;
  for (const [name, field] of fieldsFromLast(schema)) {
    const value = values[name];
    if (value !== undefined && !isZero(value)) writeField(writer, value, field);
  }
}

const reversed = new WeakMap<MessageSchema, readonly (readonly [name: string, field: Field])[]>();

/** The fields from the last to the first: the writer goes backwards. */
function fieldsFromLast(schema: MessageSchema): readonly (readonly [string, Field])[] {
  let fields = reversed.get(schema);
  if (fields === undefined) {
    fields = [...schema.fields].toReversed();
    reversed.set(schema, fields);
  }
  return fields;
}

function writeField(writer: ProtobufWriter, value: unknown, field: Field): void {
  const { number } = field;
  if (field.kind === "list") {
    const { schema } = field.element;
    for (const entry of (value as readonly object[]).toReversed()) {
      writer.bytes(encodeEntry(entry, schema));
      writer.tag(number, wireTypes.lengthDelimited);
    }
  } else if (field.kind === "map") {
    for (const [key, entry] of [...(value as ReadonlyMap<string, unknown>)].toReversed()) {
      const end = writer.byteLength;
      writeElement(writer, entry, { ...field.element, number: 2 });
      writeElement(writer, key, { kind: "string", number: 1 });
      writer.integer(writer.byteLength - end);
      writer.tag(number, wireTypes.lengthDelimited);
    }
  } else writeElement(writer, value, field);
}

/** Bytes of messages that stood in lists, for as long as the messages live; see `encodeEntry` in the JSON encoder. */
const entryBytes = new WeakMap<object, Uint8Array>();

function encodeEntry(entry: object, schema: MessageSchema): Uint8Array {
  let bytes = entryBytes.get(entry);
  if (bytes === undefined) {
    bytes = encodeDelimited(entry, schema);
    entryBytes.set(entry, bytes);
  }
  return bytes;
}

/** The value of one field and, in front of it, its tag. */
function writeElement(
  writer: ProtobufWriter,
  value: unknown,
  element: Element & { readonly number: number },
): void {
  if (element.kind === "bool") writer.integer(1);
  else if (element.kind === "message" || element.kind === "string" || element.kind === "payload") {
    const end = writer.byteLength;
    if (element.kind === "message") writeMessage(writer, value as object, element.schema);
    else writeData(writer, value as Payload);
    writer.integer(writer.byteLength - end);
    return writer.tag(element.number, wireTypes.lengthDelimited);
  } else writer.integer(value as number);
  writer.tag(element.number, wireTypes.varint);
}

function writeData(writer: ProtobufWriter, value: string | Uint8Array): void {
  if (typeof value === "string") writer.text(value);
  else writer.bytes(value);
}
