/** Answers about subprotocols and extensions (RFC 6455 §4.1, §9.1; RFC 7692 §5, §7). */
import { failed, numbered } from "./answer-rows.ts";
import type { AnswerRow } from "./answer-rows.ts";
import type { AnswerEdits, ClientOpeningCase, Need } from "./client-opening-case.ts";

const subprotocol = "RFC6455-4.1-37";
const extension = "RFC6455-4.1-36";
const wrongAnswer = "RFC7692-7-2";
const windowSize = "RFC7692-7.1.2-1";

function extensions(value: string): AnswerEdits {
  return { fields: { "Sec-WebSocket-Extensions": [value] } };
}

interface Deflate {
  readonly rfc: readonly string[];
  readonly with: readonly string[];
}

/** Of clients that offer it alone. */
function wrongDeflate(title: string, { rfc, with: deflate }: Deflate): AnswerRow {
  const row = failed(`permessage-deflate with ${title}`, rfc, { deflate });
  return { ...row, needs: "permessage-deflate" };
}

function deflateOpens(title: string, { rfc, with: deflate }: Deflate): AnswerRow {
  return {
    title: `permessage-deflate ${title}`,
    rfc,
    edits: { deflate },
    expects: "opens",
    needs: "permessage-deflate",
  };
}

/**
 * RFC 7692 §7.1.2.2 says what a server may answer and not what a client does about it. One that compresses with a window which
 * fits in both harms nobody.
 */
function questionable(title: string, needs: Need, edits: AnswerEdits): AnswerRow {
  const rfc = ["RFC7692-7.1.2.2-2", "RFC7692-7.1.2.2-1", wrongAnswer];
  return { title, rfc, edits, expects: "fails", needs, weight: "should" };
}

export const agreementCases: readonly ClientOpeningCase[] = numbered("15.4", [
  failed("A subprotocol that was not offered", [subprotocol], { subprotocol: "not offered" }),
  failed("Two subprotocols in a field", [subprotocol], { subprotocol: "two in a field" }),
  failed("Two fields with a subprotocol", ["RFC6455-11.3.4-1", subprotocol], {
    subprotocol: "in two fields",
  }),
  failed("An extension that was not offered", [extension], extensions("x-tautline-check")),
  failed("Extensions that are not well-formed", ["RFC6455-9.1-1", extension], extensions("; =")),
  deflateOpens("as it was offered", { rfc: ["RFC7692-5-2"], with: [] }),
  deflateOpens("where the server keeps no context", {
    rfc: ["RFC7692-7.1.1.1-2"],
    with: ["server_no_context_takeover"],
  }),
  deflateOpens("where the client is to keep no context", {
    rfc: ["RFC7692-7.1.1.2-1"],
    with: ["client_no_context_takeover"],
  }),
  deflateOpens("where the server has a window of 8 bits", {
    rfc: ["RFC7692-7.1.2.1-3"],
    with: ["server_max_window_bits=8"],
  }),
  wrongDeflate("a parameter that there is not", {
    rfc: [wrongAnswer, "RFC6455-9.1-4"],
    with: ["x_tautline_check"],
  }),
  wrongDeflate("a parameter twice", {
    rfc: [wrongAnswer],
    with: ["server_no_context_takeover", "server_no_context_takeover"],
  }),
  wrongDeflate("server_no_context_takeover that has a value", {
    rfc: [wrongAnswer],
    with: ["server_no_context_takeover=1"],
  }),
  wrongDeflate("client_no_context_takeover that has a value", {
    rfc: [wrongAnswer],
    with: ["client_no_context_takeover=1"],
  }),
  wrongDeflate("server_max_window_bits without a value", {
    rfc: ["RFC7692-7.1.2.1-1", wrongAnswer],
    with: ["server_max_window_bits"],
  }),
  wrongDeflate("a window of 7 bits", {
    rfc: [windowSize, wrongAnswer],
    with: ["server_max_window_bits=7"],
  }),
  wrongDeflate("a window of 16 bits", {
    rfc: [windowSize, wrongAnswer],
    with: ["server_max_window_bits=16"],
  }),
  wrongDeflate("a window of 010 bits", {
    rfc: [windowSize, wrongAnswer],
    with: ["server_max_window_bits=010"],
  }),
  wrongDeflate("client_max_window_bits without a value", {
    rfc: ["RFC7692-7.1.2.2-2", wrongAnswer],
    with: ["client_max_window_bits"],
  }),
  questionable(
    "permessage-deflate with client_max_window_bits that was not offered",
    "permessage-deflate without client_max_window_bits",
    { deflate: ["client_max_window_bits=10"] },
  ),
  questionable(
    "permessage-deflate with client_max_window_bits above the offered value",
    "client_max_window_bits below 15",
    { deflate: [], windowBeyondOffer: true },
  ),
  {
    ...failed("permessage-deflate twice", ["RFC7692-5-5"], {
      fields: { "Sec-WebSocket-Extensions": ["permessage-deflate, permessage-deflate"] },
    }),
    needs: "permessage-deflate",
  },
]);
