/** Agreeing on permessage-deflate (RFC 7692 §7.1), as far as the cases of sections 12 and 13 need it. */

import { extensionsOf } from "./extension-list.ts";
import { HandshakeFailure } from "./handshake-failure.ts";

/** What the tester asks of its peer, in either role. */
export interface DeflateRequest {
  /** The peer's messages shall not refer to those before. */
  readonly noContextTakeover?: boolean;
  /** The peer's window, from 9 to 15. */
  readonly windowBits?: number;
}

export interface Direction {
  readonly takeover: boolean;
  readonly windowBits: number;
}

/** What is in force. */
export interface DeflateTerms {
  readonly tester: Direction;
  readonly peer: Direction;
}

type Parameters = ReadonlyMap<string, string>;

const name = "permessage-deflate";
const known = /^(?:server|client)_(?:no_context_takeover|max_window_bits)$/;

/** The header of a client's tester: most wanted first, and it leaves its own side to the server. */
export function offerHeader(requests: readonly DeflateRequest[]): string {
  return requests
    .map((request) =>
      [
        name,
        "client_no_context_takeover",
        "client_max_window_bits",
        ...asked("server", request),
      ].join("; "),
    )
    .join(", ");
}

function asked(who: "server" | "client", request: DeflateRequest): string[] {
  return [
    ...(request.noContextTakeover === true ? [`${who}_no_context_takeover`] : []),
    ...(request.windowBits === undefined ? [] : [`${who}_max_window_bits=${request.windowBits}`]),
  ];
}

/**
 * What the answer of a server puts in force; `undefined` when it declines.
 *
 * @throws HandshakeFailure for an answer that fits none of the offers
 */
export function termsOfAnswer(
  header: string | undefined,
  requests: readonly DeflateRequest[],
): DeflateTerms | undefined {
  if (header === undefined) return undefined;
  const [answer, ...more] = parse(header);
  if (answer === undefined || more.length > 0) throw new HandshakeFailure(`extensions ${header}`);
  const terms = {
    tester: direction("client", answer),
    peer: direction("server", answer),
  };
  if (!requests.some((request) => fits(terms.peer, request)))
    throw new HandshakeFailure(`answer ${header}`);
  return terms;
}

function fits({ takeover, windowBits }: Direction, request: DeflateRequest): boolean {
  return (
    !(request.noContextTakeover === true && takeover) && windowBits <= (request.windowBits ?? 15)
  );
}

/** What the tester as a server answers an offer with, and what is then in force; `undefined` when nothing fits. */
export function answerTo(
  header: string | undefined,
  requests: readonly DeflateRequest[],
): { readonly header: string; readonly terms: DeflateTerms } | undefined {
  const offers = header === undefined ? [] : parse(header);
  for (const request of requests) {
    const offer = offers.find(
      (one) => request.windowBits === undefined || one.has("client_max_window_bits"),
    );
    if (offer === undefined) continue;
    const tester = direction("server", offer);
    const parts = [
      name,
      ...asked("server", { noContextTakeover: !tester.takeover, ...limit(tester.windowBits) }),
      ...asked("client", request),
    ];
    const peer = {
      takeover: request.noContextTakeover !== true,
      windowBits: request.windowBits ?? 15,
    };
    return { header: parts.join("; "), terms: { tester, peer } };
  }
  return undefined;
}

const limit = (windowBits: number): DeflateRequest => (windowBits === 15 ? {} : { windowBits });

function direction(who: "server" | "client", parameters: Parameters): Direction {
  return {
    takeover: !parameters.has(`${who}_no_context_takeover`),
    windowBits: Number(parameters.get(`${who}_max_window_bits`) || 15),
  };
}

/** The elements that are permessage-deflate with parameters that exist, each at most once; none of a field that is not well-formed. */
function parse(field: string): Parameters[] {
  return (extensionsOf(field) ?? []).flatMap(({ name: extension, parameters }) => {
    const map = new Map(parameters.map(([key, value = ""]) => [key, value]));
    const isSound =
      map.size === parameters.length && [...map.keys()].every((key) => known.test(key));
    return extension === name && isSound ? [map] : [];
  });
}
