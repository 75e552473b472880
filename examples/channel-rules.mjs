// A server with channels, and a rule of its own: what clients publish is looked at before anybody sees it.
//   node examples/channel-rules.mjs
// Then open the address it prints, and try to shout.
import { refuse, serve } from "tautline";

const server = await serve({ port: Number(process.env.PORT ?? 8080) });

server.channel("chat").onPublish((message, from) => {
  console.log(`${JSON.stringify(from.info)} says ${JSON.stringify(message)}`);
  if (/[A-Z]{6}/.test(message.text)) throw refuse({ code: 400, message: "no shouting, please" });
});

console.log(`Chat with rules on ${server.url}`);
