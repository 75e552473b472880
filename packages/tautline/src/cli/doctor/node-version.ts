/** Whether this Node.js is one that runs everything, and one that is still mended. */
import type { Finding } from "./finding.ts";

/** The oldest that is supported: `engines` in the manifest. */
const least = [20, 19] as const;

/** When a line of Node.js gets its last mends (https://github.com/nodejs/Release). */
const ends: Readonly<Record<number, string>> = {
  20: "2026-04-30",
  22: "2027-04-30",
  24: "2028-04-30",
};

export function judgeNode(version: string, nowMs: number): Finding {
  const name = "Node.js";
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const found = version;
  if (major < least[0] || (major === least[0] && minor < least[1])) {
    const advice = `install Node.js ${least.join(".")} or newer`;
    return { name, verdict: "change", found, advice };
  }
  const end = ends[major];
  if (end !== undefined && nowMs > Date.parse(end)) {
    return {
      name,
      verdict: "note",
      found: `${found}, without security fixes since ${end}`,
      advice: "install a newer line of Node.js",
      source: "https://github.com/nodejs/Release",
    };
  }
  return { name, verdict: "good", found };
}
