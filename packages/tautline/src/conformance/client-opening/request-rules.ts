/** What is looked at in a client's request, one rule each (RFC 6455 §4.1, §11.3). */
import { extensionsOf, isToken } from "../extension-list.ts";
import type { RawHead } from "../handshake.ts";
import type { Judgement } from "../judgement.ts";
import { offeredSubprotocols } from "./client-offer.ts";
import type { RequestRuleName } from "./client-opening-case.ts";

/** A request, and what belongs to it. */
export interface ClientRequest {
  readonly head: RawHead;
  /** Where it came in. */
  readonly localPort: number | undefined;
  /** Bytes that came before the answer. */
  readonly early: number;
  /** Whether an earlier connection had the same key; undefined for the first connection. */
  readonly isKeyKnown: boolean | undefined;
}

type Rule = (request: ClientRequest) => Judgement;

const pass: Judgement = { verdict: "pass" };
const fail = (because: string): Judgement => ({ verdict: "fail", because });
const inapplicable = (because: string): Judgement => ({ verdict: "not applicable", because });
const passIf = (holds: boolean, because: string): Judgement => (holds ? pass : fail(because));

const tokens = (value: string | undefined): string[] =>
  (value ?? "").split(",").map((one) => one.trim().toLowerCase());

/** A field that has to have a value, one and no more: a second one would stand behind a comma. */
function single(name: string, what: string, isRight: (value: string) => boolean): Rule {
  return ({ head }) => {
    const value = head.fields.get(name.toLowerCase());
    if (value === undefined) return fail(`no ${name}`);
    return passIf(isRight(value), `${name} is ${what}`);
  };
}

const part = (startLine: string, index: number): string => startLine.split(" ")[index] ?? "";

const isTarget = (target: string): boolean =>
  /^(?:\/|https?:\/\/[^/])/i.test(target) && !target.includes("#");

function host({ head, localPort }: ClientRequest): Judgement {
  const value = head.fields.get("host");
  if (value === undefined) return fail("no Host");
  const match = /^(?:\[[\da-f:.]+\]|[^\s:,/?#@[\]]+)(?::(\d+))?$/i.exec(value);
  if (match === null) return fail("Host is no host with a port");
  const [, port] = match;
  if (port === undefined) return passIf(localPort === 80, "Host lacks the port");
  return Number(port) === localPort
    ? pass
    : { verdict: "notice", because: `Host has port ${port}, and ${localPort} was connected to` };
}

/** `null`, or scheme, host and port alone (RFC 6454 §6.2, §7.1). */
const isOrigin = (value: string): boolean =>
  value === "null" || /^[a-z][\da-z+.-]*:\/\/[^\s/?#,@]+$/i.test(value);

function subprotocols({ head }: ClientRequest): Judgement {
  const offered = offeredSubprotocols(head.fields);
  if (offered.length === 0) return inapplicable("the client offers no subprotocol");
  if (!offered.every(isToken)) return fail("an offered subprotocol is no token");
  return passIf(new Set(offered).size === offered.length, "a subprotocol is offered twice");
}

function extensions({ head }: ClientRequest): Judgement {
  const value = head.fields.get("sec-websocket-extensions");
  if (value === undefined) return inapplicable("the client offers no extension");
  return passIf(extensionsOf(value) !== undefined, "the extensions are not well-formed");
}

const isWindow = (value: string | undefined): boolean => /^(?:[89]|1[0-5])$/.test(value ?? "");

/** Whether a value belongs to a parameter of an offer (RFC 7692 §7.1). */
const offered: Readonly<Record<string, (value: string | undefined) => boolean>> = {
  server_no_context_takeover: (value) => value === undefined,
  client_no_context_takeover: (value) => value === undefined,
  server_max_window_bits: isWindow,
  client_max_window_bits: (value) => value === undefined || isWindow(value),
};

function deflate({ head }: ClientRequest): Judgement {
  const all = extensionsOf(head.fields.get("sec-websocket-extensions") ?? "") ?? [];
  const offers = all.filter(({ name }) => name === "permessage-deflate");
  if (offers.length === 0) return inapplicable("the client does not offer permessage-deflate");
  for (const { parameters } of offers) {
    const names = parameters.map(([name]) => name);
    const wrong = parameters.find(([name, value]) => offered[name]?.(value) !== true);
    if (wrong !== undefined) return fail(`${wrong[0]} is wrong, or there is no such parameter`);
    if (new Set(names).size < names.length) return fail("a parameter stands there twice");
  }
  return pass;
}

function lines({ head }: ClientRequest): Judgement {
  const wrong = head.lines.find((line) => !/^[!#$%&'*+\-.^_`|~\w]+:[^\0\r\n]*$/.test(line));
  return passIf(wrong === undefined, "a line is no field");
}

function freshKey({ isKeyKnown }: ClientRequest): Judgement {
  return isKeyKnown === undefined
    ? inapplicable("there was no other connection: play more cases")
    : passIf(!isKeyKnown, "an earlier connection had the same key");
}

const isKey = (value: string): boolean => /^[+/\dA-Za-z]{22}==$/.test(value);

export const requestRules: Readonly<Record<RequestRuleName, Rule>> = {
  method: ({ head }) => passIf(part(head.startLine, 0) === "GET", "the method is another one"),
  version: ({ head }) =>
    passIf(/ HTTP\/1\.[1-9]$/.test(head.startLine), "the version of HTTP is another one"),
  target: ({ head }) => passIf(isTarget(part(head.startLine, 1)), "the target is something else"),
  host,
  upgrade: ({ head }) =>
    passIf(tokens(head.fields.get("upgrade")).includes("websocket"), "Upgrade lacks websocket"),
  connection: ({ head }) =>
    passIf(tokens(head.fields.get("connection")).includes("upgrade"), "Connection lacks Upgrade"),
  key: single("Sec-WebSocket-Key", "not 16 bytes in base64", isKey),
  "protocol version": single("Sec-WebSocket-Version", "not 13", (value) => value === "13"),
  origin: ({ head }) => {
    const value = head.fields.get("origin");
    if (value === undefined) return inapplicable("the client sends no Origin");
    return passIf(isOrigin(value), "Origin is no origin");
  },
  subprotocols,
  extensions,
  "permessage-deflate": deflate,
  lines,
  patience: ({ early }) => passIf(early === 0, `${early} bytes came before the answer`),
  "fresh key": freshKey,
};

/** The field that a rule is about, for the report. */
const fieldOf: Readonly<Partial<Record<RequestRuleName, string>>> = {
  host: "host",
  upgrade: "upgrade",
  connection: "connection",
  key: "sec-websocket-key",
  "protocol version": "sec-websocket-version",
  origin: "origin",
  subprotocols: "sec-websocket-protocol",
  extensions: "sec-websocket-extensions",
  "permessage-deflate": "sec-websocket-extensions",
  "fresh key": "sec-websocket-key",
};

/** The part of a request that a rule looks at. */
export function partOf(name: RequestRuleName, { startLine, fields }: RawHead): string {
  const field = fieldOf[name];
  return field === undefined ? startLine : `${field}: ${fields.get(field) ?? "there is none"}`;
}
