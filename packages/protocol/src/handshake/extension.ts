/**
 * Agreeing on extensions (RFC 6455 §4.1 item 11, §4.2.2 step 5.6, §9.1): the seam that an extension fits into.
 *
 * An extension says what it offers, which offers it accepts, and whether an answer holds it to its offer. Who is asked
 * when, in which order, and what must not go together, is decided here. Not one extension is known here by name.
 */
import {
  type ExtensionElement,
  type ExtensionParameters,
  formatExtension,
  parseExtensionList,
} from "./extension-list.ts";
import type { MessageTransform } from "../message-transform.ts";
import type { HeaderList } from "./header-list.ts";

/** An extension with the options its caller gave it. It keeps nothing of one connection, so one object serves all. */
export interface Extension {
  /** As it stands in the header, for example `permessage-deflate`. A token. */
  readonly name: string;
  /** The reserved bits of a frame that it gives a meaning to: RSV1 is 4, RSV2 is 2, RSV3 is 1 (RFC 6455 §5.2). */
  readonly reservedBits: number;
  /** Client: the offers to make, most wanted first, each with its parameters; at least one. */
  offers(): readonly ExtensionParameters[];
  /** Server: the parameters to accept `offer` with, or `undefined` to decline it. Must not throw. */
  accept(offer: ExtensionElement): ExtensionParameters | undefined;
  /** Client: the parameters that `answer` puts in force, or `undefined` when it does not fit any offer made. Must not throw. */
  confirm(answer: ExtensionElement): ExtensionParameters | undefined;
  /** What the extension does to the messages of one connection, where it touches them. */
  open?(parameters: ExtensionParameters): MessageTransform;
}

/** An extension both sides have agreed on. The order of a list of these is the order in which they apply (§9.1). */
export interface NegotiatedExtension {
  readonly extension: Extension;
  readonly parameters: ExtensionParameters;
}

const EXTENSION_HEADER = "sec-websocket-extensions";

/** The elements of all headers as one list (§9.1 lets it be spread over several); `undefined` when one is malformed. */
export function offeredExtensions(headers: HeaderList): readonly ExtensionElement[] | undefined {
  const elements: ExtensionElement[] = [];
  for (const value of headers.values(EXTENSION_HEADER)) {
    const parsed = parseExtensionList(value);
    if (parsed === undefined) {
      return undefined;
    }
    elements.push(...parsed);
  }
  return elements;
}

/**
 * What the extensions in force have taken for themselves. Another one must want none of it: not a reserved bit that is
 * taken (RFC 7692 §5), and not the messages either when one transforms them already, for neither is defined over what
 * the other makes of them.
 */
class Claims {
  #bits = 0;
  #messages = false;

  conflict(extension: Extension): boolean {
    if ((extension.reservedBits & this.#bits) !== 0) return true;
    return this.#messages && extension.open !== undefined;
  }

  add(extension: Extension): void {
    this.#bits |= extension.reservedBits;
    this.#messages ||= extension.open !== undefined;
  }
}

/**
 * Server: goes through the offers in the client's order and takes each that an extension accepts, unless that extension
 * is already in force or conflicts with one that is. What nobody knows is declined by saying nothing.
 */
export function acceptExtensions(
  offers: readonly ExtensionElement[],
  extensions: readonly Extension[],
): readonly NegotiatedExtension[] {
  const accepted: NegotiatedExtension[] = [];
  if (offers.length === 0 || extensions.length === 0) {
    return accepted;
  }
  const byName = new Map(extensions.map((extension) => [extension.name, extension]));
  const claims = new Claims();
  for (const offer of offers) {
    const extension = byName.get(offer.name);
    if (extension === undefined || claims.conflict(extension)) {
      continue;
    }
    const parameters = extension.accept(offer);
    if (parameters !== undefined) {
      accepted.push({ extension, parameters });
      claims.add(extension);
      byName.delete(offer.name);
    }
  }
  return accepted;
}

/**
 * Client: what a server's answer puts in force; `undefined` when it breaks the rules: malformed, in more than one header
 * (§11.3.2), an extension not offered or there twice, parameters it cannot have, or two that conflict.
 */
export function confirmExtensions(
  headers: HeaderList,
  extensions: readonly Extension[],
): readonly NegotiatedExtension[] | undefined {
  const answers = offeredExtensions(headers);
  if (answers === undefined || headers.count(EXTENSION_HEADER) > 1) {
    return undefined;
  }
  const byName = new Map(extensions.map((extension) => [extension.name, extension]));
  const confirmed: NegotiatedExtension[] = [];
  const claims = new Claims();
  for (const answer of answers) {
    const extension = byName.get(answer.name);
    if (extension === undefined || claims.conflict(extension)) {
      return undefined;
    }
    const parameters = extension.confirm(answer);
    if (parameters === undefined) {
      return undefined;
    }
    confirmed.push({ extension, parameters });
    claims.add(extension);
    byName.delete(answer.name);
  }
  return confirmed;
}

/** The value of the header that offers `extensions`, `""` when there is nothing to offer. */
export function formatOffers(extensions: readonly Extension[]): string {
  return extensions
    .flatMap((extension) =>
      extension.offers().map((parameters) => formatExtension(extension.name, parameters)),
    )
    .join(", ");
}

/** The value of the header that accepts `negotiated`, `""` when nothing was. */
export function formatAcceptances(negotiated: readonly NegotiatedExtension[]): string {
  return negotiated
    .map(({ extension, parameters }) => formatExtension(extension.name, parameters))
    .join(", ");
}

/** What the extensions in force do to the messages of one connection: one of them at most touches messages. */
export function openTransform(
  negotiated: readonly NegotiatedExtension[],
): MessageTransform | undefined {
  for (const { extension, parameters } of negotiated) {
    if (extension.open !== undefined) return extension.open(parameters);
  }
  return undefined;
}
