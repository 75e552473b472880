/** The options about what a client asks for in its opening handshake: subprotocols, header fields, an origin. */
import { nodePlatform, UsageError } from "@tautline/node";
import { ClientHandshake } from "@tautline/protocol";

import type { OptionTable, ParsedArguments } from "./command.ts";
import { UsageMistake } from "./command.ts";

export const handshakeOptions = {
  subprotocol: {
    type: "string",
    short: "p",
    multiple: true,
    value: "name",
    text: "offer this subprotocol",
  },
  header: {
    type: "string",
    short: "H",
    multiple: true,
    value: "name: value",
    text: "send this header with the handshake",
  },
  origin: {
    type: "string",
    value: "origin",
    text: "send this Origin, as a browser would, such as https://example.com",
  },
} as const satisfies OptionTable;

/** What goes into each request, beside what a handshake has. */
export interface HandshakeWishes {
  readonly subprotocols: readonly string[];
  /** In their order; a name may be there more than once. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** @throws UsageMistake for what is no field or no subprotocol, or belongs to the handshake itself */
export function handshakeWishes(
  values: ParsedArguments<typeof handshakeOptions>["values"],
): HandshakeWishes {
  const origin = values.origin === undefined ? [] : [["Origin", values.origin] as const];
  const wishes = {
    subprotocols: values.subprotocol ?? [],
    headers: [...origin, ...(values.header ?? []).map(headerOf)],
  };
  const origins = wishes.headers.filter(([name]) => name.toLowerCase() === "origin");
  if (origins.length > 1) throw new UsageMistake("a request has one Origin");
  check(wishes);
  return wishes;
}

function headerOf(line: string): readonly [name: string, value: string] {
  const colon = line.indexOf(":");
  if (colon <= 0) throw new UsageMistake(`--header takes 'Name: value', not '${line}'`);
  return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
}

/** The client's own rules decide what may be sent: a line end in a value would be a field of its own. */
function check(wishes: HandshakeWishes): void {
  try {
    void new ClientHandshake({ ...wishes, host: "localhost", platform: nodePlatform });
  } catch (error) {
    if (error instanceof UsageError) throw new UsageMistake(error.message);
    throw error;
  }
}
