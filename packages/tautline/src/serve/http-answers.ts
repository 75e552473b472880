/**
 * The plain HTTP side of the server: which path gives what. WebSocket requests never come here; the server's upgrade
 * handlers take them.
 */
import type { IncomingMessage, ServerResponse } from "node:http";

import type { Documentation } from "./documentation.ts";
import { answerFile, answerText, answerUpgradeRequired, isRead } from "./page-answers.ts";
import type { PageFiles } from "./page-files.ts";

export interface HttpSite {
  readonly files: PageFiles;
  /** Whether the page is served at all; when it is and has no files, it has not been built. */
  readonly page: boolean;
  /** What is below `/docs`; absent when the page is not served. */
  readonly documentation?: Documentation | undefined;
  /** Paths that speak WebSocket only. */
  readonly webSocketPaths: ReadonlySet<string>;
}

export function answerHttp(
  site: HttpSite,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  // The target as it stands up to the query: nothing is decoded, so nothing can be disguised.
  const [path = "/"] = (request.url ?? "/").split("?", 1);
  if (!isRead(request.method)) {
    answerText(response, 405, "Only GET and HEAD are answered here.", { Allow: "GET, HEAD" });
    return;
  }
  if (site.webSocketPaths.has(path)) {
    answerUpgradeRequired(response);
    return;
  }
  if (site.documentation?.handle(path, request, response) === true) return;
  const file = site.files.get(path);
  if (file !== undefined) {
    answerFile(file, request, response);
    return;
  }
  if (path === "/" && site.page) {
    answerText(response, 503, "The page is not built. Run: npm run build -w @tautline/console");
    return;
  }
  answerText(response, 404, "There is nothing at this address.");
}
