/**
 * How @tautline/ws stands to ws 8.23.0, name by name: what docs/reference/ws-compatibility.md is made of. Each row names a
 * test among the scenarios beside this file, which runs on both.
 */

export type Verdict = "same" | "better" | "different";

export interface Row {
  readonly name: string;
  readonly verdict: Verdict;
  /** File among the scenarios, and the beginning of the test's title. */
  readonly test: readonly [file: string, title: string];
  readonly note: string;
}

export interface Section {
  readonly title: string;
  readonly rows: readonly Row[];
}

function same(names: string, file: string, title: string, note = ""): Row[] {
  return judged(names, "same", [file, title], note);
}

function different(names: string, file: string, title: string, note: string): Row[] {
  return judged(names, "different", [file, title], note);
}

function better(names: string, file: string, title: string, note: string): Row[] {
  return judged(names, "better", [file, title], note);
}

function judged(names: string, verdict: Verdict, test: Row["test"], note: string): Row[] {
  return names.split(" ").map((name) => ({ name, verdict, test, note }));
}

const options = "ws-options";
const surface = "ws-surface";
const messages = "ws-messages";
const closing = "ws-closing";
const internals = "ws-internals";
const differences = "ws-differences";
const ofProcess = "ws-process";

/** Options that servers and clients share. */
function connectionOptions(role: "server" | "client"): Row[] {
  const of = (name: string) => `${role} option: ${name}`;
  return [
    ...same("allowSynchronousEvents", options, of("allowSynchronousEvents")),
    ...same("autoPong", options, of("autoPong")),
    ...same("closeTimeout", options, of("closeTimeout")),
    ...better(
      "maxBufferedChunks",
      differences,
      "different: maxBufferedChunks",
      "Taken and not needed: pieces of a frame are joined as they come, so that many small ones hold no more memory than one. ws fails the connection (1008).",
    ),
    ...same("maxFragments", options, of("maxFragments")),
    ...same("maxPayload", options, of("maxPayload")),
    ...same(
      "maxPendingAutoPongs",
      options,
      "server option: maxPendingAutoPongs, more pings at once",
    ),
    ...same("skipUTF8Validation", options, of("skipUTF8Validation")),
    ...same("perMessageDeflate", options, of("perMessageDeflate")),
  ];
}

const clientAgent = "client option: agent";

export const sections: readonly Section[] = [
  {
    title: "Exports",
    rows: [
      ...same("CONNECTING OPEN CLOSING CLOSED", surface, "surface: constants"),
      ...same("WebSocket WebSocketServer Server default", surface, "surface: what is exported"),
      ...same("createWebSocketStream", surface, "surface: createWebSocketStream"),
      ...same("extension subprotocol", surface, "surface: extension and subprotocol"),
      ...same("PerMessageDeflate", internals, "internal: PerMessageDeflate"),
      ...same("Receiver", internals, "internal: a Receiver of its own"),
      ...same("Sender", internals, "internal: a Sender of its own"),
    ],
  },
  {
    title: "Options of servers",
    rows: [
      ...same("port host backlog", options, "server option: port, host, backlog"),
      ...same("server noServer", options, "server option: server, noServer"),
      ...same("path", options, "server option: path"),
      ...same("clientTracking", options, "server option: clientTracking"),
      ...same("verifyClient", options, "server option: verifyClient with two arguments"),
      ...same("handleProtocols", options, "server option: handleProtocols"),
      ...same("WebSocket", options, "server option: WebSocket"),
      ...connectionOptions("server"),
    ],
  },
  {
    title: "Options of clients",
    rows: [
      ...connectionOptions("client"),
      ...same("finishRequest", options, "client option: finishRequest"),
      ...same("followRedirects maxRedirects", options, "client option: followRedirects"),
      ...same("generateMask", options, "client option: generateMask"),
      ...same("handshakeTimeout", options, "client option: handshakeTimeout"),
      ...same("headers origin", options, "client option: headers, origin"),
      ...same("protocolVersion", options, "client option: protocolVersion"),
      ...same("protocols", options, "client option: protocols"),
      ...same(
        "agent createConnection localAddress family",
        options,
        clientAgent,
        "Like every option of http.request and tls.connect, handed on as it is.",
      ),
      ...same(
        "host protocol",
        options,
        clientAgent,
        "Declared by @types/ws; taken from the address instead, by both.",
      ),
      ...same(
        "checkServerIdentity rejectUnauthorized",
        options,
        "client option: TLS",
        "Like every option of http.request and tls.connect, handed on as it is.",
      ),
    ],
  },
  {
    title: "Members of perMessageDeflate",
    rows: [
      ...same(
        "serverNoContextTakeover clientNoContextTakeover serverMaxWindowBits clientMaxWindowBits threshold",
        options,
        "server option: perMessageDeflate and its members",
      ),
      ...different(
        "zlibDeflateOptions zlibInflateOptions",
        differences,
        "different: zlibDeflateOptions",
        "Of the first, level (1 to 9) and memLevel count; buffers are the engine's own, so that chunkSize and the like change nothing.",
      ),
      ...better(
        "concurrencyLimit",
        differences,
        "different: messages are compressed without a line",
        "Taken and not needed: small messages are compressed at once on shared contexts, without a queue for the thread pool.",
      ),
      ...same(
        "isServer maxPayload",
        internals,
        "internal: PerMessageDeflate",
        "Of the class by itself.",
      ),
    ],
  },
  {
    title: "Events of servers",
    rows: [
      ...same("close connection headers listening", messages, "server: events and the order"),
      ...same("error", messages, "server: an error of the HTTP server"),
      ...same("wsClientError", messages, "server: wsClientError"),
    ],
  },
  {
    title: "Events of connections",
    rows: [
      ...same("close message open upgrade", messages, "client: upgrade, then open"),
      ...same("error", messages, "client: a refused connection"),
      ...same("ping pong", messages, "ping and pong: data"),
      ...same("redirect", options, "client option: followRedirects"),
      ...same("unexpected-response", messages, "client: an answer that was not expected"),
    ],
  },
  {
    title: "Methods and properties of servers",
    rows: [
      ...same("address options", options, "server option: options can be changed"),
      ...same("clients", options, "server option: clientTracking"),
      ...same("close", messages, "server: events and the order"),
      ...same("completeUpgrade", internals, "internal: completeUpgrade"),
      ...same("handleUpgrade", messages, "server: handleUpgrade calls back"),
      ...same("shouldHandle", options, "server option: path, and shouldHandle"),
      ...same(
        "path",
        options,
        "server option: path",
        "Declared by @types/ws and there in neither: it is options.path.",
      ),
    ],
  },
  {
    title: "Methods and properties of connections",
    rows: [
      ...same("CONNECTING OPEN CLOSING CLOSED", surface, "surface: constants"),
      ...same(
        "addEventListener removeEventListener onopen onclose onerror onmessage",
        surface,
        "surface: event handler attributes",
      ),
      ...same(
        "binaryType",
        messages,
        "binaryType: how binary messages",
        "What an array of fragments holds is in “Manner”.",
      ),
      ...same("bufferedAmount", messages, "bufferedAmount: counts"),
      ...same("extensions protocol readyState url", surface, "surface: readyState, url"),
      ...same("pause resume isPaused", messages, "pause and resume"),
      ...same("ping pong", messages, "ping and pong: data"),
      ...better(
        "send",
        messages,
        "send: every kind of data",
        "What is sent in one turn leaves in one write, see “Manner”.",
      ),
      ...same("close", closing, "close: code and reason reach both sides"),
      ...same("terminate", closing, "terminate: 1006 at both sides"),
      ...same("setSocket", internals, "internal: a WebSocket without a handshake"),
      ...same("emitClose", internals, "internal: emitClose"),
    ],
  },
  {
    title: "Error codes",
    rows: [
      ...same(
        [
          "WS_ERR_EXPECTED_FIN WS_ERR_EXPECTED_MASK WS_ERR_INVALID_CLOSE_CODE",
          "WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH WS_ERR_INVALID_OPCODE WS_ERR_INVALID_UTF8",
          "WS_ERR_UNEXPECTED_RSV_1 WS_ERR_UNEXPECTED_RSV_2_3",
        ].join(" "),
        closing,
        "error: WS_ERR_",
      ),
      ...same("WS_ERR_UNEXPECTED_MASK", closing, "error: WS_ERR_UNEXPECTED_MASK"),
      ...same(
        "WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH",
        closing,
        "error: WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH",
      ),
      ...same("WS_ERR_UNSUPPORTED_MESSAGE_LENGTH", options, "server option: maxPayload"),
      ...same(
        "WS_ERR_TOO_MANY_BUFFERED_PARTS",
        options,
        "server option: maxFragments",
        "For too many fragments; too many chunks do not occur, see maxBufferedChunks.",
      ),
      ...same("Z_DATA_ERROR", messages, "deflate: what is not deflate data"),
    ],
  },
  {
    title: "Manner",
    rows: [
      ...same("require,-import-and-arity", surface, "surface: names, arity and ancestors"),
      ...same("extending-the-classes", surface, "surface: both classes can be extended"),
      ...same("refusals-by-servers", messages, "server: refuses"),
      ...same("failures-of-clients", messages, "client: fails on an answer"),
      ...same("close-codes-and-reasons", closing, "close: code and reason reach both sides"),
      ...same("arguments-of-close()", closing, "close: arguments that are wrong"),
      ...same("close-while-connecting", closing, "close: before the connection is open"),
      ...same("reset-and-end-by-the-peer", closing, "close: a reset by the peer"),
      ...same("send-after-the-end", messages, "send, ping, pong: before"),
      ...same(
        "leniency-towards-peers",
        closing,
        "lenient: lengths",
        "Lengths in a longer form than needed are taken, UTF-8 is judged at the end of a message; not so with `strict: true`, an extra.",
      ),
      ...same(
        "leniency-towards-requests",
        messages,
        "lenient: a request",
        "HTTP/1.0, version 8, any origin; the engine's own handshake judges them with `strict: true`, an extra.",
      ),
      ...same("closing-while-paused", closing, "close: a connection that is paused"),
      ...same("process.exit()-behind-a-send", ofProcess, "process: what was sent before"),
      ...different(
        "when-a-message-leaves",
        differences,
        "different: a message leaves at the end of the turn",
        "At the end of the read that it answers, or of the turn, together with all others; before that when `_socket`, `bufferedAmount` or `terminate()` is used, from 64 KiB on, and when the process ends. ws writes within send: a message that is to be seen before a long computation needs a turn of its own (`setImmediate`), or a look at `bufferedAmount`.",
      ),
      ...different(
        "compression-of-fragments",
        differences,
        "different: fragments are sent as they are",
        "What is sent with `fin: false` is not compressed: a peer takes either, and the engine compresses whole messages only.",
      ),
      ...better(
        "messages-that-compression-makes-longer",
        differences,
        "different: a message that compression makes longer",
        "They are sent as they are.",
      ),
      ...different(
        "fragments-as-binaryType",
        differences,
        "different: binaryType fragments",
        "The array has one Buffer, the message: the engine has joined its frames.",
      ),
      ...better(
        "pings-while-closing",
        differences,
        "different: pings are answered until",
        "Answered until the peer's Close frame has come (RFC 6455 §5.5.2); ws answers none once close() was called.",
      ),
      ...better(
        "reasons-that-are-no-UTF-8",
        differences,
        "different: a reason that is no UTF-8",
        "Sent with U+FFFD in place of what is wrong: a reason must be UTF-8 (RFC 6455 §5.5.1), and peers fail the connection otherwise.",
      ),
      ...better(
        "listeners-that-throw",
        ofProcess,
        "different: a listener that throws",
        "An uncaught exception, as with ws. Where the process survives it, the connection goes on; ws reads no more from it and does not tell of its end.",
      ),
      ...different(
        "frames-with-several-faults",
        differences,
        "different: a frame that is unmasked and too long",
        "An unmasked frame that is too long besides is refused for its length (1009); ws refuses it for the mask (1002). All other orders are the same.",
      ),
    ],
  },
  {
    title: "Internals",
    rows: [
      ...same("_socket", internals, "internal: _socket is the net.Socket"),
      ...same("_sender", internals, "internal: _sender.sendFrame"),
      ...same(
        "Sender.frame",
        internals,
        "internal: Sender.frame",
        "The rule for merging included.",
      ),
      ...same("_req", internals, "internal: _req"),
      ...same("_receiver", internals, "internal: _receiver tells first"),
      ...same(
        [
          "_isServer _readyState _protocol _extensions _binaryType _paused _closeCode _closeMessage",
          "_closeFrameReceived _closeFrameSent _errorEmitted _autoPong _closeTimeout _redirects _url",
        ].join(" "),
        internals,
        "internal: the fields of a connection",
      ),
      ...same("_bufferedAmount", messages, "send, ping, pong: before"),
      ...same(
        "_maxPendingAutoPongs _pendingAutoPongs _autoPongComplete",
        options,
        "server option: maxPendingAutoPongs, more pings at once",
      ),
      ...different(
        "_closeTimer",
        differences,
        "different: _closeTimer",
        "Always null: the engine keeps the time, for all connections with one timer.",
      ),
      ...different(
        "_originalHostOrSocketPath _originalIpc _originalSecure",
        differences,
        "different: where the first address was",
        "Not there: where the first address was is kept by the opening handshake.",
      ),
      ...same("_server _state", internals, "internal: a server's _server and _state"),
      ...different(
        "_removeListeners _shouldEmitClose",
        differences,
        "different: a server's listeners",
        "Not there: close() takes its listeners off the HTTP server all the same.",
      ),
    ],
  },
];
