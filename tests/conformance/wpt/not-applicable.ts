/** Files whose subject Node.js does not have, each with what that is. */
export const notApplicable: Readonly<Record<string, string>> = {
  "back-forward-cache-closes-open-websocket-connection.tentative.window.js":
    "no pages that a user goes back to",
  "back-forward-cache-with-closed-websocket-connection-ccns.tentative.window.js":
    "no pages that a user goes back to",
  "back-forward-cache-with-closed-websocket-connection.window.js":
    "no pages that a user goes back to",
  "back-forward-cache-with-open-websocket-connection-and-close-it-in-pagehide.window.js":
    "no pages that a user goes back to",
  "back-forward-cache-with-open-websocket-connection-ccns.tentative.window.js":
    "no pages that a user goes back to",
  "back-forward-cache-with-open-websocket-connection.window.js":
    "no pages that a user goes back to",
  "Create-on-worker-shutdown.any.js": "about workers that a page takes down with it",
  "constructor/target-address-space.any.js":
    "`targetAddressSpace` guards a user's local network against pages, and is not in the standard",
  "cookies/001.html": "no cookie store",
  "cookies/002.html": "no cookie store",
  "cookies/003.html": "no cookie store",
  "cookies/004.html": "no cookie store",
  "cookies/005.html": "no cookie store",
  "cookies/006.html": "no cookie store",
  "cookies/007.html": "no cookie store",
  "cookies/cross-origin-cookie-set.html": "no cookie store",
  "cookies/third-party-cookie-accepted.https.html": "no cookie store",
  "mixed-content.https.any.js": "no page whose own scheme could forbid ws:",
  "multi-globals/message-received.html": "no frames with globals of their own",
  "multi-globals/url-parsing/current/current.html": "no frames with globals of their own",
  "multi-globals/url-parsing/url-parsing.html": "no frames with globals of their own",
  "opening-handshake/003-sets-origin.worker.js": "no page whose origin a worker could send",
  "remove-own-iframe-during-onerror.window.js": "no frames that can be removed",
  "security/002.html": "is about XMLHttpRequest, which Node.js does not have",
  "unload-a-document/001.html": "no documents that are left",
  "unload-a-document/002.html": "no documents that are left",
  "unload-a-document/003.html": "no documents that are left",
  "unload-a-document/004.html": "no documents that are left",
  "unload-a-document/005.html": "no documents that are left",
};
