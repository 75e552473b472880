/** What a Sec-WebSocket-Extensions field lists, in either direction (RFC 6455 §9.1): extensions and their parameters. */

/** Parameters of an extension in their order, with the value or without. */
type ExtensionParameters = readonly (readonly [name: string, value: string | undefined])[];

interface ListedExtension {
  readonly name: string;
  readonly parameters: ExtensionParameters;
}

const token = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]+";
const parameter = new RegExp(`^(${token})(?:\\s*=\\s*(?:(${token})|"((?:[^"\\\\]|\\\\.)*)"))?$`);
const wholeToken = new RegExp(`^${token}$`);

export const isToken = (text: string): boolean => wholeToken.test(text);

/**
 * The extensions of a Sec-WebSocket-Extensions field (RFC 6455 §9.1).
 *
 * @returns undefined when it is not well-formed
 */
export function extensionsOf(value: string): readonly ListedExtension[] | undefined {
  const found: ListedExtension[] = [];
  for (const element of split(value, ",")) {
    // A list may have empty elements (RFC 7230 §7).
    if (element === "") continue;
    const [name = "", ...rest] = split(element, ";");
    const parameters = rest.map(parameterOf);
    const sound = parameters.filter((one) => one !== undefined);
    if (!isToken(name) || sound.length < parameters.length) return undefined;
    found.push({ name, parameters: sound });
  }
  return found;
}

function parameterOf(text: string): ExtensionParameters[number] | undefined {
  const match = parameter.exec(text);
  if (match === null) return undefined;
  const [, name = "", bare, quoted] = match;
  const value = bare ?? quoted?.replaceAll(/\\(.)/g, "$1");
  // Without its quotes it has to be a token all the same.
  return value === undefined || isToken(value) ? [name, value] : undefined;
}

/** Parts between separators that do not stand in quotes, without the white space around them. */
function split(text: string, separator: "," | ";"): string[] {
  const parts: string[] = [];
  let isQuoted = false;
  let start = 0;
  for (let at = 0; at <= text.length; at++) {
    if (text[at] === '"') isQuoted = !isQuoted;
    // What is escaped ends no quotation.
    else if (isQuoted && text[at] === "\\") at += 1;
    else if (at >= text.length || (!isQuoted && text[at] === separator)) {
      parts.push(text.slice(start, at).trim());
      start = at + 1;
    }
  }
  return parts;
}
