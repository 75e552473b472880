/** Rules of the opening handshake that the patched client can be told to break, one at a time, and the cases that must notice. */
import type { CaseVerdict } from "../../../packages/tautline/src/conformance/judgement.ts";

interface ClientOpeningFaultRow {
  /** What the client does wrong. */
  readonly does: string;
  readonly caught: Readonly<Record<string, CaseVerdict>>;
}

export const clientOpeningFaults = {
  post: { does: "asks with POST", caught: { "15.1.1": "fail", "15.2.1": "fail" } },
  "http-1.0": { does: "asks in HTTP/1.0", caught: { "15.1.2": "fail" } },
  "fragment-in-target": { does: "sends the fragment", caught: { "15.1.3": "fail" } },
  "ws-target": { does: "asks for an address of ws:", caught: { "15.1.3": "fail" } },
  "no-host": { does: "sends no Host", caught: { "15.1.4": "fail" } },
  "no-port": { does: "leaves the port out of Host", caught: { "15.1.4": "fail" } },
  "other-port": { does: "names another port in Host", caught: { "15.1.4": "notice" } },
  "two-hosts": { does: "sends Host twice", caught: { "15.1.4": "fail" } },
  "no-upgrade": { does: "sends no Upgrade", caught: { "15.1.5": "fail", "15.2.1": "fail" } },
  "other-upgrade": { does: "asks for something else", caught: { "15.1.5": "fail" } },
  "no-connection": { does: "sends no Connection", caught: { "15.1.6": "fail" } },
  "other-connection": { does: "sends Connection: close", caught: { "15.1.6": "fail" } },
  "no-key": { does: "sends no key", caught: { "15.1.7": "fail", "15.2.1": "fail" } },
  "short-key": { does: "has a key of 15 bytes", caught: { "15.1.7": "fail" } },
  "key-in-hex": { does: "writes the key in hexadecimal", caught: { "15.1.7": "fail" } },
  "two-keys": { does: "sends the key twice", caught: { "15.1.7": "fail" } },
  "version-8": { does: "asks for version 8", caught: { "15.1.8": "fail" } },
  "no-version": { does: "sends no version", caught: { "15.1.8": "fail" } },
  "two-versions": { does: "sends the version twice", caught: { "15.1.8": "fail" } },
  "origin-with-path": { does: "sends an address as Origin", caught: { "15.1.9": "fail" } },
  "subprotocol-twice": { does: "offers a subprotocol twice", caught: { "15.1.10": "fail" } },
  "subprotocol-with-space": {
    does: "offers a subprotocol that is no token",
    caught: { "15.1.10": "fail" },
  },
  "broken-extensions": {
    does: "offers an extension without a name",
    caught: { "15.1.11": "fail" },
  },
  "unknown-parameter": {
    does: "offers a parameter that there is not",
    caught: { "15.1.11": "pass", "15.1.12": "fail" },
  },
  "window-of-16": { does: "offers a window of 16 bits", caught: { "15.1.12": "fail" } },
  "parameter-twice": { does: "offers a parameter twice", caught: { "15.1.12": "fail" } },
  "folded-request": { does: "folds a field", caught: { "15.1.13": "fail" } },
  "early-frame": { does: "sends a message at once", caught: { "15.1.14": "fail" } },
  "same-key": { does: "has one key for all", caught: { "15.1.7": "pass", "15.1.15": "fail" } },
  "letters-matter": { does: "compares tokens letter by letter", caught: { "15.2.2": "fail" } },
  "names-matter": { does: "compares names letter by letter", caught: { "15.2.3": "fail" } },
  "one-connection-token": {
    does: "wants Upgrade alone in Connection",
    caught: { "15.2.4": "notice", "15.2.5": "notice" },
  },
  "first-connection-field": { does: "reads a field's first line", caught: { "15.2.5": "notice" } },
  "white-space-matters": {
    does: "compares values with the white space around them",
    caught: { "15.2.6": "fail" },
  },
  "value-needed": { does: "takes no field without a value", caught: { "15.2.7": "fail" } },
  "head-in-one-read": { does: "expects the head in one read", caught: { "15.2.8": "fail" } },
  "rest-lost": { does: "drops what comes with the head", caught: { "15.2.9": "fail" } },
  "no-echo": { does: "opens and says nothing", caught: { "15.2.1": "fail", "15.2.9": "fail" } },
  "short-heads": { does: "refuses heads of 4 KiB", caught: { "15.2.10": "notice" } },
  "no-folds": { does: "refuses folded fields", caught: { "15.2.11": "notice" } },
  "no-interim": { does: "takes 103 for the answer", caught: { "15.2.12": "notice" } },
  "any-status": {
    does: "does not look at the status",
    caught: {
      "15.3.1": "fail",
      "15.3.2": "fail",
      "15.3.3": "fail",
      "15.3.4": "fail",
      "15.3.5": "fail",
    },
  },
  "any-upgrade": {
    does: "does not look at Upgrade",
    caught: { "15.3.6": "fail", "15.3.7": "fail", "15.3.8": "notice" },
  },
  "upgrade-prefix": {
    does: "wants Upgrade to begin with websocket",
    caught: { "15.3.6": "pass", "15.3.7": "fail" },
  },
  "any-connection": {
    does: "does not look at Connection",
    caught: { "15.3.9": "fail", "15.3.10": "fail" },
  },
  "any-accept": {
    does: "does not look at the accept key",
    caught: {
      "15.3.11": "fail",
      "15.3.12": "fail",
      "15.3.13": "fail",
      "15.3.14": "fail",
      "15.3.15": "fail",
      "15.3.16": "fail",
      "15.3.17": "fail",
      "15.3.18": "fail",
    },
  },
  "accept-if-there": {
    does: "takes an answer without accept key",
    caught: { "15.3.11": "fail", "15.3.12": "fail", "15.3.13": "pass" },
  },
  "accept-of-key": {
    does: "computes the accept key without the GUID",
    caught: { "15.2.1": "fail", "15.3.15": "fail" },
  },
  "key-as-accept": {
    does: "takes its key for the accept key",
    caught: { "15.3.13": "pass", "15.3.14": "fail" },
  },
  "accept-in-any-letters": {
    does: "compares the accept key whatever the letters",
    caught: { "15.3.13": "pass", "15.3.16": "fail" },
  },
  "first-accept": { does: "takes the first of two accept keys", caught: { "15.3.17": "fail" } },
  "joined-folds": {
    does: "joins folded lines without a space",
    caught: { "15.2.11": "pass", "15.3.18": "fail" },
  },
  "any-http": { does: "takes HTTP/1.0", caught: { "15.3.19": "notice" } },
  "any-line": {
    does: "takes lines that are no fields",
    caught: { "15.3.20": "fail", "15.3.21": "notice" },
  },
  "long-heads": { does: "takes heads of 1 MiB", caught: { "15.3.22": "notice" } },
  "endless-patience": { does: "waits for ever", caught: { "15.3.23": "notice" } },
  "no-close": {
    does: "neither closes nor goes on when it fails",
    caught: { "15.3.6": "fail", "15.3.13": "fail" },
  },
  "close-frame": {
    does: "sends a Close frame when it fails",
    caught: { "15.3.6": "notice", "15.3.13": "notice" },
  },
  "orderly-close": {
    does: "closes with 1000 when it fails",
    caught: { "15.3.6": "fail", "15.3.13": "fail" },
  },
  "any-subprotocol": {
    does: "takes any subprotocol",
    caught: { "15.4.1": "fail", "15.4.2": "fail", "15.4.3": "fail" },
  },
  "first-subprotocol": {
    does: "takes the first of two subprotocols",
    caught: { "15.4.1": "pass", "15.4.2": "fail", "15.4.3": "fail" },
  },
  "any-extension": {
    does: "does not look at extensions",
    caught: { "15.4.4": "fail", "15.4.5": "fail", "15.4.21": "fail" },
  },
  "any-parameter": {
    does: "takes any parameter of compression",
    caught: {
      "15.4.10": "fail",
      "15.4.11": "fail",
      "15.4.12": "fail",
      "15.4.13": "fail",
      "15.4.14": "fail",
      "15.4.15": "fail",
      "15.4.16": "fail",
      "15.4.17": "fail",
      "15.4.18": "fail",
      "15.4.20": "notice",
    },
  },
  "bare-offer": {
    does: "offers compression without a window and takes one",
    caught: { "15.4.18": "pass", "15.4.19": "notice", "15.4.20": "not applicable" },
  },
  "own-parameters-only": {
    does: "refuses parameters that it did not offer",
    caught: { "15.4.7": "fail", "15.4.8": "fail", "15.4.9": "fail" },
  },
  "no-compression": {
    does: "offers no compression",
    caught: { "15.1.12": "not applicable", "15.4.6": "not applicable" },
  },
} as const satisfies Record<string, ClientOpeningFaultRow>;

export type ClientOpeningFault = keyof typeof clientOpeningFaults;

/** The table's rows, with their optional members. */
export const clientOpeningFaultRows: readonly (readonly [
  ClientOpeningFault,
  ClientOpeningFaultRow,
])[] = Object.entries(clientOpeningFaults).map(([name, row]) => [name as ClientOpeningFault, row]);
