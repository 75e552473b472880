/**
 * The engine's failures in the words of `ws`: the class, the message and the `code` that its users match on. The close
 * code is the engine's own.
 */
import type { FrameError } from "@tautline/protocol";

interface Row {
  readonly code: string;
  /** Without the prefix that most of them have. */
  readonly text: (error: FrameError) => string;
  readonly prefix?: false;
  /** Most are `RangeError`s. */
  readonly plain?: true;
}

const opcode = (text: string): Row => ({
  code: "WS_ERR_INVALID_OPCODE",
  text: (error) => `${text}${Number(error.detail?.replace("opcode ", "") ?? 0)}`,
});

const size: Row = {
  code: "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH",
  text: () => "Max payload size exceeded",
  prefix: false,
};

const reserved: Row = {
  code: "WS_ERR_UNEXPECTED_RSV_1",
  text: () => "RSV1 must be clear",
};

const otherReserved: Row = {
  code: "WS_ERR_UNEXPECTED_RSV_2_3",
  text: () => "RSV2 and RSV3 must be clear",
};

const rows: Readonly<Partial<Record<FrameError["code"], Row>>> = {
  PROTOCOL_RESERVED_OPCODE: opcode("invalid opcode "),
  PROTOCOL_UNEXPECTED_CONTINUATION: opcode("invalid opcode "),
  PROTOCOL_EXPECTED_CONTINUATION: opcode("invalid opcode "),
  PROTOCOL_UNMASKED_FRAME: { code: "WS_ERR_EXPECTED_MASK", text: () => "MASK must be set" },
  PROTOCOL_MASKED_FRAME: { code: "WS_ERR_UNEXPECTED_MASK", text: () => "MASK must be clear" },
  PROTOCOL_CONTROL_FRAGMENTED: { code: "WS_ERR_EXPECTED_FIN", text: () => "FIN must be set" },
  PROTOCOL_CONTROL_TOO_LONG: {
    code: "WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH",
    text: ({ detail }) => `invalid payload length ${lengthForm(detail)}`,
  },
  PROTOCOL_CLOSE_PAYLOAD: {
    code: "WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH",
    text: () => "invalid payload length 1",
  },
  PROTOCOL_CLOSE_CODE: {
    code: "WS_ERR_INVALID_CLOSE_CODE",
    text: ({ detail }) => `invalid status code ${detail}`,
  },
  PROTOCOL_INVALID_UTF8: {
    code: "WS_ERR_INVALID_UTF8",
    text: () => "invalid UTF-8 sequence",
    plain: true,
  },
  PROTOCOL_INVALID_DEFLATE: {
    code: "Z_DATA_ERROR",
    text: () => "invalid compressed data",
    prefix: false,
    plain: true,
  },
  LIMIT_FRAME_BYTES: size,
  LIMIT_MESSAGE_BYTES: size,
  LIMIT_FRAME_LENGTH: {
    code: "WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH",
    text: () => "Unsupported WebSocket frame: payload length > 2^53 - 1",
    prefix: false,
  },
  LIMIT_FRAGMENTS: {
    code: "WS_ERR_TOO_MANY_BUFFERED_PARTS",
    text: () => "Too many message fragments",
    prefix: false,
  },
};

/** The error that `ws` emits where the engine has failed a connection with `error`. */
export function frameError(error: FrameError): Error & { code: string } {
  const row = rowFor(error);
  if (row === undefined) return error;
  const text = row.text(error);
  const message = row.prefix === false ? text : `Invalid WebSocket frame: ${text}`;
  const translated = row.plain === true ? new Error(message) : new RangeError(message);
  translated.cause = error;
  Object.defineProperty(translated, "cause", { enumerable: false });
  // zlib's number for it stands beside its name.
  const errno = row.code === "Z_DATA_ERROR" ? { errno: -3 } : undefined;
  return Object.assign(translated, errno, { code: row.code });
}

function rowFor(error: FrameError): Row | undefined {
  if (error.code !== "PROTOCOL_RESERVED_BITS") return rows[error.code];
  return (Number.parseInt(error.detail ?? "", 2) & 3) === 0 ? reserved : otherReserved;
}

/** The seven bits that stand in the header of a frame whose length is `detail`. */
function lengthForm(detail: string | undefined): number {
  return Number.parseInt(detail ?? "", 10) < 65_536 ? 126 : 127;
}
