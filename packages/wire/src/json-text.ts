/** JSON as text that is known to be JSON. */

declare const jsonText: unique symbol;

/**
 * One valid JSON value as text. Only `encodePayload`, the decoders and `jsonOf` make it. That of the first two is on one
 * line and may be put into a frame as it is; that of `jsonOf` may have line feeds between its tokens.
 */
export type JsonText = string & { readonly [jsonText]: true };

/** Marks `text`, which the caller has checked or made. Not part of the package's door. */
export function trustedText(text: string): JsonText {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one place where text gets its mark
  return text as JsonText;
}
