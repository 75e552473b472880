/**
 * What a schema library's schemas look like from outside: the part of the Standard Schema specification
 * (https://standardschema.dev, version 1) that is looked at here. zod, valibot, arktype and others fit it structurally.
 */

/** A schema that takes an `Input` and makes an `Output` of it. */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** A value, or what is wrong with it. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** One thing that is wrong, and where. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** What a schema takes. */
export type InputOf<Schema extends StandardSchema> = NonNullable<
  Schema["~standard"]["types"]
>["input"];

/** What a schema makes of it. */
export type OutputOf<Schema extends StandardSchema> = NonNullable<
  Schema["~standard"]["types"]
>["output"];

/**
 * The schema, if it takes what it makes: what one side publishes is what the other side gets, so a message goes through
 * it more than once. A schema that makes numbers of texts, for example, is none.
 */
export type Stable<Schema extends StandardSchema> =
  OutputOf<Schema> extends InputOf<Schema> ? Schema : never;
