// A chat in React, in the front room of the page that `npm start` serves: open both, and they talk with each other.
import { Client } from "@tautline/client";
import { ClientProvider, useChannel, useConnection, usePresence } from "@tautline/client/react";
import { useState } from "react";
import { createRoot } from "react-dom/client";

const room = "chat";
const name = new URLSearchParams(location.search).get("name") ?? "React";
const client = new Client(`ws://${location.host}/connection/websocket`, { data: { name } });
void client.connect();

/** An open server tells of each connection the name that it asked for. */
const nameOf = (member) => member?.info?.name ?? "somebody";

function Line() {
  const { state } = useConnection();
  return <p role="status">{state}</p>;
}

function Talk() {
  const [messages, setMessages] = useState([]);
  const { state, publish } = useChannel(room, {
    onPublication: (message) => setMessages((before) => [...before, message]),
  });
  const [text, setText] = useState("");

  const send = (event) => {
    event.preventDefault();
    void publish({ text }).then(() => setText(""));
  };

  return (
    <section aria-busy={state !== "subscribed"}>
      <ol>
        {messages.map(({ data, publisher }, index) => (
          <li key={index}>{`${nameOf(publisher)}: ${data.text}`}</li>
        ))}
      </ol>
      <form onSubmit={send}>
        <input
          aria-label="Message"
          required
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <button disabled={state !== "subscribed"}>Send</button>
      </form>
    </section>
  );
}

function People() {
  const { members } = usePresence(room);
  return (
    <ul>
      {members.map((member) => (
        <li key={member.client}>{nameOf(member)}</li>
      ))}
    </ul>
  );
}

createRoot(document.querySelector("#app")).render(
  <ClientProvider client={client}>
    <Line />
    <Talk />
    <h2>Here now</h2>
    <People />
  </ClientProvider>,
);
