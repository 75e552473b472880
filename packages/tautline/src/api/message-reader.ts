/**
 * Reads a message from JSON by its shape. Unknown fields are stepped over and `null` stands for an absent field; what has
 * another type, is missing, or too much is a `BadMessage` that names the field. Nothing of a caller's choosing becomes the
 * name of a property.
 */
import type { JsonType } from "@tautline/wire";
import { FrameFault, JsonReader } from "@tautline/wire";

import type { Form, MessageOf, Shape } from "./shape.ts";

/** `form`: it is no message of its shape at all. `missing`: a field is. `limit`: it is one, but too big. */
export type BadMessageKind = "form" | "missing" | "limit";

export class BadMessage extends Error {
  override readonly name = "BadMessage";
  readonly kind: BadMessageKind;

  constructor(kind: BadMessageKind, detail: string) {
    super(detail);
    this.kind = kind;
  }
}

/** How deep lists and objects nest in a body, the body itself being the first level. */
const maxDepth = 64;

/** @throws BadMessage */
export function readMessage<S extends Shape>(text: string, shape: S): MessageOf<S> {
  try {
    const reader = new JsonReader(text, maxDepth);
    const message = readObject(reader, shape, "the body");
    reader.finish();
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- read by the very table that the type follows from
    return message as MessageOf<S>;
  } catch (error) {
    if (!(error instanceof FrameFault)) throw error;
    throw new BadMessage(error.fault.kind === "limit" ? "limit" : "form", error.fault.detail);
  }
}

function readObject(reader: JsonReader, { fields }: Shape, name: string): object {
  expectType(reader, "object", name);
  const message: Record<string, unknown> = {};
  reader.readObject((member) => {
    const field = Object.hasOwn(fields, member) ? fields[member] : undefined;
    // In JSON of the caller's own, null is a value as good as others.
    if (field === undefined || (field.kind !== "json" && reader.peek() === "null")) reader.skip();
    else message[member] = readValue(reader, field, member);
  });
  for (const [member, { needed }] of Object.entries(fields)) {
    if (needed === true && message[member] === undefined) {
      throw new BadMessage("missing", `${member} is missing`);
    }
  }
  return message;
}

function readValue(reader: JsonReader, form: Form, name: string): unknown {
  switch (form.kind) {
    case "json":
      return reader.readPayload();
    case "text":
      return readText(reader, name);
    case "base64":
      return bytesOf(readText(reader, name), name);
    case "flag":
      expectType(reader, "boolean", name);
      return reader.readBoolean();
    case "number":
      expectType(reader, "number", name);
      return reader.readNumber();
    case "integer":
      return readInteger(reader, form.least, name);
    case "object":
      return readObject(reader, form.shape, name);
    case "list":
      return readList(reader, form, name);
    case "map":
  }
  return readMap(reader, form.of, name);
}

function readText(reader: JsonReader, name: string): string {
  expectType(reader, "string", name);
  return reader.readString();
}

function readInteger(reader: JsonReader, least: number, name: string): number {
  expectType(reader, "number", name);
  const value = reader.readNumber();
  if (!Number.isSafeInteger(value) || value < least) {
    throw new BadMessage("form", `${name} is no whole number from ${least}`);
  }
  return value;
}

function readList(
  reader: JsonReader,
  { of, most = Infinity }: Extract<Form, { kind: "list" }>,
  name: string,
): unknown[] {
  expectType(reader, "array", name);
  const entries: unknown[] = [];
  reader.readArray(() => {
    if (entries.length === most) throw new BadMessage("limit", `${name} has more than ${most}`);
    entries.push(readValue(reader, of, name));
  });
  return entries;
}

function readMap(reader: JsonReader, of: Form, name: string): Map<string, unknown> {
  expectType(reader, "object", name);
  const entries = new Map<string, unknown>();
  reader.readObject((key) => entries.set(key, readValue(reader, of, name)));
  return entries;
}

/** Node.js's decoder takes anything, so it is asked only for what is Base64. */
const base64Grammar = /^[A-Za-z0-9+/]*={0,2}$/u;

function bytesOf(text: string, name: string): Uint8Array {
  if (text.length % 4 !== 0 || !base64Grammar.test(text)) {
    throw new BadMessage("form", `${name} is no Base64`);
  }
  return new Uint8Array(Buffer.from(text, "base64"));
}

function expectType(reader: JsonReader, type: JsonType, name: string): void {
  const found = reader.peek();
  if (found !== type) throw new BadMessage("form", `${name} is a ${found}, expected a ${type}`);
}
