/**
 * The application's say in a handshake: what a hook is asked, and what it may answer.
 *
 * It knows nothing of sockets and time; asking is the business of the file about hook runs.
 */
import { HandshakeRefused, HeaderList, UsageError } from "@tautline/protocol";
import type { HandshakeChoices, HandshakeResponse, HeaderPair } from "@tautline/protocol";
import type { UpgradeRequest } from "./upgrade-request.ts";

/** How a hook accepts a request. */
export interface HandshakeAcceptance<Data> {
  /** One of {@link UpgradeRequest.offeredSubprotocols}, or `""` for none. Default: what the server's options choose. */
  readonly subprotocol?: string | undefined;
  /** More headers for the response, for example `Set-Cookie`. Default: none. */
  readonly headers?: Iterable<HeaderPair> | undefined;
  /** Kept with the connection, as `connection.data`. */
  readonly data: Data;
}

/**
 * What a hook answers: a `Response` refuses with its status, headers and body, of 1 MiB at most. Nothing, or an acceptance without
 * `data`, is an answer only where `Data` may be `undefined`.
 */
export type HandshakeAnswer<Data> =
  | Response
  | HandshakeAcceptance<Data>
  | (undefined extends Data
      ? undefined | void | (Omit<HandshakeAcceptance<Data>, "data"> & { readonly data?: Data })
      : never);

/** Asked about every request that the protocol and the origin policy have nothing against. */
export type HandshakeHook<Data> = (
  request: UpgradeRequest,
) => HandshakeAnswer<Data> | Promise<HandshakeAnswer<Data>>;

/** Why a request is refused, and what it is answered. */
export interface HookRefusal {
  readonly error: Error;
  readonly response: HandshakeResponse;
  /** In the place of the response's own. */
  readonly body?: Uint8Array;
}

/** An acceptance, as the protocol's half and the connection's. */
export interface HookAcceptance<Data> {
  readonly choices: HandshakeChoices;
  readonly data: Data;
}

/**
 * Whether an answer refuses. Judged by shape: frameworks and polyfills bring classes of their own in the place of the
 * platform's `Response`.
 */
export function isResponse(answer: object): answer is Response {
  return "status" in answer && "arrayBuffer" in answer && "headers" in answer;
}

/** What `answer` says, in the words of the protocol. */
export function acceptanceOf<Data>(
  answer: HandshakeAnswer<Data> | undefined,
): HookAcceptance<Data> {
  const { subprotocol, headers = [], data }: Partial<HandshakeAcceptance<Data>> = answer ?? {};
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- without `data` only where `undefined` is a Data, as the answer's type says
  const own = data as Data;
  return { choices: { subprotocol, headers: [...headers] }, data: own };
}

/** A refusal is held in memory whole. */
const maxBodyBytes = 1024 * 1024;

/** Described by whoever frames the response (RFC 9112 §6, RFC 9110 §7.6.1). */
const framingHeaders: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "keep-alive",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/**
 * `response` as a refusal that ends the connection.
 *
 * @throws TypeError when its body has been read already, and what reading it throws
 * @throws UsageError `USAGE_HANDSHAKE_RESPONSE` when its status says nothing (`Response.error()`), or its body is larger
 *   than 1 MiB
 */
export async function refusalOf(response: Response, signal: AbortSignal): Promise<HookRefusal> {
  const { status, statusText } = response;
  if (status < 200) throw new UsageError("USAGE_HANDSHAKE_RESPONSE", `status ${status}`);
  const body = await readBody(response, signal);
  const ownHeaders = [...response.headers].filter(([name]) => !framingHeaders.has(name));
  // RFC 9110 §8.6: these have no body, and say nothing about one.
  const length: HeaderPair[] =
    status === 204 || status === 304 ? [] : [["Content-Length", `${body.length}`]];
  const headers: HeaderPair[] = [["Connection", "close"], ...ownHeaders, ...length];
  return {
    error: new HandshakeRefused(status, new HeaderList(headers.flat())),
    response: { status, reason: statusText, headers, body: "" },
    body,
  };
}

/** All of the body, or what had come of it when `signal` was aborted: nobody waits for it any more. */
async function readBody(response: Response, signal: AbortSignal): Promise<Uint8Array> {
  if (response.body === null) return new Uint8Array();
  const reader = response.body.getReader();
  const cancel = (): void => {
    // What fails now fails unseen: the peer is gone, or has been answered.
    reader.cancel(signal.reason).catch(() => undefined);
  };
  signal.addEventListener("abort", cancel);
  if (signal.aborted) cancel();
  const chunks: Uint8Array[] = [];
  let byteLength = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return Buffer.concat(chunks);
      byteLength += value.length;
      if (byteLength > maxBodyBytes) {
        cancel();
        throw new UsageError("USAGE_HANDSHAKE_RESPONSE", `more than ${maxBodyBytes} bytes`);
      }
      chunks.push(value);
    }
  } finally {
    signal.removeEventListener("abort", cancel);
  }
}
