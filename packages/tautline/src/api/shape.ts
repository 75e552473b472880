/**
 * Tables that say what requests and answers of the API look like: the reader checks bodies by them, the writer makes answers
 * by them, the types of methods follow from them, and the OpenAPI description is written from them.
 */
import type { Payload } from "@tautline/wire";

/** What a value can be. */
export type Form =
  | { readonly kind: "text" }
  | { readonly kind: "flag" }
  /** A whole number that a JavaScript number holds exactly. */
  | { readonly kind: "integer"; readonly least: number }
  | { readonly kind: "number" }
  /** Any JSON, which stays the text that it is. What it looks like is for the description only. */
  | { readonly kind: "json"; readonly like?: Shape }
  /** Bytes (RFC 4648 §4). */
  | { readonly kind: "base64" }
  | { readonly kind: "list"; readonly of: Form; readonly most?: number }
  | { readonly kind: "map"; readonly of: Form }
  | { readonly kind: "object"; readonly shape: Shape };

export type Field = Form & {
  /** For people: what it means, and what holds without it. */
  readonly about: string;
  /** Whether it is always there. */
  readonly needed?: true;
};

export type Fields = Readonly<Record<string, Field>>;

export interface Shape {
  /** Its name in the description; each is there once. */
  readonly name: string;
  readonly fields: Fields;
}

type ValueOf<F> = F extends { readonly kind: "text" }
  ? string
  : F extends { readonly kind: "flag" }
    ? boolean
    : F extends { readonly kind: "integer" | "number" }
      ? number
      : F extends { readonly kind: "json" }
        ? Payload
        : F extends { readonly kind: "base64" }
          ? Uint8Array
          : F extends { readonly kind: "list"; readonly of: infer Entry }
            ? readonly ValueOf<Entry>[]
            : F extends { readonly kind: "map"; readonly of: infer Entry }
              ? ReadonlyMap<string, ValueOf<Entry>>
              : F extends { readonly kind: "object"; readonly shape: infer S }
                ? MessageOf<S>
                : never;

type Needed<F> = {
  readonly [Name in keyof F as F[Name] extends { readonly needed: true } ? Name : never]: ValueOf<
    F[Name]
  >;
};

type Optional<F> = {
  readonly [Name in keyof F as F[Name] extends { readonly needed: true } ? never : Name]?:
    ValueOf<F[Name]> | undefined;
};

/** The type of messages of the shape. */
export type MessageOf<S> = S extends { readonly fields: infer F } ? Needed<F> & Optional<F> : never;

/** A shape of which the compiler knows every field. */
export function defineShape<const F extends Fields>(
  name: string,
  fields: F,
): { readonly name: string; readonly fields: F } {
  return { name, fields };
}
