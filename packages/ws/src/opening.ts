/**
 * A client's opening handshake over `http.request`: the request, redirects, and what is told when it fails. What was
 * asked for and whether the answer grants it is decided in opening-request.ts and opening-response.ts.
 */
// Whole modules, for those who put something else in their place, such as monitors and mocks.
import http from "node:http";
import type { ClientRequest, IncomingMessage, RequestOptions } from "node:http";
import https from "node:https";
import type { Duplex } from "node:stream";
import { CLOSING, CONNECTING } from "./constants.ts";
import type { Internals } from "./internals.ts";
import { prepareRequest, resolveOptions } from "./opening-request.ts";
import type { ResolvedOptions } from "./opening-request.ts";
import { judge } from "./opening-response.ts";
import type { Asked } from "./opening-response.ts";
import { parseAddress, placeOf, urlFault } from "./opening-url.ts";
import { extensionName } from "./per-message-deflate.ts";

/** The caller's options, of which `headers` may have to be kept to oneself on the way. */
type Given = Record<string, unknown> & { headers?: Record<string, string> };

const abandoned = new WeakSet<ClientRequest>();

export class Opening {
  readonly #websocket: Internals;
  readonly #protocols: readonly string[];
  #given: Given | undefined;
  /** Where the first request went. */
  #origin: { readonly identity: string; readonly isSecure: boolean } | undefined;

  constructor(websocket: Internals, protocols: readonly string[], given: object | undefined) {
    this.#websocket = websocket;
    this.#protocols = protocols;
    this.#given = given as Given | undefined;
  }

  /**
   * Begins, at `address`.
   *
   * @returns the options, with defaults; `undefined` when a redirect leads to where nobody can go
   * @throws SyntaxError, RangeError for arguments that `ws` does not take
   */
  begin(address: string | URL): ResolvedOptions | undefined {
    const websocket = this.#websocket;
    const options = resolveOptions(this.#given);
    const url = parseAddress(address);
    websocket._url = url.href;
    const fault = urlFault(url);
    if (fault !== undefined) {
      if (websocket._redirects === 0) throw fault;
      emitErrorAndClose(websocket, fault);
      return undefined;
    }
    const asked = prepareRequest(options, url, this.#protocols);
    if (options.followRedirects) this.#prepareRedirects(options, url);
    const scheme = url.protocol === "wss:" ? https : http;
    const request = scheme.request(options as unknown as RequestOptions);
    websocket._req = request;
    if (websocket._redirects > 0) websocket.emit("redirect", url.href, request);
    this.#listen(request, options, { address, asked });
    if (options.finishRequest) options.finishRequest(request, websocket);
    else request.end();
    return options;
  }

  /** What is meant for one server must not go to another one that it sends us to. */
  #prepareRedirects(options: ResolvedOptions, url: URL): void {
    const websocket = this.#websocket;
    const { identity, isSecure } = placeOf(url);
    if (this.#origin === undefined) {
      this.#origin = { identity, isSecure };
      const own: Given = { ...this.#given, headers: {} };
      for (const [name, value] of Object.entries(this.#given?.headers ?? {})) {
        own.headers = { ...own.headers, [name.toLowerCase()]: value };
      }
      this.#given = own;
    } else if (websocket.listenerCount("redirect") === 0) {
      const isSame = this.#origin.identity === identity;
      if (!isSame || (this.#origin.isSecure && !isSecure)) {
        delete options.headers["authorization"];
        delete options.headers["cookie"];
        if (!isSame) delete options.headers["host"];
        options.auth = undefined;
      }
    }
    // The first one wins; it is in the caller's headers then.
    const { headers } = this.#given ?? {};
    if (options.auth && headers !== undefined && !headers["authorization"]) {
      headers["authorization"] = `Basic ${Buffer.from(options.auth).toString("base64")}`;
    }
  }

  #listen(
    request: ClientRequest,
    options: ResolvedOptions,
    { address, asked }: { readonly address: string | URL; readonly asked: Asked },
  ): void {
    const websocket = this.#websocket;
    let answered = false;
    if (options.timeout) {
      request.on("timeout", () => {
        abortHandshake(websocket, request, "Opening handshake has timed out");
      });
    }
    request.on("error", (error) => {
      if (answered || abandoned.has(request)) return;
      answered = true;
      websocket._req = null;
      emitErrorAndClose(websocket, error);
    });
    request.on("response", (response) => {
      if (!this.#redirected(request, response, { options, address })) {
        unexpected(websocket, request, response);
      }
    });
    request.on("upgrade", (response, socket, head) => {
      websocket.emit("upgrade", response);
      // A listener may have closed it.
      if (websocket._readyState !== CONNECTING) return;
      answered = true;
      websocket._req = null;
      this.#open(response, { socket, head, options, asked });
    });
  }

  /** Whether `response` sends elsewhere, and is followed. */
  #redirected(
    request: ClientRequest,
    response: IncomingMessage,
    { options, address }: { readonly options: ResolvedOptions; readonly address: string | URL },
  ): boolean {
    const { statusCode = 0, headers } = response;
    const { location } = headers;
    if (!location || !options.followRedirects || statusCode < 300 || statusCode >= 400)
      return false;
    const websocket = this.#websocket;
    websocket._redirects += 1;
    if (websocket._redirects > options.maxRedirects) {
      abortHandshake(websocket, request, "Maximum redirects exceeded");
      return true;
    }
    abandoned.add(request);
    request.destroy();
    let next: URL;
    try {
      next = new URL(location, address);
    } catch {
      emitErrorAndClose(websocket, new SyntaxError(`Invalid URL: ${location}`));
      return true;
    }
    this.begin(next);
    return true;
  }

  #open(
    response: IncomingMessage,
    upgraded: {
      readonly socket: Duplex;
      readonly head: Buffer;
      readonly options: ResolvedOptions;
      readonly asked: Asked;
    },
  ): void {
    const { socket, head, options, asked } = upgraded;
    const websocket = this.#websocket;
    const answer = judge(response.headers, asked);
    if (answer.fault !== undefined) {
      abortHandshake(websocket, socket, answer.fault);
      return;
    }
    if (answer.protocol !== "") websocket._protocol = answer.protocol;
    if (answer.deflates) websocket._extensions[extensionName] = asked.deflate;
    websocket.setSocket(socket, head, options);
  }
}

function unexpected(websocket: Internals, request: ClientRequest, response: IncomingMessage): void {
  if (websocket.emit("unexpected-response", request, response)) return;
  const message = `Unexpected server response: ${String(response.statusCode)}`;
  abortHandshake(websocket, request, message);
}

function emitErrorAndClose(websocket: Internals, error: Error): void {
  websocket._readyState = CLOSING;
  websocket._errorEmitted = true;
  websocket.emit("error", error);
  websocket.emitClose();
}

/** Gives a handshake up, which is told as an error with `message`. */
export function abortHandshake(
  websocket: Internals,
  stream: ClientRequest | Duplex | null,
  message: string,
): void {
  websocket._readyState = CLOSING;
  const error = new Error(message);
  if (stream === null || "setHeader" in stream) {
    if (stream !== null) abandon(stream);
    process.nextTick(emitErrorAndClose, websocket, error);
    return;
  }
  stream.destroy(error);
  stream.once("error", (cause) => void websocket.emit("error", cause));
  stream.once("close", () => {
    websocket.emitClose();
  });
}

function abandon(request: ClientRequest): void {
  abandoned.add(request);
  request.destroy();
  // A request that has been answered leaves its socket alone.
  if (request.socket && !request.socket.destroyed) request.socket.destroy();
}
