/**
 * Subprotocols: what a client offers and what a server picks (RFC 6455 §1.9, §4.1 item 10, §4.2.2 step 5.5, §11.3.4).
 *
 * Names are compared exactly, case included. This file does not know what any subprotocol means.
 */
import { UsageError } from "../errors.ts";
import { isToken, listElements } from "./grammar.ts";
import type { HeaderList } from "./header-list.ts";

/**
 * How a server picks among the subprotocols offered:
 *
 * - a list: the first of the list that the client offers, so the server's order decides; none when there is no match.
 * - a function of the client's offers, in the client's order of preference: it returns one of them, or `undefined` to go on without.
 *   It is called only when something is offered.
 */
export type SubprotocolChoice =
  readonly string[] | ((offered: readonly string[]) => string | undefined);

const SUBPROTOCOL_HEADER = "sec-websocket-protocol";

/**
 * The subprotocols offered, most wanted first; empty when the header is absent, and `undefined` when it is malformed:
 * present without an element, an element that is no token, or the same one twice (§4.1 item 10).
 */
export function offeredSubprotocols(headers: HeaderList): readonly string[] | undefined {
  const values = headers.values(SUBPROTOCOL_HEADER);
  if (values.length === 0) {
    return values;
  }
  const offered = values.flatMap(listElements);
  return offered.length > 0 && areUniqueTokens(offered) ? offered : undefined;
}

function areUniqueTokens(names: readonly string[]): boolean {
  return names.every(isToken) && new Set(names).size === names.length;
}

/**
 * The names a caller wants to offer or to support, checked.
 *
 * @throws {UsageError} `USAGE_HANDSHAKE_SUBPROTOCOL` when one of them is no token or is there twice.
 */
export function checkSubprotocols(names: readonly string[]): readonly string[] {
  if (!areUniqueTokens(names)) {
    throw new UsageError("USAGE_HANDSHAKE_SUBPROTOCOL", JSON.stringify(names));
  }
  return Object.freeze([...names]);
}

/**
 * The subprotocol to answer with, `""` for none. Only what was offered may be chosen (§4.2.2 step 5.5).
 *
 * @throws {UsageError} `USAGE_HANDSHAKE_SUBPROTOCOL_CHOICE` when the caller's function returns something else.
 */
export function chooseSubprotocol(offered: readonly string[], choice: SubprotocolChoice): string {
  if (offered.length === 0) {
    return "";
  }
  if (typeof choice !== "function") {
    const offers = new Set(offered);
    return choice.find((name) => offers.has(name)) ?? "";
  }
  const chosen = choice(offered);
  if (chosen !== undefined && !offered.includes(chosen)) {
    throw new UsageError("USAGE_HANDSHAKE_SUBPROTOCOL_CHOICE", JSON.stringify(chosen));
  }
  return chosen ?? "";
}

/**
 * The subprotocol a server has chosen, `""` for none; `undefined` when the answer breaks the rules: not one of the
 * offers, or more than one header (§4.1, last list, item 6; §11.3.4).
 */
export function agreedSubprotocol(
  headers: HeaderList,
  offered: readonly string[],
): string | undefined {
  const [agreed, ...more] = headers.values(SUBPROTOCOL_HEADER);
  if (agreed === undefined) {
    return "";
  }
  return more.length === 0 && offered.includes(agreed) ? agreed : undefined;
}
