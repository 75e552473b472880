/** Starts the page: one line to the hub of the server the page came from, and the frame with its pages. */
import { render } from "preact";

import { consoleAccess } from "./access/console-access.ts";
import { HubLine } from "./line/hub-line.ts";
import { App } from "./shell/app.tsx";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/shell.css";

/** The hub stands beside the page, also when a proxy serves both below a path. */
function hubAddress(): string {
  const address = new URL("./connection/websocket", location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  address.hash = "";
  address.search = "";
  return address.href;
}

consoleAccess.takeFromAddress("#/");
// Whoever pastes the link while the page is open stays where they are. The router listens later, and sees no token.
addEventListener("hashchange", ({ oldURL }) => {
  consoleAccess.takeFromAddress(new URL(oldURL).hash || "#/");
});
const root = document.querySelector("#app");
if (root !== null) render(<App line={new HubLine(hubAddress())} />, root);
