/**
 * The list in `Sec-WebSocket-Protocol`, as `ws` exports it to its users.
 */
import { ListScanner } from "./list-scanner.ts";

/**
 * The names in `header`, in order.
 *
 * @throws SyntaxError for what is no list of tokens, and for a name that stands there twice
 */
function parse(header: string): Set<string> {
  const names = new Set<string>();
  const scanner = new ListScanner(header);
  do {
    const name = scanner.token();
    if (names.has(name)) throw new SyntaxError(`The "${name}" subprotocol is duplicated`);
    names.add(name);
  } while (scanner.next());
  return names;
}

export interface Subprotocol {
  parse(header: string): Set<string>;
}

export const subprotocol: Subprotocol = { parse };
