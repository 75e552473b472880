/** How a message from the peer is written in one line: text made harmless, bytes in hexadecimal. */
import { printable } from "../printable.ts";
import type { Style } from "../style.ts";

/** More bytes than this are counted, not shown. */
const shownBytes = 64;

export function messageText(data: string | Uint8Array, style: Style): string {
  if (typeof data === "string") return printable(data, (escape) => style.dim(escape));
  const shown = data.subarray(0, shownBytes);
  const hex = [...shown].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
  const rest = data.length > shownBytes ? " …" : "";
  const unit = data.length === 1 ? "byte" : "bytes";
  return `${style.dim(`[${data.length} ${unit}]`)} ${hex}${rest}`.trimEnd();
}
