/**
 * `/healthz` and `/readyz`, for whoever starts, stops and sends traffic to processes: the first is well as long as the
 * process answers at all, the second only while it wants more to do.
 */
import type { IncomingMessage, ServerResponse } from "node:http";

import { answerText, isRead } from "./page-answers.ts";

/** Takes a request for one of the two, and says whether it did. `ready` is whether the server takes new work. */
export function answerHealth(
  ready: boolean,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  const [path = "/"] = (request.url ?? "/").split("?", 1);
  if (!isRead(request.method) || (path !== "/healthz" && path !== "/readyz")) return false;
  const well = path === "/healthz" || ready;
  answerText(response, well ? 200 : 503, well ? "ok" : "shutting down");
  return true;
}
