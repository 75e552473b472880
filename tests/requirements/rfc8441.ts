/**
 * What RFC 8441 demands, one item for each rule on an endpoint, in our own words.
 *
 * The RFC's order is kept. It says most of its section 5 without key words: a rule that two endpoints must share to
 * understand each other counts as a MUST, advice as a SHOULD. Sections 1, 2, 6, 8 and 9 demand nothing of an endpoint. Ids are
 * stable: a new item takes the next free number of its section.
 */
import type { Requirement } from "./requirement.ts";

export const rfc8441: readonly Requirement[] = [
  {
    id: "RFC8441-3-1",
    section: "3",
    level: "MUST",
    role: "server",
    text: "SETTINGS_ENABLE_CONNECT_PROTOCOL has the value 0 or 1; a server that takes WebSockets sends 1.",
  },
  {
    id: "RFC8441-3-2",
    section: "3",
    level: "MUST",
    role: "server",
    text: "Who has sent SETTINGS_ENABLE_CONNECT_PROTOCOL with 1 does not send it with 0 later.",
  },
  {
    id: "RFC8441-3-3",
    section: "3",
    level: "MUST",
    role: "client",
    text: "A client uses an extended CONNECT only when the setting has been received with the value 1.",
  },
  {
    id: "RFC8441-4-1",
    section: "4",
    level: "MUST",
    role: "client",
    text: "A request with :protocol has :scheme and :path too.",
  },
  {
    id: "RFC8441-4-2",
    section: "4",
    level: "MUST",
    role: "server",
    text: "A request with :protocol and without :scheme, :path or :authority is not served.",
  },
  {
    id: "RFC8441-4-3",
    section: "4",
    level: "MUST",
    role: "server",
    text: "A server opens no tunnel to the host that :authority names, as it might for a CONNECT without :protocol.",
  },
  {
    id: "RFC8441-5-1",
    section: "5",
    level: "MUST",
    role: "client",
    text: "A CONNECT that opens a WebSocket has :protocol with the value websocket.",
  },
  {
    id: "RFC8441-5-2",
    section: "5",
    level: "MUST",
    role: "client",
    text: ":scheme is https for wss and http for ws; the rest of the target is that of the WebSocket URI.",
  },
  {
    id: "RFC8441-5-3",
    section: "5",
    level: "MUST",
    role: "client",
    text: "The request has neither a Connection nor an Upgrade header.",
  },
  {
    id: "RFC8441-5-4",
    section: "5",
    level: "MUST",
    role: "both",
    text: "What the Host header says in HTTP/1.1 is said, and read, in :authority.",
  },
  {
    id: "RFC8441-5-5",
    section: "5",
    level: "MUST",
    role: "both",
    text: "Sec-WebSocket-Key and Sec-WebSocket-Accept are neither sent nor looked at.",
  },
  {
    id: "RFC8441-5-6",
    section: "5",
    level: "MUST",
    role: "both",
    text: "Origin, Sec-WebSocket-Version, Sec-WebSocket-Protocol and Sec-WebSocket-Extensions are used as in RFC 6455, with names in lower case.",
  },
  {
    id: "RFC8441-5-7",
    section: "5",
    level: "SHOULD",
    role: "both",
    text: "After the handshake the peers speak RFC 6455 over the stream as if it were the TCP connection, which is open at once.",
  },
  {
    id: "RFC8441-5-8",
    section: "5",
    level: "MUST",
    role: "both",
    text: "What is an orderly close of the TCP connection in RFC 6455 is END_STREAM here.",
  },
  {
    id: "RFC8441-5-9",
    section: "5",
    level: "MUST",
    role: "both",
    text: "What is a reset of the TCP connection in RFC 6455 is RST_STREAM with CANCEL here.",
  },
  {
    id: "RFC8441-7-1",
    section: "7",
    level: "SHOULD",
    role: "client",
    text: "Through a proxy that itself speaks HTTP/2 a client uses a CONNECT without :protocol.",
    notApplicable: "Tautline speaks HTTP/1.1 or SOCKS5 to proxies.",
  },
];
