// The server of the chat: who may come in, what a message is, and a log that those who were away catch up from.
//   node examples/chat/server.mjs
import { refuse, serve } from "tautline";

const server = await serve({
  port: Number(process.env.PORT ?? 8080),
  page: false,
  hub: {
    namespaces: {
      chat: { historySize: 500, historyTtlMs: 86_400_000, recovery: "stream" },
    },
  },
  hooks: {
    connect({ data }) {
      const name = data?.name;
      if (typeof name !== "string" || name.trim() === "" || name.length > 40) {
        throw refuse({ code: 4500, reason: "a name of 1 to 40 characters, please" });
      }
      return { user: name.trim() };
    },
  },
});

server.channel("chat:lobby").onPublish(({ text }) => {
  if (typeof text !== "string" || text === "" || text.length > 2000) {
    throw refuse({ code: 400, message: "a text of 1 to 2,000 characters, please" });
  }
});

console.log(`The hub listens on ${server.url}`);
