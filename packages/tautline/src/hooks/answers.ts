/**
 * What a backend's answers mean, under the names and with the meanings that Centrifugo gives them: `result` grants, `error` refuses
 * the one command, `disconnect` the whole connection. What has another form than it should have grants nothing.
 */
import type {
  ConnectGrant,
  PublishGrant,
  RefreshGrant,
  SubRefreshGrant,
  SubscribeGrant,
} from "@tautline/hub";
import { refuse } from "@tautline/hub";
import { disconnects, replyErrors } from "@tautline/wire";

import type { Claims } from "../tokens/claim-reader.ts";
import { ClaimMistake, claimsOf, jsonIn, operationsIn, textIn } from "../tokens/claim-reader.ts";
import { capabilitiesIn, subscriptionsIn } from "../tokens/connection-claims.ts";

/**
 * The result in an answer.
 *
 * @throws Refusal when it refuses; ClaimMistake or RangeError when it is none
 */
function resultIn(answer: unknown): Claims {
  const { result, error, disconnect } = claimsOf(answer, "the answer");
  if (error !== undefined && error !== null) {
    const { code, message, temporary } = claimsOf(error, "error");
    throw refuse({
      code: Number(code),
      message: typeof message === "string" ? message : "",
      ...(temporary === true && { temporary }),
    });
  }
  if (disconnect !== undefined && disconnect !== null) {
    const { code, reason } = claimsOf(disconnect, "disconnect");
    throw refuse({ code: Number(code), reason: typeof reason === "string" ? reason : "" });
  }
  return claimsOf(result, "result");
}

/** @throws as all of these do: Refusal when it refuses; ClaimMistake or RangeError when it is no answer */
export function connectGrant(answer: unknown): ConnectGrant {
  const result = resultIn(answer);
  return {
    user: textIn(result, "user") ?? "",
    info: jsonIn(result, "info"),
    data: jsonIn(result, "data"),
    meta: result["meta"],
    expiresAtMs: endIn(result),
    subscriptions: subscriptionsIn(result),
    capabilities: capabilitiesIn(result),
  };
}

export function refreshGrant(answer: unknown): RefreshGrant {
  const result = resultIn(answer);
  if (result["expired"] === true) throw refuse(disconnects.expired);
  return {
    expiresAtMs: endIn(result),
    info: jsonIn(result, "info"),
    meta: result["meta"],
    capabilities: capabilitiesIn(result),
  };
}

export function subscribeGrant(answer: unknown): SubscribeGrant {
  const result = resultIn(answer);
  return {
    info: jsonIn(result, "info"),
    data: jsonIn(result, "data"),
    expiresAtMs: endIn(result),
    allow: operationsIn(result, "allow"),
  };
}

export function subRefreshGrant(answer: unknown): SubRefreshGrant {
  const result = resultIn(answer);
  if (result["expired"] === true) throw refuse(replyErrors.expired);
  return { expiresAtMs: endIn(result) };
}

export function publishGrant(answer: unknown): PublishGrant {
  const result = resultIn(answer);
  const tags = result["tags"];
  return {
    data: dataIn(result),
    skipHistory: result["skip_history"] === true,
    echo: flagIn(result, "echo"),
    tags: tags === undefined ? undefined : textsOf(claimsOf(tags, "tags")),
  };
}

export function rpcResult(answer: unknown): unknown {
  return dataIn(resultIn(answer));
}

/** JSON as it is, or bytes from Base64. */
function dataIn(result: Claims): unknown {
  const coded = textIn(result, "b64data") ?? "";
  return coded === "" ? result["data"] : new Uint8Array(Buffer.from(coded, "base64"));
}

/** Seconds since 1970, 0 for never, as the hub's times are. */
function endIn({ expire_at: seconds = 0 }: Claims): number | undefined {
  if (typeof seconds !== "number") throw new ClaimMistake('"expire_at" is no number');
  return seconds === 0 ? undefined : seconds * 1000;
}

/** `undefined` when nothing is said. */
function flagIn(result: Claims, name: string): boolean | undefined {
  const flag = result[name];
  return typeof flag === "boolean" ? flag : undefined;
}

function textsOf(tags: Claims): Record<string, string> {
  return Object.fromEntries(
    Object.keys(tags).map((name): [string, string] => [name, textIn(tags, name) ?? ""]),
  );
}
