/**
 * The server's side of the opening handshake (RFC 6455 §4.2, RFC 8441 §5): a request in, the response out, and what was agreed.
 *
 * It decides in one go and keeps nothing: who reads the request and writes the response, and which path exists, is the
 * adapter's business. Nothing a peer sends makes it throw.
 */
import { type LimitExceeded, ProtocolViolation, UsageError } from "../errors.ts";
import type { Platform } from "../platform.ts";
import { type HeaderPair, checkCallerHeaders } from "./caller-headers.ts";
import {
  type Extension,
  type NegotiatedExtension,
  acceptExtensions,
  formatAcceptances,
  offeredExtensions,
} from "./extension.ts";
import type { ExtensionElement } from "./extension-list.ts";
import { extendedConnect } from "./extended-connect.ts";
import type { HandshakeForm } from "./handshake-form.ts";
import type { HandshakeResponse } from "./handshake-response.ts";
import type { HandshakeRequest } from "./head-lines.ts";
import { headLimitDefaults } from "./head-limits.ts";
import { type AllowedOrigins, isOriginAllowed, resolveAllowedOrigins } from "./origin-rule.ts";
import { requestFault, upgrade } from "./server-request.ts";
import {
  type SubprotocolChoice,
  checkSubprotocols,
  chooseSubprotocol,
  offeredSubprotocols,
} from "./subprotocol.ts";

/** What a server agrees to. All of it may be left out. */
export interface ServerHandshakeOptions {
  /** The subprotocols supported, most wanted first, or a function that picks one. Default: none. */
  readonly subprotocols?: SubprotocolChoice | undefined;
  /** Which web pages may connect. Default `"same-host"`. */
  readonly allowedOrigins?: AllowedOrigins | undefined;
  /** The extensions supported. Default: none, so every offer is declined. */
  readonly extensions?: readonly Extension[] | undefined;
  /** More headers for the response that accepts, for example `Set-Cookie`. Default: none. */
  readonly headers?: readonly HeaderPair[] | undefined;
  /** Headers in the request; more are refused with 431. Default 128. */
  readonly maxHeaderCount?: number | undefined;
}

export interface HandshakeAccepted {
  readonly accepted: true;
  /** To be written before any frame. */
  readonly response: HandshakeResponse;
  /** The subprotocol in use, `""` when there is none. */
  readonly subprotocol: string;
  /** The extensions in force, in the order they apply. */
  readonly extensions: readonly NegotiatedExtension[];
}

export interface HandshakeDeclined {
  readonly accepted: false;
  /** To be written before the connection is ended. */
  readonly response: HandshakeResponse;
  readonly error: ProtocolViolation | LimitExceeded;
}

export type HandshakeResult = HandshakeAccepted | HandshakeDeclined;

/** A request that the protocol has nothing against: what {@link ServerHandshake.accept} needs to answer it. */
export interface HandshakeOffer {
  readonly accepted: undefined;
  readonly request: HandshakeRequest;
  /** The subprotocols offered, most wanted first. */
  readonly subprotocols: readonly string[];
  readonly extensions: readonly ExtensionElement[];
}

/** What an application decides for one request, where the options do not say it for all. */
export interface HandshakeChoices {
  /** One of those offered, or `""` for none. Default: what the options choose. */
  readonly subprotocol?: string | undefined;
  /** More headers for the response, after those of the options. Default: none. */
  readonly headers?: readonly HeaderPair[] | undefined;
}

/** Answers requests by the same options, which are checked once. It keeps nothing of any request. */
export class ServerHandshake {
  readonly #platform: Platform;
  readonly #subprotocols: SubprotocolChoice;
  readonly #allowedOrigins: AllowedOrigins;
  readonly #extensions: readonly Extension[];
  readonly #headers: readonly HeaderPair[];
  readonly #maxHeaderCount: number;

  /**
   * @throws {UsageError} `USAGE_HANDSHAKE_SUBPROTOCOL`, `USAGE_HANDSHAKE_ORIGIN` or `USAGE_HANDSHAKE_HEADER` for values that
   *   could never match or must not be sent.
   */
  constructor(options: ServerHandshakeOptions, platform: Platform) {
    const { subprotocols = [], headers = [] } = options;
    checkCallerHeaders(headers);
    this.#platform = platform;
    this.#subprotocols =
      typeof subprotocols === "function" ? subprotocols : checkSubprotocols(subprotocols);
    this.#allowedOrigins = resolveAllowedOrigins(options.allowedOrigins ?? "same-host");
    this.#extensions = options.extensions ?? [];
    this.#headers = headers;
    this.#maxHeaderCount = options.maxHeaderCount ?? headLimitDefaults.maxHeaderCount;
  }

  /**
   * Answers one request (RFC 6455 §4.2.2).
   *
   * @throws {UsageError} `USAGE_HANDSHAKE_SUBPROTOCOL_CHOICE` when the function that picks a subprotocol returns one that was
   *   not offered. What that function throws itself passes through.
   */
  answer(request: HandshakeRequest): HandshakeResult {
    const examined = this.examine(request);
    return examined.accepted === undefined ? this.accept(examined) : examined;
  }

  /** The first half of {@link answer}, for applications that think before they accept: whether the request may be accepted. */
  examine(request: HandshakeRequest): HandshakeOffer | HandshakeDeclined {
    const { headers } = request;
    const form = formOf(request);
    const fault = requestFault(request, form, this.#maxHeaderCount);
    if (fault !== undefined) {
      return refuse(fault, request);
    }
    if (!isOriginAllowed(headers, form.hostOf(request), this.#allowedOrigins)) {
      return refuse(new ProtocolViolation("HANDSHAKE_ORIGIN"), request);
    }
    const subprotocols = offeredSubprotocols(headers);
    if (subprotocols === undefined) {
      return refuse(new ProtocolViolation("HANDSHAKE_SUBPROTOCOL"), request);
    }
    const extensions = offeredExtensions(headers);
    if (extensions === undefined) {
      return refuse(new ProtocolViolation("HANDSHAKE_EXTENSIONS"), request);
    }
    return { accepted: undefined, request, subprotocols, extensions };
  }

  /**
   * The second half of {@link answer}.
   *
   * @throws {UsageError} `USAGE_HANDSHAKE_SUBPROTOCOL_CHOICE` for a subprotocol that was not offered, `USAGE_HANDSHAKE_HEADER`
   *   for headers that must not be sent. What the function that picks a subprotocol throws passes through.
   */
  accept(offer: HandshakeOffer, choices: HandshakeChoices = {}): HandshakeAccepted {
    const { subprotocol: wish, headers = [] } = choices;
    checkCallerHeaders(headers);
    const subprotocol = wish ?? chooseSubprotocol(offer.subprotocols, this.#subprotocols);
    if (subprotocol !== "" && !offer.subprotocols.includes(subprotocol)) {
      throw new UsageError("USAGE_HANDSHAKE_SUBPROTOCOL_CHOICE", JSON.stringify(subprotocol));
    }
    const extensions = acceptExtensions(offer.extensions, this.#extensions);
    const { request } = offer;
    const negotiated = negotiatedHeaders(subprotocol, extensions).concat(this.#headers, headers);
    const response = formOf(request).accept(request, negotiated, this.#platform);
    return { accepted: true, response, subprotocol, extensions };
  }
}

function formOf({ connect }: HandshakeRequest): HandshakeForm {
  return connect === undefined ? upgrade : extendedConnect(connect);
}

/** What is not agreed on is not mentioned. */
function negotiatedHeaders(
  subprotocol: string,
  extensions: readonly NegotiatedExtension[],
): HeaderPair[] {
  const headers: HeaderPair[] = [];
  if (subprotocol !== "") {
    headers.push(["Sec-WebSocket-Protocol", subprotocol]);
  }
  if (extensions.length > 0) {
    headers.push(["Sec-WebSocket-Extensions", formatAcceptances(extensions)]);
  }
  return headers;
}

/** The answer to HEAD has no body, whatever its length says (RFC 9110 §9.3.2). */
function refuse(
  error: ProtocolViolation | LimitExceeded,
  request: HandshakeRequest,
): HandshakeDeclined {
  const response = formOf(request).refuse(error);
  return {
    accepted: false,
    response: request.method === "HEAD" ? { ...response, body: "" } : response,
    error,
  };
}

/**
 * Answers one request by options of its own; see {@link ServerHandshake} for many requests by the same.
 *
 * @throws {UsageError} as the constructor of {@link ServerHandshake} and its `answer` do.
 */
export function acceptHandshake(
  request: HandshakeRequest,
  options: ServerHandshakeOptions,
  platform: Platform,
): HandshakeResult {
  return new ServerHandshake(options, platform).answer(request);
}
