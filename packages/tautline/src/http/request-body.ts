/**
 * The body of a request, whole, when it comes in time and is not too long. Nothing beyond the limit is kept, and nobody
 * waits for a body that has no end.
 */
import type { IncomingMessage } from "node:http";

import type { Clock } from "@tautline/hub";

export interface BodyLimits {
  readonly maxBodyBytes: number;
  readonly bodyTimeoutMs: number;
}

/** A body, or the status with which the request is to be refused. */
export type Body = { readonly bytes: Buffer } | { readonly refused: 400 | 408 | 413 };

/** Reads the body of `request`. Never rejects. A body that somebody else has read already is empty. */
export function readBody(
  request: IncomingMessage,
  clock: Clock,
  { maxBodyBytes, bodyTimeoutMs }: BodyLimits,
): Promise<Body> {
  if (Number(request.headers["content-length"] ?? 0) > maxBodyBytes) {
    return Promise.resolve({ refused: 413 });
  }
  if (request.readableEnded) return Promise.resolve({ bytes: Buffer.alloc(0) });
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const done = (body: Body): void => {
      cancelTimeout();
      request.off("data", take).off("end", end).off("close", close);
      // What still comes is nobody's: the answer closes the connection.
      if ("refused" in body) request.pause();
      resolve(body);
    };
    const take = (chunk: Buffer): void => {
      length += chunk.length;
      if (length > maxBodyBytes) done({ refused: 413 });
      else chunks.push(chunk);
    };
    const end = (): void => done({ bytes: Buffer.concat(chunks) });
    const close = (): void => done({ refused: 400 });
    const cancelTimeout = clock.schedule(() => done({ refused: 408 }), bodyTimeoutMs);
    request.on("data", take).on("end", end).on("close", close).on("error", ignore);
  });
}

/** A request that breaks off closes as well. */
function ignore(): void {}
