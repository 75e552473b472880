/**
 * What `ws` offers, accepts and refuses of permessage-deflate, in its own words. The engine's negotiation accepts more
 * and says less; here callers match on what is said.
 */
import type { ParsedParameters } from "./extension.ts";

/** Parameters of permessage-deflate by their names in the header. */
export interface DeflateParams {
  server_no_context_takeover?: true;
  client_no_context_takeover?: true;
  server_max_window_bits?: number;
  /** A client offers it without a value to say that it could. */
  client_max_window_bits?: number | true;
}

/** How compression is to be done. */
export interface PerMessageDeflateOptions {
  serverNoContextTakeover?: boolean | undefined;
  clientNoContextTakeover?: boolean | undefined;
  serverMaxWindowBits?: number | boolean | undefined;
  clientMaxWindowBits?: number | boolean | undefined;
  zlibDeflateOptions?:
    | {
        flush?: number | undefined;
        finishFlush?: number | undefined;
        chunkSize?: number | undefined;
        windowBits?: number | undefined;
        level?: number | undefined;
        memLevel?: number | undefined;
        strategy?: number | undefined;
        dictionary?: Buffer | Buffer[] | DataView | undefined;
        info?: boolean | undefined;
      }
    | undefined;
  zlibInflateOptions?: object | undefined;
  /** Messages below so many bytes are not compressed where contexts are not taken over. Default 1024. */
  threshold?: number | undefined;
  /** Taken, and not needed: small messages are compressed at once, large ones share a budget of memory. */
  concurrencyLimit?: number | undefined;
}

type Options = PerMessageDeflateOptions;

/** A client's offer. */
export function offerOf(options: Options): DeflateParams {
  const params: DeflateParams = {};
  const { clientMaxWindowBits, serverMaxWindowBits } = options;
  if (options.serverNoContextTakeover) params.server_no_context_takeover = true;
  if (options.clientNoContextTakeover) params.client_no_context_takeover = true;
  if (serverMaxWindowBits) params.server_max_window_bits = serverMaxWindowBits as number;
  if (clientMaxWindowBits) params.client_max_window_bits = clientMaxWindowBits;
  // Callers in JavaScript may give null, too.
  else if ((clientMaxWindowBits ?? null) === null) params.client_max_window_bits = true;
  return params;
}

/**
 * A server's answer to the first offer that it can take.
 *
 * @throws Error when it can take none
 */
export function answerTo(offers: readonly DeflateParams[], options: Options): DeflateParams {
  const accepted = offers.find((offer) => isAcceptable(offer, options));
  if (accepted === undefined) throw new Error("None of the extension offers can be accepted");
  const { clientMaxWindowBits, serverMaxWindowBits } = options;
  if (options.serverNoContextTakeover) accepted.server_no_context_takeover = true;
  if (options.clientNoContextTakeover) accepted.client_no_context_takeover = true;
  if (typeof serverMaxWindowBits === "number") {
    accepted.server_max_window_bits = serverMaxWindowBits;
  }
  if (typeof clientMaxWindowBits === "number") {
    accepted.client_max_window_bits = clientMaxWindowBits;
  } else if (accepted.client_max_window_bits === true || clientMaxWindowBits === false) {
    delete accepted.client_max_window_bits;
  }
  return accepted;
}

function isAcceptable(offer: DeflateParams, options: Options): boolean {
  const { serverMaxWindowBits, clientMaxWindowBits } = options;
  if (options.serverNoContextTakeover === false && offer.server_no_context_takeover) return false;
  const serverBits = offer.server_max_window_bits;
  if (serverBits !== undefined) {
    if (serverMaxWindowBits === false) return false;
    if (typeof serverMaxWindowBits === "number" && serverMaxWindowBits > serverBits) return false;
  }
  if (typeof clientMaxWindowBits !== "number") return true;
  const clientBits = offer.client_max_window_bits;
  if (typeof clientBits === "number") return clientMaxWindowBits <= clientBits;
  return clientBits === true;
}

/**
 * What a server's answer puts in force on the client.
 *
 * @throws Error when the answer is not what was asked for
 */
export function confirmed(answer: DeflateParams, options: Options): DeflateParams {
  if (options.clientNoContextTakeover === false && answer.client_no_context_takeover) {
    throw new Error('Unexpected parameter "client_no_context_takeover"');
  }
  const bits = answer.client_max_window_bits;
  const { clientMaxWindowBits } = options;
  if (bits === undefined) {
    if (typeof clientMaxWindowBits === "number") {
      answer.client_max_window_bits = clientMaxWindowBits;
    }
  } else if (
    clientMaxWindowBits === false ||
    (typeof clientMaxWindowBits === "number" && Number(bits) > clientMaxWindowBits)
  ) {
    throw new Error('Unexpected or invalid parameter "client_max_window_bits"');
  }
  return answer;
}

/**
 * Parameters as they were parsed, with their values in their types; the same objects.
 *
 * @throws Error, TypeError for what is unknown, there twice, or has a value that it cannot have
 */
export function normalized(
  configurations: readonly ParsedParameters[],
  isServer: boolean,
): DeflateParams[] {
  return configurations.map((parameters) => {
    const params = parameters as Record<string, unknown>;
    for (const [name, values] of Object.entries(parameters)) {
      if (values.length > 1) throw new Error(`Parameter "${name}" must have only a single value`);
      params[name] = normalizedValue(name, values[0], isServer);
    }
    return params;
  });
}

function normalizedValue(name: string, value: unknown, isServer: boolean): unknown {
  const invalid = (): TypeError =>
    new TypeError(`Invalid value for parameter "${name}": ${String(value)}`);
  switch (name) {
    case "client_max_window_bits":
    case "server_max_window_bits": {
      if (value === true && name === "client_max_window_bits" && isServer) return true;
      const bits = value === true ? Number.NaN : Number(value);
      if (!Number.isInteger(bits) || bits < 8 || bits > 15) throw invalid();
      return bits;
    }
    case "client_no_context_takeover":
    case "server_no_context_takeover":
      if (value !== true) throw invalid();
      return true;
    default:
      throw new Error(`Unknown parameter "${name}"`);
  }
}
