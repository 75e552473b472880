// The page of the chat: what was said, what is being said, and who is here.
import { Client, memberList } from "@tautline/client";

const byId = (id) => document.getElementById(id);
const name = new URLSearchParams(location.search).get("name") ?? prompt("Your name") ?? "";

const client = new Client(`ws://${location.host}/connection/websocket`, { data: { name } });
const lobby = client.subscribe("chat:lobby", { joinLeave: true });

client.onStateChange(({ state, reason }) => {
  report(state === "connected" ? `Here as ${name}` : `${state}: ${reason}`);
});

lobby.onPublication((message) => byId("messages").append(line(message)));

byId("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = byId("text").value;
  byId("text").value = "";
  lobby.publish({ text }).catch((error) => {
    byId("text").value = text;
    report(`Not sent: ${error.message}`);
  });
});

memberList(lobby).onChange(({ current }) => {
  const names = new Set(current.map(({ user }) => user));
  byId("people").replaceChildren(...[...names].map(item));
});

lobby.onStateChange(({ state, recovered }) => {
  // What was missed follows by itself; only who comes for the first time, or was away for too long, starts anew.
  if (state !== "subscribed" || recovered) return;
  byId("messages").replaceChildren();
  void showBefore(lobby.position.offset + 1);
});

/** The place of the topmost message. */
let oldest;

byId("earlier").addEventListener("click", () => void showBefore(oldest));

/** Puts up to 50 messages above the others: those just before the place `offset` of the log. */
async function showBefore(offset) {
  try {
    const since = { ...lobby.position, offset };
    const { publications } = await lobby.history({ limit: 50, since, reverse: true });
    byId("messages").prepend(...publications.toReversed().map(line));
    byId("earlier").hidden = publications.length < 50;
    oldest = publications.at(-1)?.offset;
  } catch (error) {
    report(`No earlier messages: ${error.message}`);
  }
}

function line({ publisher, data }) {
  return item(`${publisher?.user ?? "server"}: ${data.text}`);
}

function item(text) {
  const element = document.createElement("li");
  element.textContent = text;
  return element;
}

function report(text) {
  byId("status").textContent = text;
}

client.connect().catch((error) => report(error.message));
