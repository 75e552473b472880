/**
 * The URL of a socket as the WHATWG standard reads it (§3.1, constructor steps 1 to 7).
 */

/**
 * Reads `url`: `http:` and `https:` stand for `ws:` and `wss:`. Where the program has a global `location`, a relative
 * URL is relative to that; in Node.js as it is there is none, and a relative URL no URL.
 *
 * @throws DOMException `SyntaxError` for what is no URL, has another scheme or a fragment
 */
export function readSocketUrl(url: string): URL {
  const record = parse(url);
  if (record.protocol === "http:") record.protocol = "ws:";
  else if (record.protocol === "https:") record.protocol = "wss:";
  if (record.protocol !== "ws:" && record.protocol !== "wss:") {
    throw new DOMException(`a WebSocket cannot have the scheme ${record.protocol}`, "SyntaxError");
  }
  // `hash` is "" for a lone "#" too, which is an empty fragment and no absent one.
  if (record.href.includes("#")) {
    throw new DOMException(`the URL of a WebSocket has no fragment: ${record.href}`, "SyntaxError");
  }
  return record;
}

function parse(url: string): URL {
  // Programs that stand in for a page have one, such as the environments of tests.
  const page: { readonly href?: unknown } | undefined = Reflect.get(globalThis, "location");
  const base = page?.href;
  try {
    return new URL(url, typeof base === "string" ? base : undefined);
  } catch {
    throw new DOMException(`not a URL: ${url}`, "SyntaxError");
  }
}
