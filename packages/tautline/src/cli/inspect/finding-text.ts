/** A finding in lines for people. What comes from the file is made harmless. */
import { isUtf8 } from "node:buffer";
import type {
  Finding,
  FrameFinding,
  HandshakeFinding,
  MessageFinding,
  Side,
} from "../../inspect/finding.ts";
import { opcodeName } from "../../inspect/frame-scanner.ts";
import { closeText } from "../connect/close-text.ts";
import { printable } from "../printable.ts";
import type { Style } from "../style.ts";

const shownText = 200;
const shownBytes = 32;

export function findingText(finding: Finding, style: Style): string {
  switch (finding.kind) {
    case "connection":
      return `\n${style.bold(`#${finding.connection}`)} ${printable(finding.client)} → ${printable(finding.server)}\n`;
    case "handshake":
      return handshakeText(finding, style);
    case "frame":
      return frameText(finding, style);
    case "message":
      return messageText(finding, style);
    case "note":
    default:
      return `${style.yellow("note")} ${number(finding.connection)}${printable(finding.text)}\n`;
  }
}

const number = (connection: number | undefined): string =>
  connection === undefined ? "" : `#${connection}: `;

function handshakeText(finding: HandshakeFinding, style: Style): string {
  const { request, response, acceptComputed, acceptReceived, problems } = finding;
  const lines = [request, response].flatMap((head) =>
    head === undefined
      ? []
      : [
          style.bold(printable(head.startLine)),
          ...head.headers.map(
            ({ name, value }) => `  ${style.cyan(printable(name))}: ${printable(value)}`,
          ),
        ],
  );
  const accept =
    acceptComputed === undefined
      ? []
      : [
          `  accept key: base64(SHA-1(key + GUID)) = ${acceptComputed}${acceptReceived === acceptComputed ? style.green(" as received") : ""}`,
        ];
  return [...lines, ...accept, ...problems.map((problem) => problemLine(problem, style))]
    .map((line) => `  ${line}\n`)
    .join("");
}

const problemLine = (problem: string, style: Style): string =>
  `  ${style.red("wrong:")} ${problem}`;

function arrow(from: Side, style: Style): string {
  return from === "client" ? style.cyan("→") : style.green("←");
}

/** Of the day, in UTC, as in 13:05:09.123. */
function timeText(at: number | undefined): string {
  const isTime = at !== undefined && at >= 0 && at < 8.64e15;
  return isTime ? `${new Date(at).toISOString().slice(11, 23)} ` : "";
}

function frameText(finding: FrameFinding, style: Style): string {
  const { connection, from, at, fin, rsv, opcode, maskKey, payloadLength } = finding;
  const bits = [fin ? "FIN" : "", ...rsv.map((bit, i) => (bit ? `RSV${i + 1}` : ""))].filter(
    Boolean,
  );
  const length = `${payloadLength} ${payloadLength === 1 ? "byte" : "bytes"}`;
  const parts = [
    `#${connection} ${timeText(at)}${arrow(from, style)} ${style.bold(opcodeName(opcode).padEnd(7))}`,
    (bits.join(" ") || "–").padEnd(8),
    length,
    maskKey === undefined ? "" : style.dim(`mask ${maskKey}`),
    contentText(finding),
  ];
  const problems = finding.problems.map((problem) => `  ${problemLine(problem, style)}\n`);
  return `  ${parts.filter(Boolean).join("  ")}\n${problems.join("")}`;
}

function contentText({ opcode, payload, inflated, inflatedLength, rsv }: FrameFinding): string {
  if (opcode === 8 && payload.byteLength >= 2) {
    const bytes = Buffer.from(payload);
    return closeText({ code: bytes.readUInt16BE(0), reason: bytes.toString("utf8", 2) });
  }
  if (inflated === undefined) return payloadText(payload, opcode === 2 || rsv[0]);
  return `inflated to ${inflatedLength ?? 0}: ${payloadText(inflated, false)}`;
}

function messageText(finding: MessageFinding, style: Style): string {
  const { connection, at, from, opcode, payload, payloadLength } = finding;
  const head = `#${connection} ${timeText(at)}${arrow(from, style)} ${style.bold(opcodeName(opcode).padEnd(7))}`;
  return `  ${head}  ${payloadLength} bytes  ${payloadText(payload, opcode === 2)}\n`;
}

function payloadText(payload: Uint8Array, isBinary: boolean): string {
  if (!isBinary && isUtf8(payload)) {
    const text = Buffer.from(payload.subarray(0, 4 * shownText)).toString();
    return `${printable(text.slice(0, shownText))}${text.length > shownText ? "…" : ""}`;
  }
  const hex = Buffer.from(payload.subarray(0, shownBytes)).toString("hex");
  return `${hex.replaceAll(/..(?=.)/g, "$& ")}${payload.byteLength > shownBytes ? " …" : ""}`;
}
