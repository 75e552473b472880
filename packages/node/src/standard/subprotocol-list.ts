/**
 * The subprotocols that a script may ask for (WHATWG WebSockets §3.1, constructor step 9; RFC 6455 §4.1 item 10).
 */
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/**
 * @throws DOMException `SyntaxError` unless all are tokens, and none stands there twice, in whatever case
 */
export function checkSubprotocols(protocols: readonly string[]): void {
  const seen = new Set<string>();
  for (const protocol of protocols) {
    const folded = protocol.toLowerCase();
    if (!token.test(protocol) || seen.has(folded)) {
      throw new DOMException(
        `not a list of different protocols: ${protocols.join()}`,
        "SyntaxError",
      );
    }
    seen.add(folded);
  }
}
