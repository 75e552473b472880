/**
 * The way to the guarded parts of the server's console: the token that whoever started the server has been shown. It comes in the
 * page's address once, which never leaves the browser behind the `#`, and is remembered from then on.
 */
import { forget, rememberText, rememberedText } from "../shell/memory.ts";
import { Observable } from "../shell/observable.ts";

const memoryKey = "console-token";

/** The subprotocol of the console's connections; the token is offered beside it, because a WebSocket has no other place for it. */
const subprotocol = "tautline-console";

const tokenInAddress = /^#token=([\x21-\x7e]+)$/u;

/** A request as `fetch` takes it. */
type ConsoleRequest = Omit<RequestInit, "headers"> & {
  readonly headers?: Readonly<Record<string, string>>;
};

class ConsoleAccess {
  /** Undefined: nobody has given one, or the last was not taken. */
  readonly token = new Observable<string | undefined>(rememberedText(memoryKey));
  #wasRefused = false;

  /** Whether the last token was let go of because the server does not take it. */
  get wasRefused(): boolean {
    return this.#wasRefused;
  }

  /**
   * Takes the token out of the page's address, so that it is neither seen nor passed on with a link.
   *
   * @param instead the hash that stands in its place
   */
  takeFromAddress(instead: string): void {
    const token = tokenInAddress.exec(location.hash)?.[1];
    if (token === undefined) return;
    this.give(token);
    history.replaceState(null, "", instead);
  }

  /** Whether the server takes this token, which is remembered then. @throws TypeError when the server does not answer */
  async try(token: string): Promise<boolean> {
    const { ok } = await fetch(consoleUrl("access"), { headers: bearer(token) });
    if (ok) this.give(token);
    return ok;
  }

  give(token: string): void {
    this.#wasRefused = false;
    rememberText(memoryKey, token);
    this.token.set(token);
  }

  /** Lets go of the token, which the server does not take, so that the page asks for another. */
  drop(): void {
    if (this.token.value !== undefined) this.#wasRefused = true;
    forget(memoryKey);
    this.token.set(undefined);
  }

  /** A request to a part of the console. A token that the server does not take is let go of. */
  async fetch(path: string, init: ConsoleRequest = {}): Promise<Response> {
    const { value } = this.token;
    const headers = { ...init.headers, ...(value !== undefined && bearer(value)) };
    const response = await fetch(consoleUrl(path), { ...init, headers });
    if (response.status === 401) this.drop();
    return response;
  }

  /** A WebSocket connection to a part of the console. When it fails at once, `fetch` on the same path tells why. */
  open(path: string): WebSocket {
    const url = consoleUrl(path);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    const { value } = this.token;
    const proof = value === undefined ? [] : [`bearer.${base64url(value)}`];
    return new WebSocket(url, [subprotocol, ...proof]);
  }
}

/** The console stands beside the page, also when a proxy serves both below a path. */
export function consoleUrl(path: string): URL {
  const url = new URL(`./console/${path}`, location.href);
  url.hash = "";
  return url;
}

function bearer(token: string): Record<string, string> {
  return { Authorization: `Bearer ${token}` };
}

/** RFC 4648 §5 without padding; a token is ASCII. */
function base64url(text: string): string {
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

export const consoleAccess = new ConsoleAccess();
