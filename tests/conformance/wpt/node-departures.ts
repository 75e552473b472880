/**
 * Where the WebSocket of Node.js itself does otherwise, in 22.23, 24.21 or 26, by the titles of the checks. Nothing is
 * asserted about these; all others show that a check is not made to fit.
 */
const noClose = "22: no `close` follows the `error` of a failed handshake";
const noPage = "takes no address from `location`";
const noCount = "`send()` counts nothing once it is closing";
const within = "`error` and `close` come within `close()` while it connects, and it stays CLOSING";

export const nodeDepartures: Readonly<Record<string, string>> = {
  "Create-blocked-port.any.js": noClose,
  "Create-non-absolute-url.any.js": noPage,
  "Create-url-with-windows-1252-encoding.html": noPage,
  "basic-auth.any.js": "22: sends no Authorization",
  "binaryType-wrong-value.any.js": "a wrong value sets `blob`",
  "constructor/010.html": noClose,
  "constructor/011.html": noClose,
  "constructor/012.html": noClose,
  "constructor/014.html": "handshakes with one server do not take turns",
  "interfaces/WebSocket/close/close-basic.html": within,
  "interfaces/WebSocket/close/close-connecting-async.any.js": within,
  "interfaces/WebSocket/close/close-connecting.html": within,
  "interfaces/WebSocket/close/close-multiple.html": noClose,
  "interfaces/WebSocket/close/close-nested.html": within,
  "interfaces/WebSocket/events/013.html": "22: a handler that is an object counts as null",
  "interfaces/WebSocket/events/015.html": "22: is OPEN in the `error` event of a failed connection",
  "interfaces/WebSocket/events/018.html": "`error` is an ErrorEvent",
  "interfaces/WebSocket/events/020.html": noClose,
  "interfaces/WebSocket/send/007.html": noCount,
  "interfaces/WebSocket/send/008.html": noCount,
  "opening-handshake/001.html": noClose,
  "opening-handshake/006.html": noClose,
  "opening-handshake/received-301-code.html": noClose,
  "security/001.html": noClose,
};
