/**
 * Holds what a client sent to a schema. What comes out is what the schema made of it: fields that it does not know are
 * gone, if that is how the schema's library does it, and defaults are filled in.
 */
import type { SchemaIssue, StandardSchema } from "@tautline/wire";
import { replyErrors } from "@tautline/wire";
import { Refusal } from "./refusal.ts";

/** What is wrong with a message can be a long story. */
const maxIssues = 3;
const maxMessageLength = 300;

/**
 * @throws Refusal as a rejection: "bad request", with the fields and what is wrong with them; whatever the schema throws
 */
export async function checkedValue(schema: StandardSchema, value: unknown): Promise<unknown> {
  const result = await schema["~standard"].validate(value);
  if (result.issues === undefined) return result.value;
  const { code, message } = replyErrors.badRequest;
  const told = [message, ...result.issues.slice(0, maxIssues).map(textOf)].join("; ");
  throw new Refusal({ code, message: told.slice(0, maxMessageLength) });
}

/** As in `author.name: expected a string`. */
function textOf({ message, path = [] }: SchemaIssue): string {
  const keys = path.map((part) => String(typeof part === "object" ? part.key : part));
  return keys.length === 0 ? message : `${keys.join(".")}: ${message}`;
}
