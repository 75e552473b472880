/** Reads what came over the line: anybody may have published it, and a server may be newer than the page. */

export type Fields = Readonly<Record<string, unknown>>;

/** Undefined when it is no object. */
export function fieldsOf(data: unknown): Fields | undefined {
  if (typeof data !== "object" || data === null || Array.isArray(data)) return undefined;
  return { ...data };
}

export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

export function numberOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** A list of what `read` takes of it; empty when it is no list. */
export function listOf<Item>(
  value: unknown,
  read: (item: unknown) => Item | undefined,
): readonly Item[] {
  if (!Array.isArray(value)) return [];
  return value.map((item) => read(item)).filter((item) => item !== undefined);
}
