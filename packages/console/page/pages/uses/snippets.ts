/** The few lines of each application that matter, as they would stand in anybody's own. */
import type { UseId } from "./use-list.ts";

export const snippets: Readonly<Record<UseId, string>> = {
  notifications: `const inbox = client.subscribe("uses-notices:to/Ada");
inbox.onPublication(({ data }) => show(data));
// After a break: what was missed follows by itself, or the log is read.
inbox.onStateChange(async ({ state, recovered }) => {
  if (state !== "subscribed" || recovered) return;
  const { publications } = await inbox.history({ limit: 100, reverse: true });
  for (const { data } of publications) show(data);
});
await client.rpc("uses.notices.send", { id, to: "Ada", text: "Tea is ready" });`,
  game: `const { channel } = await client.rpc("uses.game.board");
client.subscribe(channel).onPublication(({ data }) => arena.hear(data, performance.now()));
const { seat } = await client.rpc("uses.game.join");
// The latest direction, thirty times a second at most.
setInterval(() => wheel.beat(), 1000 / 30);
requestAnimationFrame(function draw(now) {
  place(arena.drawnAt(now));
  requestAnimationFrame(draw);
});`,
  quotes: `const market = client.subscribe("uses-quotes:market", { delta: "fossil" });
market.onPublication(({ data }) => (tape = withPicture(tape, data)));
market.onStateChange(async ({ state }) => {
  if (state === "subscribed") tape = await client.rpc("uses.quotes.watch");
});`,
  document: `const channel = client.subscribe("uses-document:notes");
channel.onPublication(({ data }) => Y.applyUpdate(doc, fromBase64(data.update)));
doc.on("update", (update, origin) => {
  if (origin === typedHere) outbox.push(update);
});
await channel.publish({ kind: "edit", update: toBase64(Y.mergeUpdates(outbox)) });`,
  monitor: `// The device
client.subscribe("uses-device:wanted").onPublication(({ data }) => {
  lamp = obey(lamp, data);
  client.publish("uses-device:state", { ...lamp, command: data.id });
});
// The remote control
await client.rpc("uses.device.command", { id, on: true, brightness: 80 });`,
};
