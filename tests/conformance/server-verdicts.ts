/** What servers that are none of the project's get from `tautline check`, where it is no pass, and why they deserve it. */
import { casesAt, quick } from "../../packages/tautline/src/conformance/cases/cases.ts";
import type { ExpectedVerdict } from "./expected-verdict.ts";

const ids = casesAt(quick).map(({ id }) => id);

const inSections = (...sections: readonly string[]): string[] =>
  ids.filter((id) => sections.some((section) => id.startsWith(`${section}.`)));

const late: ExpectedVerdict = {
  cases: ["6.4.1", "6.4.2", "6.4.3", "6.4.4"],
  verdict: "notice",
  reason: "It checks text when all of it has come; RFC 6455 §8.1 does not say when.",
};

const open: ExpectedVerdict = {
  cases: ["7.1.6", "7.13.1", "7.13.2"],
  verdict: "notice",
  reason: "The specification leaves open what happens.",
};

const oldHttp: ExpectedVerdict = {
  cases: ["14.2.2"],
  verdict: "fail",
  reason: "It opens for HTTP/1.0. RFC 6455 §4.2.1 asks for a request of HTTP/1.1 or higher.",
};

export const websocketVerdicts: readonly ExpectedVerdict[] = [
  late,
  open,
  oldHttp,
  {
    cases: inSections("12", "13"),
    verdict: "not applicable",
    reason: "It has no compression.",
  },
  {
    cases: ["14.1.9"],
    verdict: "notice",
    reason:
      "It drops what comes with the request. RFC 6455 §4.1 has clients wait, so none may complain.",
  },
  {
    cases: ["14.2.1"],
    verdict: "fail",
    reason: "It opens for POST. RFC 6455 §4.2.1 asks for GET.",
  },
  {
    cases: ["14.2.5"],
    verdict: "fail",
    reason: "It opens for an upgrade to anything. RFC 6455 §4.2.1 asks for websocket.",
  },
  {
    cases: ["14.2.10", "14.2.11", "14.2.12"],
    verdict: "fail",
    reason: "It takes any key. RFC 6455 §4.2.1 asks for 16 bytes in base64.",
  },
  {
    cases: ["14.2.13", "14.2.17"],
    verdict: "fail",
    reason: "It takes two keys, and two versions. RFC 6455 §11.3.1 and §11.3.5 allow one.",
  },
];

/** Of 14.4.3 and 14.4.5, played alone: what comes between them would be hit by chance. */
export const websocketFall: readonly ExpectedVerdict[] = [
  {
    cases: ["14.4.5"],
    verdict: "fail",
    reason:
      "With `autoAcceptConnections` it throws for a subprotocol that is no token, where nobody can catch it: it refuses with 500, and the process ends.",
  },
];

export const bunVerdicts: readonly ExpectedVerdict[] = [
  late,
  open,
  oldHttp,
  {
    cases: inSections("13.3", "13.5"),
    verdict: "not applicable",
    reason: "It declines a window of 9 bits.",
  },
  {
    cases: ["14.2.6", "14.2.7"],
    verdict: "fail",
    reason: "It does not look at Connection. RFC 6455 §4.2.1 asks for the token Upgrade in it.",
  },
];
