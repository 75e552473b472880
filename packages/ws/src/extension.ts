/**
 * The list in `Sec-WebSocket-Extensions`, as `ws` exports it to its users: objects of arrays, because an extension can
 * stand there several times, and so can a parameter.
 */
import { ListScanner } from "./list-scanner.ts";

/** The values of a parameter; `true` where it stands alone. */
export type ParsedParameters = Record<string, (string | true)[]>;

/** The parameters of each time that an extension is named. */
export type ParsedExtensions = Record<string, ParsedParameters[]>;

/** Parameters to write: a value or several. */
export type WrittenParameters = Record<string, unknown>;

/**
 * Reads a header's value.
 *
 * @throws SyntaxError for what does not follow the grammar
 */
function parse(header: string): ParsedExtensions {
  const extensions = Object.create(null) as ParsedExtensions;
  const scanner = new ListScanner(header);
  do {
    const name = scanner.token();
    const parameters = parseParameters(scanner);
    (extensions[name] ??= []).push(parameters);
  } while (scanner.next());
  return extensions;
}

function parseParameters(scanner: ListScanner): ParsedParameters {
  const parameters = Object.create(null) as ParsedParameters;
  scanner.space();
  while (scanner.take(";")) {
    scanner.space();
    const name = scanner.token();
    const value = scanner.take("=") && (scanner.take('"') ? scanner.quoted() : scanner.token());
    (parameters[name] ??= []).push(value === false ? true : value);
    scanner.space();
  }
  return parameters;
}

/** Writes a header's value; `true` writes a parameter's name alone. */
function format(extensions: Record<string, WrittenParameters | WrittenParameters[]>): string {
  return Object.entries(extensions)
    .flatMap(([name, configurations]) =>
      [configurations].flat().map((parameters) => formatOne(name, parameters)),
    )
    .join(", ");
}

function formatOne(name: string, parameters: WrittenParameters): string {
  const parts = Object.entries(parameters).flatMap(([parameter, values]) =>
    [values].flat().map((value) => (value === true ? parameter : `${parameter}=${String(value)}`)),
  );
  return [name, ...parts].join("; ");
}

export interface Extension {
  format(extensions: Record<string, WrittenParameters | WrittenParameters[]>): string;
  parse(header: string): ParsedExtensions;
}

export const extension: Extension = { format, parse };
