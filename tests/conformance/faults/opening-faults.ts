/** Rules of the opening handshake that the patched server can be told to break, one at a time, and the cases that must notice. */
import type { CaseVerdict } from "../../../packages/tautline/src/conformance/judgement.ts";

interface OpeningFaultRow {
  /** What the server does wrong. */
  readonly does: string;
  readonly caught: Readonly<Record<string, CaseVerdict>>;
}

const everywhere = { "14.1.1": "fail", "14.1.7": "fail" } as const;

export const openingFaults = {
  "status-200": {
    does: "answers with 200",
    caught: { "14.1.1": "fail", "14.1.7": "fail" },
  },
  "no-upgrade-field": { does: "answers without Upgrade", caught: everywhere },
  "no-connection-field": { does: "answers without Connection", caught: everywhere },
  "no-accept": { does: "answers without Sec-WebSocket-Accept", caught: everywhere },
  "accept-of-key": { does: "computes the accept key without the GUID", caught: everywhere },
  "accept-twice": { does: "answers with two accept keys", caught: everywhere },
  "no-echo": { does: "opens and says nothing", caught: everywhere },
  "letters-matter": { does: "compares tokens letter by letter", caught: { "14.1.2": "fail" } },
  "names-matter": { does: "compares names letter by letter", caught: { "14.1.2": "fail" } },
  "one-connection-token": {
    does: "wants Upgrade alone in Connection",
    caught: { "14.1.3": "fail", "14.1.4": "fail" },
  },
  "one-upgrade-token": { does: "wants websocket alone in Upgrade", caught: { "14.1.5": "notice" } },
  "first-connection-field": { does: "reads a field's first line", caught: { "14.1.4": "fail" } },
  "head-in-one-read": { does: "expects the head in one read", caught: { "14.1.7": "fail" } },
  "short-heads": { does: "refuses heads of 4 KiB", caught: { "14.1.8": "notice" } },
  "rest-lost": { does: "drops what comes with the head", caught: { "14.1.9": "notice" } },
  "rest-refused": { does: "refuses what comes with the head", caught: { "14.1.9": "notice" } },
  "any-method": { does: "takes any method", caught: { "14.2.1": "fail" } },
  "any-http": { does: "takes HTTP/1.0", caught: { "14.2.2": "fail" } },
  "no-host": { does: "takes requests without Host", caught: { "14.2.3": "fail" } },
  "any-upgrade": {
    does: "does not look at Upgrade",
    caught: { "14.2.4": "fail", "14.2.5": "fail" },
  },
  "any-connection": {
    does: "does not look at Connection",
    caught: { "14.2.6": "fail", "14.2.7": "fail" },
  },
  "any-key": {
    does: "takes any key, or none",
    caught: {
      "14.2.8": "fail",
      "14.2.9": "fail",
      "14.2.10": "fail",
      "14.2.11": "fail",
      "14.2.12": "fail",
    },
  },
  "two-keys": { does: "takes the first of two keys", caught: { "14.2.13": "fail" } },
  "any-version": {
    does: "takes any version, or none",
    caught: { "14.2.14": "fail", "14.2.15": "fail", "14.2.16": "fail" },
  },
  "two-versions": { does: "takes the first of two versions", caught: { "14.2.17": "fail" } },
  "version-unsaid": { does: "does not say which versions it has", caught: { "14.2.15": "fail" } },
  "other-status": { does: "refuses versions with 400", caught: { "14.2.15": "notice" } },
  "any-line": {
    does: "takes lines that are no fields",
    caught: { "14.2.18": "fail", "14.2.19": "fail", "14.2.20": "fail" },
  },
  "long-heads": { does: "takes heads of 1 MiB", caught: { "14.2.21": "notice" } },
  "no-refusal": {
    does: "drops the connection in place of refusing",
    caught: { "14.2.1": "fail", "14.2.8": "fail", "14.4.2": "fail" },
  },
  "refused-with-200": {
    does: "refuses with 200",
    caught: { "14.2.1": "fail", "14.2.8": "fail" },
  },
  "own-subprotocol": { does: "chooses a subprotocol of its own", caught: { "14.3.1": "fail" } },
  "unasked-subprotocol": {
    does: "chooses a subprotocol where none is offered",
    caught: { "14.1.1": "fail" },
  },
  "unasked-extension": { does: "answers an extension unasked", caught: { "14.1.1": "fail" } },
  "any-extension": {
    does: "accepts every extension",
    caught: { "14.3.2": "fail", "14.3.3": "fail", "14.3.5": "fail" },
  },
  "any-subprotocol": {
    does: "gives back a subprotocol as it came",
    caught: { "14.4.1": "fail", "14.4.2": "fail" },
  },
  "subprotocol-cut": {
    does: "cuts a subprotocol's letters to bytes",
    caught: { "14.4.1": "fail", "14.4.3": "fail" },
  },
  "dies-of-it": {
    does: "opens for nobody after it has got such a subprotocol",
    caught: { "14.4.3": "fail", "14.4.5": "fail" },
  },
  "extension-cut": {
    does: "cuts an extension's letters to bytes",
    caught: { "14.4.4": "fail" },
  },
  "any-parameter": {
    does: "accepts any offer of compression",
    caught: { "14.3.3": "fail", "14.3.4": "fail", "14.3.5": "fail", "14.3.6": "fail" },
  },
} as const satisfies Record<string, OpeningFaultRow>;

export type OpeningFault = keyof typeof openingFaults;

/** The table's rows, with their optional members. */
export const openingFaultRows: readonly (readonly [OpeningFault, OpeningFaultRow])[] =
  Object.entries(openingFaults).map(([name, row]) => [name as OpeningFault, row]);
