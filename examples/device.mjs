// A lamp in a terminal: it obeys the remote control on the console's page, and says what it does.
//   node examples/device.mjs http://localhost:8080
// Then open that address with #/uses/monitor, and switch the light.
import { Client } from "@tautline/client";
import { WebSocket } from "@tautline/node";

const [server = "http://localhost:8080"] = process.argv.slice(2);
const client = new Client(new URL("/connection/websocket", server), {
  webSocket: WebSocket,
  data: { name: "Lamp" },
});
const lamp = { on: false, brightness: 70, warmth: 21, command: "" };

const report = () => client.publish("uses-device:state", lamp).catch(() => undefined);

// The channel keeps the newest command: a lamp that was away hears of it when it is back.
client.subscribe("uses-device:wanted").onPublication(({ data: { id, on, brightness } }) => {
  if (id === lamp.command) return;
  Object.assign(lamp, { on, brightness, command: id });
  console.log(on ? `on, ${"█".repeat(Math.ceil(brightness / 5))} ${brightness} %` : "off");
  void report();
});

// Whoever is a member of the channel of reports is there.
client.subscribe("uses-device:state", { joinLeave: true, echo: false }).onStateChange((change) => {
  if (change.state === "subscribed") void report();
});

client.onStateChange(({ state }) => console.log(state));
await client.connect();
