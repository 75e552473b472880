/** What known clients get in the cases about the opening handshake, where it is no pass, and why they deserve it. */
import type { ExpectedVerdict } from "./expected-verdict.ts";

const offersNothing: ExpectedVerdict = {
  cases: ["15.1.9", "15.1.10"],
  verdict: "not applicable",
  reason: "It is asked for no subprotocol, and programs that are no browsers send no Origin.",
};

const offersClientWindow: ExpectedVerdict = {
  cases: ["15.4.19", "15.4.20"],
  verdict: "not applicable",
  reason: "It offers client_max_window_bits, without a value: any value is within the offer.",
};

const refusesFolds: ExpectedVerdict = {
  cases: ["15.2.11"],
  verdict: "notice",
  reason:
    "RFC 7230 §3.2.4 has a user agent take folded fields, and forbids servers to send them, so that one which fails on them holds the server to the rules.",
};

const waits: ExpectedVerdict = {
  cases: ["15.3.23"],
  verdict: "notice",
  reason: "No specification says how long to wait for an answer.",
};

const takesOldHttp: ExpectedVerdict = {
  cases: ["15.3.19"],
  verdict: "notice",
  reason:
    "RFC 6455 says 101 and not which HTTP: that 101 does not exist in HTTP/1.0 is the matter of RFC 7231 §6.2, and of servers.",
};

export const clientOpeningVerdicts: Readonly<Record<string, readonly ExpectedVerdict[]>> = {
  "Tautline client": [offersNothing, offersClientWindow, refusesFolds, waits],
  "ws client": [
    offersNothing,
    offersClientWindow,
    { ...refusesFolds, mayPass: true },
    waits,
    takesOldHttp,
    {
      cases: ["15.4.17"],
      verdict: "fail",
      reason:
        "It takes server_max_window_bits=010 for 10. RFC 7692 §7.1.2 allows no leading zero, and §7 has the client fail the connection for an invalid value.",
    },
    {
      cases: ["15.4.21"],
      verdict: "fail",
      reason:
        "It takes the first of two, and compresses. RFC 7692 §5 has the client fail the connection when two accepted extensions use the same bit; it offered one besides.",
    },
  ],
  "global WebSocket": [
    offersNothing,
    offersClientWindow,
    { ...refusesFolds, mayPass: true },
    waits,
    takesOldHttp,
    {
      cases: ["15.2.4", "15.2.5"],
      verdict: "notice",
      reason:
        "It wants Upgrade alone in Connection. RFC 6455 §4.1 looks for the token, but §4.2.2 has the server send it alone.",
    },
    {
      cases: ["15.2.6"],
      verdict: "fail",
      reason:
        'It compares the accept key with the white space behind it. RFC 6455 §4.1 has it compared "ignoring any leading and trailing whitespace".',
    },
    {
      cases: [10, 11, 12, 13, 14, 15, 16, 17, 18].map((number) => `15.4.${number}`),
      verdict: "fail",
      reason:
        "It does not look at the parameters of an accepted permessage-deflate. RFC 7692 §7 has the client fail the connection when one is unknown, invalid or there twice.",
    },
  ],
};
