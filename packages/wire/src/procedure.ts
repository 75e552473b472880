/**
 * A procedure's contract: its name together with the types of what it takes and of what it answers. Like a channel's, it
 * is written once, in code that server and clients share.
 */
import type { InputOf, OutputOf, StandardSchema } from "./standard-schema.ts";

declare const signature: unique symbol;

/** A procedure's name that remembers its types. Make it with `procedure`. */
export interface Procedure<Sent, Input, Output> {
  readonly name: string;
  /** What calls are checked with. */
  readonly input?: StandardSchema | undefined;
  /** Never present: it carries the types of what callers send, what the handler takes, and what it answers. */
  readonly [signature]?: (sent: Sent, input: Input, output: Output) => [Sent, Input, Output];
}

/** Schemas of a procedure. The one for the answer gives it its type and is never asked: the server is trusted. */
export interface ProcedureSchemas<Input extends StandardSchema, Output extends StandardSchema> {
  readonly input: Input;
  readonly output?: Output | undefined;
}

/**
 * Declares a procedure, as in `procedure("sum", { input: z.array(z.number()), output: z.number() })`, or
 * `procedure<number[], number>("sum")` where nobody checks.
 *
 * @throws RangeError when `name` is empty.
 */
export function procedure<Input extends StandardSchema, Output extends StandardSchema>(
  name: string,
  schemas: ProcedureSchemas<Input, Output>,
): Procedure<InputOf<Input>, OutputOf<Input>, OutputOf<Output>>;
export function procedure<Input = void, Output = void>(
  name: string,
): Procedure<Input, Input, Output>;
export function procedure(
  name: string,
  schemas?: { readonly input: StandardSchema },
): Procedure<unknown, unknown, unknown> {
  if (name === "") throw new RangeError("A procedure needs a name");
  return Object.freeze({ name, ...(schemas && { input: schemas.input }) });
}
