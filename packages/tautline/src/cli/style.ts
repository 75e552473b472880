/**
 * Colours, for a stream that shows them: a terminal, when `NO_COLOR` is not set (https://no-color.org) and `TERM` is
 * not `dumb`. `FORCE_COLOR` turns them on elsewhere.
 */

export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  cyan(text: string): string;
}

type Environment = Readonly<Record<string, string | undefined>>;

function wantsColour(stream: { readonly isTTY?: boolean | undefined }, env: Environment): boolean {
  if ((env["NO_COLOR"] ?? "") !== "") return false;
  const forced = env["FORCE_COLOR"];
  if (forced !== undefined && forced !== "") return forced !== "0";
  return stream.isTTY === true && env["TERM"] !== "dumb";
}

export function styleFor(
  stream: { readonly isTTY?: boolean | undefined },
  env: Environment,
): Style {
  const colour = wantsColour(stream, env);
  const wrap =
    (on: number, off: number) =>
    (text: string): string =>
      colour ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  return {
    bold: wrap(1, 22),
    dim: wrap(2, 22),
    red: wrap(31, 39),
    green: wrap(32, 39),
    yellow: wrap(33, 39),
    cyan: wrap(36, 39),
  };
}
