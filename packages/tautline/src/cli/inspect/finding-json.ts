/** A finding as a line of JSON. Payloads that are UTF-8 are text, others base64. */
import { isUtf8 } from "node:buffer";
import type { Finding } from "../../inspect/finding.ts";
import { opcodeName } from "../../inspect/frame-scanner.ts";

export function findingJson(finding: Finding): string {
  return `${JSON.stringify(members(finding))}\n`;
}

function members(finding: Finding): object {
  if (finding.kind !== "frame" && finding.kind !== "message") return finding;
  const { payload, ...rest } = finding;
  const common = { ...rest, opcodeName: opcodeName(finding.opcode), payload: payloadOf(payload) };
  if (finding.kind === "message") return common;
  const { inflated } = finding;
  return {
    ...common,
    inflated: inflated === undefined ? undefined : payloadOf(inflated),
    ...(finding.opcode === 8 && payload.byteLength >= 2
      ? { closeCode: Buffer.from(payload).readUInt16BE(0) }
      : {}),
  };
}

function payloadOf(bytes: Uint8Array): { readonly text: string } | { readonly base64: string } {
  const whole = Buffer.from(bytes);
  return isUtf8(bytes) ? { text: whole.toString() } : { base64: whole.toString("base64") };
}
