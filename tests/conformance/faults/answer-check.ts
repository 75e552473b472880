/** Whether the patched client takes an answer. */
import { createHash } from "node:crypto";
import { agreementProblem } from "./agreement-problem.ts";
import type { Answer, Has } from "./client-answer.ts";
import { offeredExtensions } from "./client-request.ts";

const guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

function isRightUpgrade(values: readonly string[], has: Has): boolean {
  const value = values.join(", ");
  if (has("any-upgrade")) return true;
  if (has("upgrade-prefix")) return value.startsWith("websocket");
  return has("letters-matter") ? value === "websocket" : value.toLowerCase() === "websocket";
}

function isRightConnection(all: readonly string[], has: Has): boolean {
  if (has("any-connection")) return true;
  const values = has("first-connection-field") ? all.slice(0, 1) : all;
  const list = values.join(",");
  const tokens = has("one-connection-token") ? [list] : list.split(",");
  return tokens
    .map((one) => one.trim())
    .some((one) => (has("letters-matter") ? one === "Upgrade" : one.toLowerCase() === "upgrade"));
}

function isRightAccept(values: readonly string[], key: string, has: Has): boolean {
  const value = has("first-accept") ? (values[0] ?? "") : values.join(", ");
  const hash = createHash("sha1").update(has("accept-of-key") ? key : key + guid);
  const right = hash.digest("base64");
  if (has("any-accept")) return true;
  if (has("accept-if-there") && value === "") return true;
  if (has("key-as-accept") && value === key) return true;
  return has("accept-in-any-letters")
    ? value.toLowerCase() === right.toLowerCase()
    : value === right;
}

/** Whether the answer is as it has to be. */
export function isRightAnswer(answer: Answer, key: string, has: Has): boolean {
  return (
    !answer.malformed &&
    (answer.status === "101" || has("any-status")) &&
    (answer.version === "HTTP/1.1" || has("any-http")) &&
    isRightUpgrade(answer.values("Upgrade"), has) &&
    isRightConnection(answer.values("Connection"), has) &&
    isRightAccept(answer.values("Sec-WebSocket-Accept"), key, has) &&
    agreementProblem(answer, offeredExtensions(has), has) === undefined
  );
}
