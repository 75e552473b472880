/** What a client's request offers: subprotocols, and permessage-deflate with its parameters. */
import type { Head } from "../handshake.ts";
import type { Need } from "./client-opening-case.ts";

/** Parameters of an extension in their order, with the value or without. */
export type ExtensionParameters = readonly (readonly [name: string, value: string | undefined])[];

export interface OfferedExtension {
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
export function extensionsOf(value: string): readonly OfferedExtension[] | undefined {
  const found: OfferedExtension[] = [];
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

/** Of the first offer of permessage-deflate; undefined when there is none. */
export function deflateOffer(fields: Head["fields"]): ReadonlyMap<string, string> | undefined {
  const value = fields.get("sec-websocket-extensions");
  const offers = value === undefined ? [] : (extensionsOf(value) ?? []);
  const first = offers.find(({ name }) => name === "permessage-deflate");
  if (first === undefined) return undefined;
  return new Map(first.parameters.map(([name, given]) => [name, given ?? ""]));
}

export function offeredSubprotocols(fields: Head["fields"]): readonly string[] {
  const value = fields.get("sec-websocket-protocol");
  return value === undefined ? [] : value.split(",").map((one) => one.trim());
}

/** What is missing for a case to have a meaning, as a sentence. */
export function lackOf(need: Need | undefined, fields: Head["fields"]): string | undefined {
  if (need === undefined) return undefined;
  const offer = deflateOffer(fields);
  if (offer === undefined) return "the client does not offer permessage-deflate";
  const bits = offer.get("client_max_window_bits");
  switch (need) {
    case "permessage-deflate":
      return undefined;
    case "permessage-deflate without client_max_window_bits":
      return bits === undefined ? undefined : "the client offers client_max_window_bits";
    case "client_max_window_bits below 15":
    default:
      return bits !== undefined && bits !== "" && Number(bits) < 15
        ? undefined
        : "the client does not offer a client_max_window_bits below 15";
  }
}
