/** Times of tokens, as people write and read them. */
import { UsageMistake } from "../command.ts";

const secondsIn: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/**
 * `30s`, `15m`, `1h`, `7d` or a number of seconds, in seconds; `undefined` for `never`.
 *
 * @throws UsageMistake for anything else
 */
export function lifetimeSeconds(text: string): number | undefined {
  if (text === "never") return undefined;
  const [, digits, unit = "s"] = /^(\d{1,9})([smhd])?$/u.exec(text) ?? [];
  if (digits === undefined || Number(digits) === 0) {
    throw new UsageMistake(
      `--expires takes a time such as 30s, 15m, 1h, 7d, or never, not '${text}'`,
    );
  }
  return Number(digits) * (secondsIn[unit] ?? 1);
}

const units = [
  { name: "day", seconds: 86_400 },
  { name: "hour", seconds: 3600 },
  { name: "minute", seconds: 60 },
  { name: "second", seconds: 1 },
] as const;

/** A claim's time (RFC 7519 §2, NumericDate), as in `2026-01-31T12:00:00Z (in 2 hours)`. */
export function readableTime(claim: unknown, nowMs: number): string {
  if (typeof claim !== "number" || !Number.isFinite(claim) || Math.abs(claim) > 8.64e12) {
    return `${JSON.stringify(claim)} (no time)`;
  }
  const date = new Date(claim * 1000).toISOString().replace(/\.\d+Z$/u, "Z");
  return `${date} (${distance(claim - nowMs / 1000)})`;
}

function distance(seconds: number): string {
  const size = Math.abs(seconds);
  const unit = units.find((one) => size >= one.seconds);
  if (unit === undefined) return "now";
  const count = Math.floor(size / unit.seconds);
  const text = `${count} ${unit.name}${count === 1 ? "" : "s"}`;
  return seconds > 0 ? `in ${text}` : `${text} ago`;
}
