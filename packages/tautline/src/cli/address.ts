/** The address of a WebSocket on the command line, and what to say when nothing can be reached there. */
import { UsageMistake } from "./command.ts";

/**
 * The one operand of a command as an address of a WebSocket. Without a scheme it is `ws:`.
 *
 * @throws UsageMistake
 */
export function webSocketAddress(command: string, operands: readonly string[]): URL {
  const [text, ...more] = operands;
  if (text === undefined)
    throw new UsageMistake(`${command} needs an address such as ws://localhost:8080`);
  if (more.length > 0)
    throw new UsageMistake(`${command} takes one address, not also '${more[0]}'`);
  const address = /^[a-z][a-z0-9+.-]*:\/\//iu.test(text) ? text : `ws://${text}`;
  if (!URL.canParse(address)) throw new UsageMistake(`'${text}' is not an address`);
  const url = new URL(address);
  // As the WHATWG's WebSocket does (WebSockets Standard §3.1).
  if (url.protocol === "http:") url.protocol = "ws:";
  if (url.protocol === "https:") url.protocol = "wss:";
  if (url.protocol !== "ws:" && url.protocol !== "wss:") {
    throw new UsageMistake(`the address must begin with ws:// or wss://, not ${url.protocol}//`);
  }
  if (url.hash !== "") throw new UsageMistake("the address must not have a fragment (#…)");
  return url;
}

const systemReasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there. Is the server running, and is the port right?",
  ENOTFOUND: "there is no host of that name",
  ECONNRESET: "the other side hung up",
  EHOSTUNREACH: "there is no way to that host",
  ENETUNREACH: "there is no way to that network",
};

/** The deepest reason with a code of the system says best what to do; otherwise the error's own words. */
export function reasonOf(error: unknown): string {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const known = "code" in at && typeof at.code === "string" ? systemReasons[at.code] : undefined;
    if (known !== undefined) return known;
    if (at instanceof AggregateError && at.errors.length > 0) return reasonOf(at.errors[0]);
  }
  return error instanceof Error ? error.message : String(error);
}
