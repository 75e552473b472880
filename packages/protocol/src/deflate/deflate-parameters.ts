/**
 * The four parameters of permessage-deflate (RFC 7692 §7.1), read from a header and written to one.
 *
 * It knows which values a parameter may have. What goes with what offer, and what this side wants, is decided by the
 * negotiation.
 */
import type { ExtensionElement, ExtensionParameters } from "../handshake/extension-list.ts";

/** Windows are 2^8 to 2^15 bytes (RFC 7692 §7.1.2). */
export const minWindowBits = 8;
export const maxWindowBits = 15;

/** One element of the header: an offer or an answer. `undefined` stands for a parameter that is not there. */
export interface DeflateParameters {
  readonly serverNoContextTakeover: boolean;
  readonly clientNoContextTakeover: boolean;
  readonly serverMaxWindowBits: number | undefined;
  /** `true`: there without a value, which only an offer may have (RFC 7692 §7.1.2.2). */
  readonly clientMaxWindowBits: number | true | undefined;
}

/** Text to number, so that only the eight values written as the RFC wants them are found: no leading zero, no sign. */
const windowBitsByText: ReadonlyMap<string, number> = new Map(
  ["8", "9", "10", "11", "12", "13", "14", "15"].map((text) => [text, Number(text)]),
);

/** The names on the wire, in the order in which they are written. */
const names = Object.freeze({
  serverNoContextTakeover: "server_no_context_takeover",
  clientNoContextTakeover: "client_no_context_takeover",
  serverMaxWindowBits: "server_max_window_bits",
  clientMaxWindowBits: "client_max_window_bits",
});

const knownNames: ReadonlySet<string> = new Set(Object.values(names));

type Values = ExtensionElement["parameters"];

/**
 * The parameters of one element; `undefined` when a name is unknown or there twice, or a value is not one that the
 * parameter may have (RFC 7692 §7.1: such an offer is declined, such an answer fails the connection).
 */
export function parseDeflateParameters({
  parameters,
}: ExtensionElement): DeflateParameters | undefined {
  for (const [name, values] of parameters) {
    if (!knownNames.has(name) || values.length !== 1) return undefined;
  }
  const serverNoContextTakeover = flag(parameters, names.serverNoContextTakeover);
  const clientNoContextTakeover = flag(parameters, names.clientNoContextTakeover);
  const serverMaxWindowBits = windowBits(parameters, names.serverMaxWindowBits);
  const clientMaxWindowBits = windowBits(parameters, names.clientMaxWindowBits);
  const invalid =
    serverNoContextTakeover === "invalid" ||
    clientNoContextTakeover === "invalid" ||
    serverMaxWindowBits === "invalid" ||
    clientMaxWindowBits === "invalid" ||
    // §7.1.2.1: this one has a value always.
    serverMaxWindowBits === true;
  if (invalid) return undefined;
  return {
    serverNoContextTakeover,
    clientNoContextTakeover,
    serverMaxWindowBits,
    clientMaxWindowBits,
  };
}

/** §7.1.1: a parameter without a value. */
function flag(parameters: Values, name: string): boolean | "invalid" {
  const values = parameters.get(name);
  if (values === undefined) return false;
  return values[0] === true ? true : "invalid";
}

function windowBits(parameters: Values, name: string): number | true | undefined | "invalid" {
  const value = parameters.get(name)?.[0];
  if (value === undefined || value === true) return value;
  return windowBitsByText.get(value) ?? "invalid";
}

/** The parameters as they are written; what is absent is left out. */
export function writeDeflateParameters(parameters: DeflateParameters): ExtensionParameters {
  const written = new Map<string, string | true>();
  if (parameters.serverNoContextTakeover) written.set(names.serverNoContextTakeover, true);
  if (parameters.clientNoContextTakeover) written.set(names.clientNoContextTakeover, true);
  const { serverMaxWindowBits, clientMaxWindowBits } = parameters;
  if (serverMaxWindowBits !== undefined) {
    written.set(names.serverMaxWindowBits, `${serverMaxWindowBits}`);
  }
  if (clientMaxWindowBits === true) written.set(names.clientMaxWindowBits, true);
  else if (clientMaxWindowBits !== undefined) {
    written.set(names.clientMaxWindowBits, `${clientMaxWindowBits}`);
  }
  return written;
}
