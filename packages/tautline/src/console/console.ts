/**
 * The server's side of the console's page: which part a request is for, and whether its sender may have it. What the parts do is
 * theirs.
 */
import type { IncomingMessage, ServerResponse } from "node:http";

import type { Logger } from "@tautline/hub";
import { WebSocketServer } from "@tautline/node";
import type { AllowedOrigins, ConnectionOptions } from "@tautline/node";

import { answerText, answerUpgradeRequired } from "../serve/page-answers.ts";
import type { ConsolePart } from "./console-part.ts";
import { ConsoleToken, consoleSubprotocol } from "./console-token.ts";

const root = "/console/";

/** What a person is told who has no token. */
const tokenAdvice =
  "This needs the console's token. Open the link that the server printed when it started, or start it with TAUTLINE_CONSOLE_TOKEN.";

export interface ConsoleSetup {
  readonly parts: readonly ConsolePart[];
  /** Absent: nobody gets to the guarded parts. */
  readonly token: string | undefined;
  readonly connection: ConnectionOptions;
  readonly allowedOrigins: AllowedOrigins;
  readonly logger: Logger;
}

export class Console {
  readonly #parts: ReadonlyMap<string, ConsolePart>;
  readonly #token: ConsoleToken;
  readonly #logger: Logger;
  /** The servers of its WebSocket connections, by their paths. */
  readonly webSockets: ReadonlyMap<string, WebSocketServer>;

  /** @throws RangeError for a token that can be guessed */
  constructor(setup: ConsoleSetup) {
    this.#token = new ConsoleToken(setup.token);
    this.#logger = setup.logger;
    this.#parts = new Map(setup.parts.map((part) => [part.name, part]));
    this.webSockets = new Map(
      setup.parts
        .filter((part) => part.accept !== undefined)
        .map((part) => [root + part.name, this.#webSocketServer(part, setup)]),
    );
  }

  /** Takes a request below `/console/`, and says whether it did. */
  handle(request: IncomingMessage, response: ServerResponse): boolean {
    const [path = "/"] = (request.url ?? "/").split("?", 1);
    if (!path.startsWith(root)) return false;
    const name = path.slice(root.length).split("/", 1)[0] ?? "";
    const part = this.#parts.get(name);
    if (part === undefined) return false;
    if (isForeign(request)) {
      answerText(response, 403, "This is for the server's own page.");
    } else if (part.guarded && !this.#token.admit(request.headers)) {
      answerText(response, 401, tokenAdvice, { "WWW-Authenticate": 'Bearer realm="console"' });
    } else {
      void this.#answer(part, request, response, path.slice(root.length + name.length));
    }
    return true;
  }

  /** Ends what the parts run. */
  async close(): Promise<void> {
    await Promise.all([...this.#parts.values()].map(async (part) => part.close?.()));
  }

  async #answer(
    part: ConsolePart,
    request: IncomingMessage,
    response: ServerResponse,
    rest: string,
  ): Promise<void> {
    try {
      if ((await part.answer?.(request, response, rest)) === true) return;
      if (rest === "" && part.accept !== undefined) answerUpgradeRequired(response);
      else answerText(response, 404, "There is nothing at this address.");
    } catch (err) {
      this.#logger.error({ err, part: part.name }, "the console could not answer");
      if (response.headersSent) response.destroy();
      else answerText(response, 500, "This went wrong; the server's log says how.");
    }
  }

  #webSocketServer(part: ConsolePart, setup: ConsoleSetup): WebSocketServer {
    const { connection, allowedOrigins } = setup;
    return new WebSocketServer({
      ...connection,
      allowedOrigins,
      compression: part.compression ?? false,
      subprotocols: [consoleSubprotocol],
      onHandshake: ({ headers, offeredSubprotocols }) => {
        if (!part.guarded || this.#token.admit(headers, offeredSubprotocols)) return undefined;
        return new Response(`${tokenAdvice}\n`, { status: 401 });
      },
      onConnection: (client, request) => part.accept?.(client, request),
    });
  }
}

/** Whether a page of another origin asks; browsers that say so not at all send no such request with a token. */
function isForeign({ headers }: IncomingMessage): boolean {
  const site = headers["sec-fetch-site"];
  return site !== undefined && site !== "same-origin" && site !== "none";
}
