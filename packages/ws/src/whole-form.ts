/**
 * How a message is to be sent, from the options of `send`: most are whole and masked as their side has to, and for these
 * nothing is made anew.
 */

export interface SendOptions {
  mask?: boolean | undefined;
  binary?: boolean | undefined;
  compress?: boolean | undefined;
  fin?: boolean | undefined;
}

/** A whole message: as text or as bytes, and whether it may be compressed. */
export interface WholeForm {
  readonly binary: boolean;
  readonly compress: boolean;
}

const compressible: readonly [WholeForm, WholeForm] = [
  { binary: false, compress: true },
  { binary: true, compress: true },
];

const incompressible: readonly [WholeForm, WholeForm] = [
  { binary: false, compress: false },
  { binary: true, compress: false },
];

/** The form of a message that is sent without options. */
export function usualForm(binary: boolean): WholeForm {
  return compressible[binary ? 1 : 0];
}

/**
 * The form that `options` ask for, where `binary` and `mask` are what holds without them; `undefined` for a fragment, and
 * for a message that is not masked as it should be.
 */
export function wholeForm(
  options: SendOptions,
  binary: boolean,
  mask: boolean,
): WholeForm | undefined {
  if ((options.mask ?? said(options, "mask", mask)) !== mask) return undefined;
  if (!(options.fin ?? said(options, "fin", true))) return undefined;
  const forms =
    (options.compress ?? said(options, "compress", true)) ? compressible : incompressible;
  return forms[(options.binary ?? said(options, "binary", binary)) ? 1 : 0];
}

/** What holds where an option has no value: where somebody has written that it has none, it counts as false. */
function said(options: SendOptions, name: keyof SendOptions, otherwise: boolean): boolean {
  return Object.hasOwn(options, name) ? false : otherwise;
}
