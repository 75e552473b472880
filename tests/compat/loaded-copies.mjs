/**
 * Loaded before a scenario: says at its end which files of WebSocket implementations the process has run, by asking
 * the debugger for every script it has parsed. An implementation is known by the GUID of RFC 6455 §1.3, which none can do without,
 * wherever it is hidden.
 */
import { writeFileSync } from "node:fs";
import { Session } from "node:inspector";

// In two halves, so that this file is not found.
const guid = ["258EAFA5", "E914-47DA-95CA-C5AB0DC85B11"].join("-");

function urls(scripts) {
  return scripts.map(({ url }) => url);
}

process.on("exit", () => {
  const session = new Session();
  const scripts = [];
  session.connect();
  session.on("Debugger.scriptParsed", ({ params }) => scripts.push(params));
  session.post("Debugger.enable");
  const files = scripts.map(({ url, scriptId }) => ({
    url: url.startsWith("/") ? `file://${url}` : url,
    scriptId,
  }));
  const inFiles = files.filter(({ url }) => url.startsWith("file:"));
  const copies = inFiles.filter(({ scriptId }) => {
    let found = false;
    session.post("Debugger.getScriptSource", { scriptId }, (_error, result) => {
      found = result?.scriptSource?.includes(guid) === true;
    });
    return found;
  });
  const report = {
    own: urls(inFiles).filter((url) => /\/node_modules\/ws\//u.test(url)),
    copies: urls(copies),
    expected: globalThis.expectedCopies ?? [],
  };
  writeFileSync(process.env.COMPAT_LOADED, JSON.stringify(report));
});
