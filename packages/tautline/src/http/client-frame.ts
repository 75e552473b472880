/** What a client says by a request: in its body, or in the query where a browser can send no body. It judges no command. */
import type { IncomingMessage } from "node:http";

import type { Clock } from "@tautline/hub";

import type { Endpoint } from "./endpoints.ts";
import { protobufType } from "./endpoints.ts";
import type { Exchange } from "./exchange.ts";
import type { Frame } from "./frame-inbox.ts";
import type { BodyLimits } from "./request-body.ts";
import { readBody } from "./request-body.ts";

/** A frame, or the status with which the request is to be refused. */
export type ClientFrame = { readonly frame: Frame } | { readonly refused: number };

export function readFrame(
  endpoint: Endpoint,
  exchange: Exchange,
  clock: Clock,
  limits: BodyLimits,
): Promise<ClientFrame> | ClientFrame {
  if (exchange.request.method === "GET") return readQuery(endpoint, exchange, limits);
  const { request } = exchange;
  if (request.headers["content-type"] !== protobufType) return readText(request, clock, limits);
  const speaksIt = endpoint.kind === "emulation" || "protobuf" in endpoint;
  return speaksIt ? readBytes(request, clock, limits) : { refused: 415 };
}

/** Bytes stay bytes: a connection that speaks Protobuf takes nothing else. */
async function readBytes(
  request: IncomingMessage,
  clock: Clock,
  limits: BodyLimits,
): Promise<ClientFrame> {
  const body = await readBody(request, clock, limits);
  return "refused" in body ? body : { frame: body.bytes };
}

async function readText(
  request: IncomingMessage,
  clock: Clock,
  limits: BodyLimits,
): Promise<ClientFrame> {
  const body = await readBody(request, clock, limits);
  if ("refused" in body) return body;
  try {
    return { frame: new TextDecoder("utf-8", { fatal: true }).decode(body.bytes) };
  } catch {
    return { refused: 400 };
  }
}

/**
 * The connect command, and nothing beside it: a link on another site's page can make a browser send a GET, with the
 * user's cookies, and must not be able to publish.
 */
function readQuery(
  endpoint: Endpoint,
  exchange: Exchange,
  { maxBodyBytes }: BodyLimits,
): ClientFrame {
  const frame = exchange.query.get("cf_connect")?.trim() ?? "";
  const isOptional = endpoint.kind === "stream" && endpoint.unidirectional;
  if ((frame === "" && !isOptional) || frame.includes("\n")) return { refused: 400 };
  return Buffer.byteLength(frame) > maxBodyBytes ? { refused: 413 } : { frame };
}
