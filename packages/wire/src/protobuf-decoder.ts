/**
 * Reads a message of any schema from Protobuf. Unknown fields are stepped over; of a field that comes twice the last value
 * counts, lists and maps grow, and messages are merged, as the format says. A known field with another wire type than its
 * kind has is a fault. How deep messages nest follows from the schema alone, whatever a peer sends.
 */

import { FrameFault } from "./frame-fault.ts";
import type { Payload } from "./payload.ts";
import type { ProtobufReader } from "./protobuf-reader.ts";
import { wireTypes } from "./protobuf-reader.ts";
import type { Element, Field, MapField, MessageSchema } from "./schema.ts";
import { newMessage } from "./schema.ts";

/** What becomes of the bytes of a payload; they are new. */
export type PayloadReader = (bytes: Uint8Array) => Payload;

type NumberedFields = ReadonlyMap<number, readonly [name: string, field: Field]>;

const numbered = new WeakMap<MessageSchema, NumberedFields>();

/** The fields of `schema` by their numbers, found once. */
function fieldsOf(schema: MessageSchema): NumberedFields {
  let fields = numbered.get(schema);
  if (fields === undefined) {
    fields = new Map(Array.from(schema.fields, (entry) => [entry[1].number, entry]));
    numbered.set(schema, fields);
  }
  return fields;
}

/** Decodes with one way of reading payloads. */
export class ProtobufDecoder {
  readonly #readPayload: PayloadReader;

  constructor(readPayload: PayloadReader) {
    this.#readPayload = readPayload;
  }

  /**
   * The message that the reader's part holds, whose type the caller knows from the schema. Reads the part to its end.
   *
   * @throws FrameFault when the part holds no such message.
   */
  message(
    reader: ProtobufReader,
    schema: MessageSchema,
    message: Record<string, unknown> = newMessage(schema),
  ): Record<string, unknown> {
    const fields = fieldsOf(schema);
    while (!reader.done) {
      const tag = reader.tag();
      const wireType = tag & 7;
      const known = fields.get(tag >>> 3);
      if (known === undefined) {
        reader.skip(wireType);
        continue;
      }
      const [name, field] = known;
      const expected = wireTypeOf(field);
      if (wireType !== expected) {
        const detail = `"${name}" has the wire type ${wireType}, expected ${expected}`;
        throw new FrameFault("type", detail);
      }
      this.#readField(reader, message, { name, field });
    }
    return message;
  }

  #readField(
    reader: ProtobufReader,
    message: Record<string, unknown>,
    { name, field }: { readonly name: string; readonly field: Field },
  ): void {
    const before = message[name];
    if (field.kind === "list") {
      const list: unknown[] = Array.isArray(before) ? before : [];
      list.push(this.#readElement(reader, field.element, { name }));
      message[name] = list;
    } else if (field.kind === "map") {
      const map: Map<unknown, unknown> = before instanceof Map ? before : new Map();
      this.#readEntry(reader, map, field);
      message[name] = map;
    } else {
      const value = this.#readElement(reader, field, { name, before });
      // Nothing is how the format writes an absent payload.
      if (value === undefined) delete message[name];
      else message[name] = value;
    }
  }

  /** Maps are lists of messages with a key as their first field and a value as their second. */
  #readEntry(reader: ProtobufReader, map: Map<unknown, unknown>, { element }: MapField): void {
    const outer = reader.enter();
    const entry = this.message(reader, entrySchemaOf(element));
    reader.leave(outer);
    const zero = element.kind === "message" ? newMessage(element.schema) : "";
    map.set(entry["key"], entry["value"] ?? zero);
  }

  #readElement(
    reader: ProtobufReader,
    element: Element,
    { name, before }: { readonly name: string; readonly before?: unknown },
  ): unknown {
    if (element.kind === "payload") {
      const bytes = reader.bytes();
      return bytes.length === 0 ? undefined : this.#readPayload(bytes);
    }
    if (element.kind === "string") return reader.text();
    if (element.kind === "bool") return reader.boolean();
    if (element.kind !== "message") return reader.integer(element.kind, name);
    const outer = reader.enter();
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what was read under the same name
    const merged = before as Record<string, unknown> | undefined;
    const message = this.message(reader, element.schema, merged);
    reader.leave(outer);
    return message;
  }
}

function wireTypeOf({ kind }: Field): number {
  const isNumber =
    kind === "bool" ||
    kind === "int32" ||
    kind === "uint32" ||
    kind === "int64" ||
    kind === "uint64";
  return isNumber ? wireTypes.varint : wireTypes.lengthDelimited;
}

const entrySchemas = new WeakMap<Element, MessageSchema>();

/** The schema of an entry of a map with such values. */
function entrySchemaOf(element: Element): MessageSchema {
  let schema = entrySchemas.get(element);
  if (schema === undefined) {
    const key: Field = { number: 1, kind: "string", always: true };
    const value: Field = { ...element, number: 2 };
    const fields = new Map([
      ["key", key],
      ["value", value],
    ]);
    schema = { fields, always: [["key", key]] };
    entrySchemas.set(element, schema);
  }
  return schema;
}
