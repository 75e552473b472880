/**
 * Publications that arrive as differences to the one before. In JSON such a channel's data is always a string: a delta,
 * or the text of the whole. It remembers the last whole text and nothing else.
 */

import type { Publication } from "@tautline/wire";
import { applyDelta, decodePayload, encodePayload, replyLimits } from "@tautline/wire";

export class JsonDeltaDecoder {
  #base = "";

  /** See `DeltaDecoder`. */
  decode(publication: Publication): Publication {
    const { data = encodePayload(""), delta, ...rest } = publication;
    const sent = String(decodePayload(data));
    this.#base = delta === true ? applyDelta(this.#base, sent, replyLimits.maxFrameBytes) : sent;
    // Parsed and written anew: what a server calls the text of a whole may be no JSON.
    return { ...rest, data: encodePayload(JSON.parse(this.#base)) };
  }
}
