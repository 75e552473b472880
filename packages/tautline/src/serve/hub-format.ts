/**
 * Which of the protocol's formats a connection speaks, decided as Centrifugo decides it: Protobuf for those that ask for it
 * by subprotocol or in the query of the address, JSON for all others.
 */
import type { Codec } from "@tautline/wire";
import { jsonCodec, protobufCodec } from "@tautline/wire";

const protobufSubprotocol = "centrifuge-protobuf";
const known: ReadonlySet<string> = new Set(["centrifuge-json", protobufSubprotocol]);

/** The subprotocol to answer with: the first that the client offers and that is known. */
export function chooseSubprotocol(offered: readonly string[]): string | undefined {
  return offered.find((name) => known.has(name));
}

/** The format of a WebSocket on which `subprotocol` was agreed, `""` for none, and whose address has `query`. */
export function codecFor(subprotocol: string, query: URLSearchParams): Codec {
  const asked = query.get("format") === "protobuf" || query.get("cf_protocol") === "protobuf";
  return asked || subprotocol === protobufSubprotocol ? protobufCodec : jsonCodec;
}
