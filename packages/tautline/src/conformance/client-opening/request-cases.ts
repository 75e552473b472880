/** What a client's request has to look like (RFC 6455 §4.1): a rule and a connection each. */
import type { ClientOpeningCase, RequestRuleName } from "./client-opening-case.ts";

type Row = Pick<ClientOpeningCase, "title" | "rfc" | "rules"> & { readonly asks: RequestRuleName };

const rows: readonly Row[] = [
  { title: "The method is GET", rfc: ["RFC6455-4.1-17"], asks: "method" },
  { title: "The version of HTTP is 1.1", rfc: ["RFC6455-4.1-18"], asks: "version" },
  {
    title: "The target is a path, or an address of http: or https:",
    rfc: ["RFC6455-4.1-19"],
    rules: ["RFC 6455 §3"],
    asks: "target",
  },
  {
    title: "There is one Host, with the port",
    rfc: ["RFC6455-4.1-20"],
    rules: ["RFC 7230 §5.4"],
    asks: "host",
  },
  { title: "Upgrade has websocket", rfc: ["RFC6455-4.1-21"], asks: "upgrade" },
  { title: "Connection has Upgrade", rfc: ["RFC6455-4.1-22"], asks: "connection" },
  {
    title: "There is one Sec-WebSocket-Key, 16 bytes in base64",
    rfc: ["RFC6455-4.1-23", "RFC6455-4.1-24", "RFC6455-11.3.1-1"],
    asks: "key",
  },
  {
    title: "There is one Sec-WebSocket-Version, and it is 13",
    rfc: ["RFC6455-4.1-27", "RFC6455-4.1-28", "RFC6455-11.3.5-1"],
    asks: "protocol version",
  },
  {
    title: "Origin, if there is one, has the form of an origin",
    rfc: ["RFC6455-4.1-26"],
    rules: ["RFC 6454 §7.1"],
    asks: "origin",
  },
  {
    title: "Offered subprotocols are tokens, each there once",
    rfc: ["RFC6455-4.1-29", "RFC6455-4.1-30"],
    asks: "subprotocols",
  },
  {
    title: "Offered extensions are well-formed",
    rfc: ["RFC6455-9.1-1", "RFC6455-9.1-2", "RFC6455-4.3-1"],
    asks: "extensions",
  },
  {
    title: "permessage-deflate is offered with parameters that it has",
    rfc: ["RFC7692-5-1", "RFC7692-7.1.2-1", "RFC7692-7.1.2.1-1", "RFC6455-9.1-4"],
    asks: "permessage-deflate",
  },
  {
    title: "All lines are fields, and none is folded",
    rfc: ["RFC6455-4.1-16"],
    rules: ["RFC 7230 §3.2"],
    asks: "lines",
  },
  {
    title: "Nothing is sent before the answer has come",
    rfc: ["RFC6455-4.1-31"],
    asks: "patience",
  },
  {
    title: "The key is another one than those before",
    rfc: ["RFC6455-4.1-25"],
    asks: "fresh key",
  },
];

export const requestCases: readonly ClientOpeningCase[] = rows.map((row, index) => ({
  ...row,
  id: `15.1.${index + 1}`,
  section: "15.1",
  expects: "asks well",
}));
