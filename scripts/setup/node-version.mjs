// Says whether this Node.js is new enough, in syntax that much older versions can still read, so that whoever
// starts with an old one gets a sentence and not a SyntaxError. Everything else in scripts/ is loaded after it.

const required = [20, 19];

export function requireNode() {
  const parts = process.versions.node.split(".").map(Number);
  const enough = parts[0] > required[0] || (parts[0] === required[0] && parts[1] >= required[1]);
  if (enough) return;
  console.error(
    "Tautline needs Node.js " +
      required.join(".") +
      " or newer; this is " +
      process.versions.node +
      " (" +
      process.execPath +
      ").\nInstall a current version from https://nodejs.org or your system's packages and try again.",
  );
  process.exit(1);
}
