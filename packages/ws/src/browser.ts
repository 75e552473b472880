/**
 * What bundlers for browsers get: a function that says so, in the words that `ws` has for it.
 */
function unsupported(): never {
  throw new Error(
    "ws does not work in the browser. Browser clients must use the native WebSocket object",
  );
}

export { unsupported as default, unsupported as "module.exports" };
