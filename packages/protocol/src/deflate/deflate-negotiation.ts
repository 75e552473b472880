/**
 * Agreeing on permessage-deflate (RFC 7692 §5, §7.1): which offer a client makes, which one a server accepts and how,
 * and whether an answer keeps to the offer. What comes out is what each side may do on one connection.
 */
import type { Role } from "../options.ts";
import type { CompressionSettings } from "./compression-options.ts";
import type { DeflateParameters } from "./deflate-parameters.ts";
import { maxWindowBits } from "./deflate-parameters.ts";

/** What is in force on one connection, seen from this side. */
export interface DeflateAgreement {
  /** The window that this side compresses with. */
  readonly windowBits: number;
  /** Whether this side's messages refer to earlier ones. */
  readonly contextTakeover: boolean;
  /** The window that the peer's messages need. */
  readonly peerWindowBits: number;
  /** Whether the peer's messages may refer to earlier ones. */
  readonly peerContextTakeover: boolean;
}

/** The offer of a client with `settings`. It can always be told to use a smaller window itself (§7.1.2.2). */
export function offerFor(settings: CompressionSettings): DeflateParameters {
  return {
    serverNoContextTakeover: !settings.peerContextTakeover,
    clientNoContextTakeover: !settings.contextTakeover,
    serverMaxWindowBits: unlessLargest(settings.peerWindowBits),
    clientMaxWindowBits: unlessLargest(settings.windowBits) ?? true,
  };
}

/** A server's answer to an offer that it accepts. Every well-formed offer can be accepted. */
export function answerTo(
  offer: DeflateParameters,
  settings: CompressionSettings,
): DeflateParameters {
  const { serverMaxWindowBits = maxWindowBits, clientMaxWindowBits } = offer;
  const window = Math.min(settings.windowBits, serverMaxWindowBits);
  return {
    serverNoContextTakeover: offer.serverNoContextTakeover || !settings.contextTakeover,
    // §7.1.1.2: in an offer it is a hint that the client will do without; the answer makes it certain.
    clientNoContextTakeover: offer.clientNoContextTakeover || !settings.peerContextTakeover,
    // §7.1.2.1: an offered limit has to be confirmed, even the largest.
    serverMaxWindowBits: offer.serverMaxWindowBits === undefined ? unlessLargest(window) : window,
    clientMaxWindowBits: answeredClientWindow(clientMaxWindowBits, settings.peerWindowBits),
  };
}

/** §7.1.2.2: without the parameter in the offer it must not be in the answer; with it, a smaller window may be. */
function answeredClientWindow(
  offered: number | true | undefined,
  wanted: number,
): number | undefined {
  if (offered === undefined) return undefined;
  return unlessLargest(offered === true ? wanted : Math.min(offered, wanted));
}

/** The largest window is what holds when nothing is said. */
function unlessLargest(windowBits: number): number | undefined {
  return windowBits === maxWindowBits ? undefined : windowBits;
}

/** Whether a server's `answer` keeps to what the client with `settings` has offered (§7.1.1, §7.1.2). */
export function keepsToOffer(answer: DeflateParameters, settings: CompressionSettings): boolean {
  const offer = offerFor(settings);
  if (offer.serverNoContextTakeover && !answer.serverNoContextTakeover) return false;
  if (offer.serverMaxWindowBits !== undefined) {
    const { serverMaxWindowBits = maxWindowBits } = answer;
    if (serverMaxWindowBits > offer.serverMaxWindowBits) return false;
  }
  // §7.1.2.2: in an answer it has a value, not above the one offered.
  if (answer.clientMaxWindowBits === true) return false;
  return (answer.clientMaxWindowBits ?? 0) <= settings.windowBits;
}

/** What `agreed`, an answer that was given or confirmed, puts in force for `role`. */
export function agreementFor(
  role: Role,
  agreed: DeflateParameters,
  settings: CompressionSettings,
): DeflateAgreement {
  const { serverMaxWindowBits = maxWindowBits, clientMaxWindowBits } = agreed;
  const server = {
    windowBits: serverMaxWindowBits,
    contextTakeover: !agreed.serverNoContextTakeover,
  };
  const client = {
    windowBits: typeof clientMaxWindowBits === "number" ? clientMaxWindowBits : maxWindowBits,
    contextTakeover: !agreed.clientNoContextTakeover,
  };
  const [own, peer] = role === "server" ? [server, client] : [client, server];
  return {
    windowBits: Math.min(own.windowBits, settings.windowBits),
    contextTakeover: own.contextTakeover && settings.contextTakeover,
    peerWindowBits: peer.windowBits,
    peerContextTakeover: peer.contextTakeover,
  };
}
