/** Whether processes can listen on one port each by themselves; where they cannot, `node:cluster` hands connections over. */

/**
 * Linux spreads connections over all that listen (`SO_REUSEPORT`); Node.js has the option from 22.12 and 23.1 on. Elsewhere
 * the system has it without spreading, or not at all.
 */
export function sharesPorts(
  platform: string = process.platform,
  version: string = process.versions.node,
): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const has = major > 23 || (major === 23 && minor >= 1) || (major === 22 && minor >= 12);
  return platform === "linux" && has;
}
