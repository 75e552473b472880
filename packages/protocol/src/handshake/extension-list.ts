/**
 * The list in `Sec-WebSocket-Extensions`, read and written by its grammar (RFC 6455 §9.1).
 *
 * Names and parameters are data, whatever they are called: they live in maps, so `__proto__` is a name like any other.
 * This file does not know what an extension is.
 */
import { GrammarScanner, isToken } from "./grammar.ts";

/**
 * One extension with its parameters, as a peer wrote it. A parameter without a value has the value `true`. Each name
 * maps to all of its values in order, because an extension may have to refuse a parameter that stands there twice.
 */
export interface ExtensionElement {
  readonly name: string;
  readonly parameters: ReadonlyMap<string, readonly (string | true)[]>;
}

/** Parameters to write, in order. Names and values are tokens; `true` writes the name alone. */
export type ExtensionParameters = ReadonlyMap<string, string | true>;

/** Reads one header value; `undefined` when it does not follow the grammar. */
export function parseExtensionList(text: string): ExtensionElement[] | undefined {
  const scanner = new GrammarScanner(text);
  const elements: ExtensionElement[] = [];
  scanner.skipEmptyElements();
  do {
    const element = takeElement(scanner);
    if (element === undefined) {
      return undefined;
    }
    elements.push(element);
    if (!scanner.atEnd && !scanner.takeSeparator(",")) {
      return undefined;
    }
    scanner.skipEmptyElements();
  } while (!scanner.atEnd);
  return elements;
}

/** `extension = extension-token *( ";" extension-param )` */
function takeElement(scanner: GrammarScanner): ExtensionElement | undefined {
  const name = scanner.takeToken();
  if (name === undefined) {
    return undefined;
  }
  const parameters = new Map<string, (string | true)[]>();
  while (scanner.takeSeparator(";")) {
    const parameter = scanner.takeToken();
    const value = scanner.takeSeparator("=") ? scanner.takeValue() : true;
    // A quoted value has to be a token once it is unquoted (§9.1).
    if (parameter === undefined || value === undefined || (value !== true && !isToken(value))) {
      return undefined;
    }
    const values = parameters.get(parameter);
    if (values === undefined) {
      parameters.set(parameter, [value]);
    } else {
      values.push(value);
    }
  }
  return { name, parameters };
}

/** The header value for one extension. Nothing is quoted: tokens need no quotes. */
export function formatExtension(name: string, parameters: ExtensionParameters): string {
  let text = name;
  for (const [parameter, value] of parameters) {
    text += value === true ? `; ${parameter}` : `; ${parameter}=${value}`;
  }
  return text;
}
