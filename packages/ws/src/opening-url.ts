/**
 * Where a client connects to: which URLs `ws` takes, and what it says of others.
 */

/** The URL, with `http:` and `https:` made `ws:` and `wss:`. @throws SyntaxError for what is no URL */
export function parseAddress(address: string | URL): URL {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    throw new SyntaxError(`Invalid URL: ${String(address)}`);
  }
  if (url.protocol === "http:") url.protocol = "ws:";
  else if (url.protocol === "https:") url.protocol = "wss:";
  return url;
}

/** Why `url` cannot be connected to, if it cannot. */
export function urlFault(url: URL): SyntaxError | undefined {
  if (!["ws:", "wss:", "ws+unix:"].includes(url.protocol)) {
    return new SyntaxError(
      `The URL's protocol must be one of "ws:", "wss:", "http:", "https:", or "ws+unix:"`,
    );
  }
  if (url.protocol === "ws+unix:" && url.pathname === "") {
    return new SyntaxError("The URL's pathname is empty");
  }
  if (url.hash !== "") return new SyntaxError("The URL contains a fragment identifier");
  return undefined;
}

/** What a URL says of the connection. */
export interface Place {
  readonly isSecure: boolean;
  readonly isIpc: boolean;
  readonly host: string;
  readonly port: string | number;
  /** The request's target. */
  readonly path: string;
  readonly socketPath: string | undefined;
  /** What has to be the same for a redirect not to lead to somebody else. */
  readonly identity: string;
}

export function placeOf(url: URL): Place {
  const isSecure = url.protocol === "wss:";
  const isIpc = url.protocol === "ws+unix:";
  const target = url.pathname + url.search;
  const [socketPath, path = ""] = isIpc ? splitOnce(target) : [undefined, target];
  return {
    isSecure,
    isIpc,
    host: url.hostname.startsWith("[") ? url.hostname.slice(1, -1) : url.hostname,
    port: url.port || (isSecure ? 443 : 80),
    path,
    socketPath,
    identity: `${isIpc ? "ipc" : "tcp"} ${socketPath ?? url.host}`,
  };
}

/** The parts before and behind the first colon. */
function splitOnce(text: string): [string, string?] {
  const at = text.indexOf(":");
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
