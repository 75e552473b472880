/** The JSON schema of a configuration file, made from the table that reads it (JSON Schema 2020-12). */
import type { Setting, SettingTable } from "./setting.ts";

const text = { type: "string", minLength: 1 } as const;

/** What editors and checkers take; `title` says of which file. */
export function settingsSchema(table: SettingTable, title: string): object {
  const properties = Object.entries(table).map(([key, setting]) => [key, schemaOf(setting)]);
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title,
    type: "object",
    properties: {
      $schema: { type: "string", description: "Where this schema is, for editors." },
      ...Object.fromEntries(properties),
    },
    additionalProperties: false,
  };
}

function schemaOf(setting: Setting): object {
  const standard = "default" in setting ? setting.default : undefined;
  const described = standard === undefined ? {} : { default: standard };
  return { description: description(setting), ...form(setting), ...described };
}

function description({ text: words, otherwise }: Setting): string {
  return otherwise === undefined ? words : `${words} (otherwise: ${otherwise})`;
}

function form(setting: Setting): object {
  switch (setting.kind) {
    case "whole":
      return { type: "integer", minimum: setting.least, maximum: setting.most };
    case "seconds":
      return { type: "number", minimum: setting.least, maximum: setting.most };
    case "switch":
      return { type: "boolean" };
    case "choice":
      return { enum: setting.of };
    case "list":
      return { anyOf: [text, { type: "array", items: text }] };
    case "pairs":
      return {
        type: "object",
        properties: Object.fromEntries(setting.names.map((name) => [name, text])),
        additionalProperties: false,
        minProperties: 1,
      };
    case "text":
    default:
      return text;
  }
}
