/**
 * Where the WebSocket of Node.js 22 to 26 itself does otherwise, in one version or another, by the titles of the checks.
 * Nothing is asserted about these.
 */
export const nodeDepartures: Readonly<Record<string, string>> = {};
