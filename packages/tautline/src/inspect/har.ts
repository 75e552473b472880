/**
 * HAR files as browsers save them, with Chromium's `_webSocketMessages`: messages and handshakes, without the bits of frames.
 * A HAR is what somebody sent, so every member is looked at before it is believed.
 */
import { MalformedFile } from "./finding.ts";
import type { HeaderLine, HttpHead, Report } from "./finding.ts";
import { handshakeOf } from "./http-head.ts";

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null;
const text = (value: unknown): string => (typeof value === "string" ? value : "");
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** @throws MalformedFile */
export function readHar(json: string, report: Report): void {
  const entries = entriesOf(json);
  const talks = entries.filter((entry) => Array.isArray(entry["_webSocketMessages"]));
  for (const [index, entry] of talks.entries()) readEntry(entry, index + 1, report);
  const hint =
    talks.length === 0
      ? "no entry has WebSocket messages: save the HAR with Chromium, with the connection open"
      : "a HAR file holds messages and not frames: bits, masks, pings and closing are not in it";
  report({ kind: "note", connection: undefined, text: hint });
}

function entriesOf(json: string): readonly Json[] {
  let whole: unknown;
  try {
    whole = JSON.parse(json);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new MalformedFile(`it begins like a HAR file and is not JSON: ${why}`, { cause: error });
  }
  const log = isObject(whole) ? whole["log"] : undefined;
  if (!isObject(log) || !Array.isArray(log["entries"])) {
    throw new MalformedFile("it is JSON, but no HAR file: it has no log.entries");
  }
  return list(log["entries"]).filter(isObject);
}

function readEntry(entry: Json, connection: number, report: Report): void {
  const request = isObject(entry["request"]) ? entry["request"] : {};
  const response = isObject(entry["response"]) ? entry["response"] : {};
  const url = text(request["url"]);
  const client = text(entry["connection"]);
  const known = client === "" ? "the browser" : `the browser, connection ${client}`;
  report({ kind: "connection", connection, client: known, server: url });
  const heads = [requestHead(request, url), responseHead(response)] as const;
  // A HAR that was saved without sensitive data has no key, and that is no fault of the handshake.
  report({ ...handshakeOf(connection, ...heads), problems: [] });
  for (const message of list(entry["_webSocketMessages"])) readMessage(message, connection, report);
}

function headersOf(holder: Json): HeaderLine[] {
  return list(holder["headers"])
    .filter(isObject)
    .map(({ name, value }) => ({ name: text(name), value: text(value) }));
}

function requestHead(request: Json, url: string): HttpHead {
  const { pathname, search } = URL.canParse(url) ? new URL(url) : { pathname: url, search: "" };
  const version = text(request["httpVersion"]) || "HTTP/1.1";
  const startLine = `${text(request["method"]) || "GET"} ${pathname}${search} ${version}`;
  return { startLine, headers: headersOf(request) };
}

function responseHead(response: Json): HttpHead {
  const { status } = response;
  const code = typeof status === "number" ? String(status) : "";
  const version = text(response["httpVersion"]) || "HTTP/1.1";
  return {
    startLine: [version, code, text(response["statusText"])].filter(Boolean).join(" "),
    headers: headersOf(response),
  };
}

function readMessage(message: unknown, connection: number, report: Report): void {
  if (!isObject(message)) return;
  const opcode = typeof message["opcode"] === "number" ? message["opcode"] : 1;
  const seconds = message["time"];
  // Chromium writes text as it is, and everything else in base64.
  const payload = Buffer.from(text(message["data"]), opcode === 1 ? "utf8" : "base64");
  report({
    kind: "message",
    connection,
    from: message["type"] === "receive" ? "server" : "client",
    at: typeof seconds === "number" ? seconds * 1000 : undefined,
    opcode,
    payloadLength: payload.byteLength,
    payload,
  });
}
