/** What the patched client finds wrong with the subprotocol and the extensions of an answer. */
import type { Answer, Has } from "./client-answer.ts";

const isWindow = (value: string | undefined): boolean => /^(?:[89]|1[0-5])$/.test(value ?? "");

function parameterProblem(parameter: string, offered: string, has: Has): string | undefined {
  const [name = "", value] = parameter.split("=");
  const isKnown = /^(?:server|client)_(?:no_context_takeover|max_window_bits)$/.test(name);
  if (!isKnown) return "unknown";
  if (has("own-parameters-only") && !offered.includes(name)) return "not offered";
  if (name.endsWith("takeover")) return value === undefined ? undefined : "with a value";
  if (!isWindow(value)) return "no window";
  if (name.startsWith("server") || has("bare-offer")) return undefined;
  const most = /client_max_window_bits=(\d+)/.exec(offered)?.[1];
  return Number(value) > Number(most ?? 15) ? "beyond the offer" : undefined;
}

function extensionsProblem(value: string, offered: string, has: Has): string | undefined {
  if (has("any-extension")) return undefined;
  const [name, ...parameters] = value.split(";").map((part) => part.trim());
  if (name !== "permessage-deflate") return "another extension";
  if (has("any-parameter")) return undefined;
  const names = parameters.map((one) => one.split("=")[0]);
  if (new Set(names).size < names.length) return "a parameter twice";
  return parameters.map((one) => parameterProblem(one, offered, has)).find((one) => one);
}

export function agreementProblem(
  { values }: Answer,
  offered: string,
  has: Has,
): string | undefined {
  const all = values("Sec-WebSocket-Protocol").join(", ");
  const chosen = has("first-subprotocol") ? (all.split(", ")[0] ?? "") : all;
  const isChosen = ["", "chat", "superchat"].includes(chosen) || has("any-subprotocol");
  if (!isChosen) return "the subprotocol";
  const extensions = values("Sec-WebSocket-Extensions");
  return extensions.length === 0
    ? undefined
    : extensionsProblem(extensions.join(", "), offered, has);
}
