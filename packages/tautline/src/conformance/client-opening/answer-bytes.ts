/** Writes the answer of a case to a client's request. */
import { createHash } from "node:crypto";
import { deflateOffer, offeredSubprotocols } from "./client-offer.ts";
import type { AcceptForm, AnswerEdits } from "./client-opening-case.ts";
import { acceptFor } from "../handshake.ts";
import type { Head } from "../handshake.ts";

/** A good key that no client has sent. */
const otherKey = Buffer.alloc(16, "tautline").toString("base64");

const turned = (text: string): string =>
  text.replaceAll(/[a-z]/gi, (letter) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  );

/** The values of Sec-WebSocket-Accept, a field each. */
function acceptValues(form: AcceptForm | undefined, key: string): readonly string[] {
  const right = acceptFor(key);
  switch (form) {
    case "left out":
      return [];
    case "empty":
      return [""];
    case "of another key":
      return [acceptFor(otherKey)];
    case "the key itself":
      return [key];
    case "without the GUID":
      return [createHash("sha1").update(key).digest("base64")];
    case "in other letters":
      return [turned(right)];
    case "twice":
      return [right, right];
    case "with white space":
      return [`\t ${right} \t`];
    case "folded in the middle":
      return [`${right.slice(0, 14)}\r\n ${right.slice(14)}`];
    case undefined:
    default:
      return [right];
  }
}

function subprotocolValues(
  form: AnswerEdits["subprotocol"],
  offered: readonly string[],
): readonly string[] {
  const [first = "x-tautline-check-1", second = "x-tautline-check-2"] = offered;
  if (form === "not offered") return ["x-tautline-check"];
  if (form === "two in a field") return [`${first}, ${second}`];
  if (form === "in two fields") return [first, first];
  return offered.slice(0, 1);
}

/** What a server that accepts an offer cannot leave out (RFC 7692 §7.1.1.1, §7.1.2.1). */
const demanding = ["server_no_context_takeover", "server_max_window_bits"];

function deflateValues(
  { deflate, windowBeyondOffer }: AnswerEdits,
  fields: Head["fields"],
): readonly string[] {
  const offer = deflateOffer(fields);
  if (deflate === undefined) return [];
  const names = new Set(deflate.map((one) => one.split("=")[0]));
  const demanded = demanding
    .filter((name) => offer?.has(name) === true && !names.has(name))
    .map((name) => [name, offer?.get(name)].filter((part) => part !== "").join("="));
  const bits = Number(offer?.get("client_max_window_bits")) + 1;
  const beyond = windowBeyondOffer === true ? [`client_max_window_bits=${bits}`] : [];
  return [["permessage-deflate", ...demanded, ...deflate, ...beyond].join("; ")];
}

/**
 * @param body sent with an answer that is none of 101, which HTTP lets have one
 * @returns all of it, with the end of the head
 */
export function answerBytes(edits: AnswerEdits, { fields }: Head, body: Uint8Array): Buffer {
  const { version = "1.1", status = 101, lines = [], interim = [] } = edits;
  const isOpen = status === 101;
  const own = new Map<string, readonly string[]>([
    ["Upgrade", ["websocket"]],
    ["Connection", [isOpen ? "Upgrade" : "Upgrade, close"]],
    ["Sec-WebSocket-Accept", acceptValues(edits.accept, fields.get("sec-websocket-key") ?? "")],
    ["Sec-WebSocket-Protocol", subprotocolValues(edits.subprotocol, offeredSubprotocols(fields))],
    ["Sec-WebSocket-Extensions", deflateValues(edits, fields)],
    // 204 has no body and says no length (RFC 7230 §3.3.2).
    ["Content-Length", isOpen || status === 204 ? [] : [String(body.byteLength)]],
    ...Object.entries(edits.fields ?? {}),
  ]);
  const written = [...own].flatMap(([name, values]) => values.map((value) => `${name}: ${value}`));
  const before = interim.length === 0 ? [] : [...interim, ""];
  const head = [
    ...before,
    `HTTP/${version} ${status} Tautline Check`,
    ...written,
    ...lines,
    "",
    "",
  ];
  return Buffer.concat([Buffer.from(head.join("\r\n"), "latin1"), ...(isOpen ? [] : [body])]);
}
