// A client that ends its process right after it has sent. Arguments: the address, and when.
import WebSocket from "ws";

const [, , url, when] = process.argv;
const socket = new WebSocket(url);
const leave = () => {
  socket.send("one");
  socket.send("two");
  process.exit();
};

if (when === "at a message") socket.on("message", leave);
else if (when === "in a timer") socket.on("open", () => setTimeout(leave));
else socket.on("open", leave);
