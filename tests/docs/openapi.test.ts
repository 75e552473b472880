/**
 * docs/reference/openapi.json is generated from the tables of the API's methods: this test compares the two, and
 * `npx vitest run tests/docs/openapi.test.ts -u` writes the file anew. A validator that knows nothing of us reads it.
 */
import { join } from "node:path";

import { Validator } from "@seriousme/openapi-schema-validator";
import { format } from "prettier";
import { openApiDescription } from "tautline";
import { expect, test } from "vitest";

import { root } from "./documents.ts";

const file = "docs/reference/openapi.json";

test("the description of the API says what the code says", async () => {
  const text = await format(JSON.stringify(openApiDescription()), { parser: "json" });
  await expect(text).toMatchFileSnapshot(join(root, file));
});

test("the description of the API is good OpenAPI", async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(join(root, file));
  expect(errors ?? []).toEqual([]);
  expect(valid).toBe(true);
  expect(validator.version).toBe("3.1");
});

/** Every `$ref` in a value. */
function references(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  const found = Object.values(value).flatMap(references);
  return "$ref" in value ? [String(value.$ref), ...found] : found;
}

test("references in the description lead to what is there, and every schema has its name alone", () => {
  const description = openApiDescription();
  const { schemas } = description["components"] as { schemas: Record<string, unknown> };
  const names = Object.keys(schemas).map((name) => `#/components/schemas/${name}`);
  expect([...new Set(references(description))].sort()).toEqual(names.sort());
});
