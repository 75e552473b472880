import { WebSocket } from "@tautline/node";

new WebSocket(process.argv[2]).onclose = ({ code }) => console.log(`close ${code}`);
