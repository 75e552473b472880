/**
 * A contract for many channels: a pattern of their names, as in `chat:{room}`, with the type of their messages. Both sides
 * make names from it, the server also finds the parameters in a name again.
 */
import type { ChannelContract } from "./channel.ts";
import { channel } from "./channel.ts";
import type { OutputOf, Stable, StandardSchema } from "./standard-schema.ts";

/** The parameters of a pattern, by their names between braces. */
export type PatternParams<Pattern extends string> =
  Pattern extends `${string}{${infer Name}}${infer Rest}`
    ? { readonly [Key in Name]: string } & PatternParams<Rest>
    : unknown;

/** The channels whose names fit a pattern. Make it with `channels`. */
export interface ChannelPattern<Message, Params> {
  /** As in `chat:{room}`. */
  readonly pattern: string;
  readonly schema?: StandardSchema | undefined;
  /**
   * The contract of one of the channels.
   *
   * @throws RangeError for a parameter that is missing, empty, or has a character that ends it in the pattern.
   */
  channel(this: void, params: Params): ChannelContract<Message>;
  /** The parameters in a channel's name, or `undefined` when it does not fit. Takes time linear in the name. */
  match(this: void, name: string): Params | undefined;
}

/**
 * Declares channels, as in `channels("chat:{room}", z.object({ text: z.string() }))`. A parameter is at least one
 * character and ends before the first that follows it in the pattern; one at the end takes the rest of the name.
 *
 * @throws RangeError when two parameters follow each other, one has no name or another's, or a brace stands alone.
 */
export function channels<const Pattern extends string, Schema extends StandardSchema>(
  pattern: Pattern,
  schema: Stable<Schema> & Schema,
): ChannelPattern<OutputOf<Schema>, PatternParams<Pattern>>;
export function channels<Message, Params = Readonly<Record<string, string>>>(
  pattern: string,
): ChannelPattern<Message, Params>;
export function channels(
  pattern: string,
  schema?: StandardSchema,
): ChannelPattern<unknown, Params> {
  const parts = partsOf(pattern);
  return Object.freeze({
    pattern,
    ...(schema && { schema }),
    channel: (params: Params) => {
      const name = nameFrom(parts, params);
      return schema === undefined ? channel<unknown>(name) : channel(name, schema);
    },
    match: (name: string) => paramsIn(parts, name),
  });
}

type Params = Readonly<Record<string, string>>;

/** A pattern taken apart: what it begins with, and each parameter with the text that follows it. */
interface Parts {
  readonly beginning: string;
  readonly rest: readonly Part[];
}

interface Part {
  readonly param: string;
  readonly text: string;
}

function partsOf(pattern: string): Parts {
  const first = pattern.indexOf("{");
  if (first === -1) throw new RangeError(`${pattern} has no parameter; use channel()`);
  const beginning = pattern.slice(0, first);
  const rest: Part[] = [];
  for (let open = first; open !== -1;) {
    const next = pattern.indexOf("{", open + 1);
    const piece = next === -1 ? pattern.slice(open) : pattern.slice(open, next);
    const close = piece.indexOf("}");
    rest.push({ param: piece.slice(1, close), text: piece.slice(close + 1) });
    open = next;
  }
  const names = rest.map(({ param }) => param);
  const literals = [beginning, ...rest.map(({ text }) => text)];
  if (!names.every((name) => /^\w+$/.test(name)) || literals.some((text) => /[{}]/.test(text))) {
    throw new RangeError(`A brace without a parameter in ${pattern}`);
  }
  if (new Set(names).size < names.length) {
    throw new RangeError(`A parameter is twice in ${pattern}`);
  }
  if (literals.slice(1, -1).includes("")) {
    throw new RangeError(`Nothing ends a parameter before the next in ${pattern}`);
  }
  return { beginning, rest };
}

function nameFrom({ beginning, rest }: Parts, params: Params): string {
  const pieces = rest.map(({ param, text }) => {
    const value = params[param];
    if (value === undefined || value === "") {
      throw new RangeError(`The channel needs a value for ${param}`);
    }
    const end = text.charAt(0);
    if (end !== "" && value.includes(end)) {
      throw new RangeError(`${param} must not have the character ${end}`);
    }
    return value + text;
  });
  return beginning + pieces.join("");
}

function paramsIn({ beginning, rest }: Parts, name: string): Params | undefined {
  if (!name.startsWith(beginning)) return undefined;
  let at = beginning.length;
  const values: [string, string][] = [];
  for (const { param, text } of rest) {
    const end = text === "" ? name.length : name.indexOf(text.charAt(0), at);
    if (end <= at || !name.startsWith(text, end)) return undefined;
    values.push([param, name.slice(at, end)]);
    at = end + text.length;
  }
  return at === name.length ? Object.fromEntries(values) : undefined;
}
