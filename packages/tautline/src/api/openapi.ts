/**
 * The description of the API in OpenAPI 3.1, made of the tables by which requests are read and answers are written, so that it
 * cannot say anything else than what holds.
 */
import { apiMethods } from "./api-methods.ts";
import type { Method } from "./method.ts";
import { apiDefaults } from "./options.ts";
import type { Form, Shape } from "./shape.ts";
import { errorShape } from "./shapes.ts";

type Json = Readonly<Record<string, unknown>>;

/** The description, as a value to be written as JSON. `server` is where the API stands. Default: `/api`. */
export function openApiDescription(server: string = apiDefaults.prefix): Json {
  return {
    openapi: "3.1.0",
    info: {
      title: "Tautline server API",
      summary: "Publish, look around, and manage clients, from a backend in any language.",
      description:
        "Every method is a POST with a JSON object. What was understood is answered with status 200 and either `result` or `error`; errors have the codes of the protocol. Field names and shapes are those of Centrifugo's HTTP API.",
      version: "1",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: server }],
    security: [{ key: [] }, { authorization: [] }],
    tags: [{ name: "methods", description: "One path each." }],
    paths: Object.fromEntries(apiMethods.map((method) => [`/${method.name}`, pathOf(method)])),
    components: {
      schemas: Object.fromEntries(
        Array.from(allShapes(), (shape): [string, Json] => [shape.name, schemaOf(shape)]),
      ),
      securitySchemes: {
        key: { type: "apiKey", in: "header", name: "X-API-Key" },
        authorization: {
          type: "apiKey",
          in: "header",
          name: "Authorization",
          description: "As in `apikey KEY`.",
        },
      },
    },
  };
}

/** Statuses besides 200, all with an error in the body. */
const refusals: Readonly<Record<string, string>> = {
  400: "The body is no JSON, no UTF-8, or has a value of another type than its field's.",
  401: "There is no key, or no good one.",
  408: "The body took too long to arrive.",
  413: "The body is too long.",
  415: "The body is said to be something else than JSON in UTF-8.",
  503: "The server takes no more for now, or is shutting down.",
};

function pathOf({ name, summary, request, result, bare }: Method): Json {
  const refused = Object.entries(refusals).map(([status, description]): [string, Json] => [
    status,
    { description, content: jsonContent(failure) },
  ]);
  const answered = {
    description: "What came of it.",
    content: jsonContent(bare === true ? referenceTo(result) : outcomeOf(result)),
  };
  return {
    post: {
      operationId: name,
      summary,
      tags: ["methods"],
      requestBody: { required: true, content: jsonContent(referenceTo(request)) },
      responses: { 200: answered, ...Object.fromEntries(refused) },
    },
  };
}

/** A result or an error, never both. */
function outcomeOf(result: Shape): Json {
  return {
    oneOf: [
      { type: "object", required: ["result"], properties: { result: referenceTo(result) } },
      failure,
    ],
  };
}

const failure: Json = {
  type: "object",
  required: ["error"],
  properties: { error: referenceTo(errorShape) },
};

function jsonContent(schema: Json): Json {
  return { "application/json": { schema } };
}

function referenceTo({ name }: Shape): Json {
  return { $ref: `#/components/schemas/${name}` };
}

/** Every shape that a method has, and those that stand in them. */
function allShapes(): ReadonlySet<Shape> {
  const found = new Set<Shape>();
  const add = (shape: Shape): void => {
    if (found.has(shape)) return;
    found.add(shape);
    for (const field of Object.values(shape.fields)) addIn(field);
  };
  const addIn = (form: Form): void => {
    if (form.kind === "object") add(form.shape);
    else if (form.kind === "list" || form.kind === "map") addIn(form.of);
    else if (form.kind === "json" && form.like !== undefined) add(form.like);
  };
  add(errorShape);
  for (const { request, result } of apiMethods) {
    add(request);
    add(result);
  }
  return found;
}

function schemaOf({ fields }: Shape): Json {
  const entries = Object.entries(fields);
  const required = entries.filter(([, { needed }]) => needed === true).map(([name]) => name);
  const properties = entries.map(([name, field]): [string, Json] => [
    name,
    { ...formSchema(field), description: field.about },
  ]);
  return {
    type: "object",
    ...(required.length > 0 && { required }),
    ...(properties.length > 0 && { properties: Object.fromEntries(properties) }),
  };
}

function formSchema(form: Form): Json {
  switch (form.kind) {
    case "text":
      return { type: "string" };
    case "flag":
      return { type: "boolean" };
    case "integer":
      return { type: "integer", format: "int64", minimum: form.least };
    case "number":
      return { type: "number" };
    case "json":
      return form.like === undefined ? {} : referenceTo(form.like);
    case "base64":
      return { type: "string", contentEncoding: "base64" };
    case "list":
      return {
        type: "array",
        items: formSchema(form.of),
        ...(form.most !== undefined && { maxItems: form.most }),
      };
    case "map":
      return { type: "object", additionalProperties: formSchema(form.of) };
    case "object":
  }
  return referenceTo(form.shape);
}
