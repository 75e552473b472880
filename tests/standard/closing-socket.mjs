import { WebSocket } from "@tautline/node";

const socket = new WebSocket(process.argv[2]);
const seen = [];
socket.onopen = () => {
  seen.push("open");
  socket.send("x");
};
socket.onmessage = () => {
  seen.push("message");
  socket.close();
};
socket.onclose = ({ code }) => console.log([...seen, `close ${code}`].join(", "));
