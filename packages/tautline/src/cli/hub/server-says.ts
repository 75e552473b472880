/** What a hub's refusal means at a prompt: its code, its words, and what can be done about it. */

/** The Centrifuge protocol's code of what a channel is not set up for. */
const notAvailable = 108;

export function serverSays(code: number, message: string): string {
  const advice =
    code === notAvailable
      ? ". The channel is not set up for this: see `tautline serve --history`, or the options of channels"
      : "";
  return `the server says ${code}: ${message}${advice}`;
}
