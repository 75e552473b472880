/**
 * permessage-deflate (RFC 7692) as an extension that the opening handshake can negotiate: options of one side in, and
 * for each connection what does the work.
 */
import type { ExtensionElement, ExtensionParameters } from "../handshake/extension-list.ts";
import type { Extension } from "../handshake/extension.ts";
import type { MessageTransform } from "../message-transform.ts";
import type { Role } from "../options.ts";
import type { CompressionOptions, CompressionSettings } from "./compression-options.ts";
import { resolveCompressionSettings } from "./compression-options.ts";
import type { DeflateParts } from "./compression-pool.ts";
import { DeflateDecoder } from "./deflate-decoder.ts";
import { DeflateEncoder, deflateBit } from "./deflate-encoder.ts";
import { agreementFor, answerTo, keepsToOffer, offerFor } from "./deflate-negotiation.ts";
import type { DeflateParameters } from "./deflate-parameters.ts";
import { parseDeflateParameters, writeDeflateParameters } from "./deflate-parameters.ts";

/** Serves all connections of one server, or of one client's options. */
export class PermessageDeflate implements Extension {
  readonly name = "permessage-deflate";
  /** RSV1 (RFC 7692 §6). */
  readonly reservedBits = deflateBit;
  readonly #role: Role;
  readonly #settings: CompressionSettings;
  readonly #parts: DeflateParts;

  /**
   * @param parts.pool what is shared with other connections; several servers and clients may have the same
   * @throws UsageError `USAGE_OPTION`
   */
  constructor(role: Role, options: CompressionOptions, parts: DeflateParts) {
    this.#role = role;
    this.#settings = resolveCompressionSettings(role, options);
    this.#parts = parts;
  }

  /** One offer: a client that asks for less than it could take means it. */
  offers(): readonly ExtensionParameters[] {
    return [writeDeflateParameters(offerFor(this.#settings))];
  }

  /** Every well-formed offer is accepted, so the first of several is (RFC 7692 §5.1). */
  accept(offer: ExtensionElement): ExtensionParameters | undefined {
    const parameters = parseDeflateParameters(offer);
    if (parameters === undefined) return undefined;
    return writeDeflateParameters(answerTo(parameters, this.#settings));
  }

  confirm(answer: ExtensionElement): ExtensionParameters | undefined {
    const parameters = parseDeflateParameters(answer);
    if (parameters === undefined || !keepsToOffer(parameters, this.#settings)) return undefined;
    return writeDeflateParameters(parameters);
  }

  /** @param parameters as {@link accept} or {@link confirm} has returned them */
  open(parameters: ExtensionParameters): MessageTransform {
    const agreement = agreementFor(this.#role, agreed(parameters), this.#settings);
    return {
      reservedBits: deflateBit,
      decoder: new DeflateDecoder(agreement, this.#settings, this.#parts),
      encoder: new DeflateEncoder(agreement, this.#settings, this.#parts),
    };
  }
}

const nothingSaid: DeflateParameters = Object.freeze({
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
  serverMaxWindowBits: undefined,
  clientMaxWindowBits: undefined,
});

function agreed(parameters: ExtensionParameters): DeflateParameters {
  const values = new Map([...parameters].map(([name, value]) => [name, [value]] as const));
  return parseDeflateParameters({ name: "", parameters: values }) ?? nothingSaid;
}
