/**
 * How messages are described: a table per message, with each field's kind and its number in the protocol's Protobuf
 * schema. Codecs are interpreters of these tables, so a codec is written once and not once per message. The tables are
 * checked against the message types: a field that is missing, or of another kind, does not compile.
 */

import type { Payload } from "./payload.ts";

/** The kinds of integers. All must be safe integers in JavaScript, the 64-bit ones included. */
export type IntegerKind = "int32" | "uint32" | "int64" | "uint64";

/** A field whose form does not depend on other messages. */
export interface ScalarField {
  readonly kind: "string" | "bool" | "payload" | IntegerKind;
}

/** A field that holds a message. */
export interface MessageField {
  readonly kind: "message";
  readonly schema: MessageSchema;
}

/** A field of many messages. */
export interface ListField {
  readonly kind: "list";
  readonly element: MessageField;
}

/** A field of named values; the names come from outside, hence a `Map` and never an object. */
export interface MapField {
  readonly kind: "map";
  readonly element: Element;
}

/** What lists and maps are made of. */
export type Element = ScalarField | MessageField;

/** A field's place and form. */
export type Field = (Element | ListField | MapField) & {
  /** The number in the Protobuf schema. */
  readonly number: number;
  /** Written even when it is zero, and zero when it is absent: the field is never missing from the message's type. */
  readonly always?: boolean;
};

/** A message's fields by wire name, in the order in which they are written. */
export interface MessageSchema {
  readonly fields: ReadonlyMap<string, Field>;
  /** Those that are never absent. */
  readonly always: readonly (readonly [name: string, field: Field])[];
}

/** The form that a value of type `V` needs. */
type ElementOf<V> = [V] extends [Payload]
  ? { readonly kind: "payload" }
  : [V] extends [string]
    ? { readonly kind: "string" }
    : [V] extends [number]
      ? { readonly kind: IntegerKind }
      : [V] extends [boolean]
        ? { readonly kind: "bool" }
        : MessageField;

type FormOf<V> = [V] extends [ReadonlyMap<string, infer E>]
  ? { readonly kind: "map"; readonly element: ElementOf<E> }
  : [V] extends [readonly (infer E)[]]
    ? { readonly kind: "list"; readonly element: ElementOf<E> }
    : ElementOf<V>;

/** The table a message of type `T` needs: every field, with its form, and `always` exactly where it is not optional. */
export type FieldsOf<T> = {
  readonly [Name in keyof T]-?: FormOf<NonNullable<T[Name]>> & {
    readonly number: number;
  } & (undefined extends T[Name] ? { readonly always?: never } : { readonly always: true });
};

/** Makes the schema of a message of type `T`. Looked up through a `Map`, a name such as `__proto__` finds nothing. */
export function defineMessage<T extends object>(
  fields: FieldsOf<T> & Readonly<Record<string, Field>>,
): MessageSchema {
  const entries = Object.entries<Field>(fields);
  return {
    fields: new Map(entries),
    always: entries.filter(([, field]) => field.always === true),
  };
}

/** Whether `value` is what an absent field stands for. */
export function isZero(value: unknown): boolean {
  const isEmpty = value instanceof Uint8Array && value.length === 0;
  return value === 0 || value === "" || value === false || isEmpty;
}

/** A message of which nothing was read yet: it has the fields that are never absent. */
export function newMessage(schema: MessageSchema): Record<string, unknown> {
  const message: Record<string, unknown> = {};
  for (const [name, field] of schema.always) message[name] = zeroOf(field);
  return message;
}

function zeroOf(field: Field): unknown {
  if (field.kind === "map") return new Map<string, unknown>();
  if (field.kind === "list") return [];
  return field.kind === "string" ? "" : 0;
}

/** A message without fields. */
export type EmptyMessage = Readonly<Record<string, never>>;

/** The table of `EmptyMessage`. */
export const emptySchema = defineMessage<EmptyMessage>({});
