/** What a client's request offers: subprotocols, and permessage-deflate with its parameters. */
import { extensionsOf } from "../extension-list.ts";
import type { Head } from "../handshake.ts";
import type { Need } from "./client-opening-case.ts";

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
