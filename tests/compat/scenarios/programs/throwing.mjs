// A client whose listener throws at its first message, and whose process goes on all the same. Argument: the address.
import WebSocket from "ws";

const socket = new WebSocket(process.argv[2]);
const seen = [];
process.on("uncaughtException", (error) => {
  seen.push(error.message);
  socket.send("next");
});
socket.on("message", (data) => {
  if (seen.length === 0) throw new Error("a bug");
  seen.push(String(data));
});
socket.on("close", () => console.log(seen.join(", ")));
