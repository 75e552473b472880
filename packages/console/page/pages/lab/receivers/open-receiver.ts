/** Which receiver a transport has, and where its updates are. */
import { consoleUrl } from "../../../access/console-access.ts";
import type { Transport } from "../transports.ts";
import { openLongPolling, openShortPolling } from "./polling.ts";
import type { OpenReceiver, Receiver, ReceiverSetup } from "./receiver.ts";
import { openSocket } from "./socket.ts";
import { openHttpStream, openSse } from "./streams.ts";

const opener: Readonly<Record<Transport, OpenReceiver>> = {
  "short-polling": openShortPolling,
  "long-polling": openLongPolling,
  sse: openSse,
  "http-stream": openHttpStream,
  websocket: openSocket,
  "websocket-deflate": openSocket,
};

export type ReceiverEvents = Pick<ReceiverSetup, "pollMs" | "heard" | "failed">;

export function openReceiver(run: string, transport: Transport, events: ReceiverEvents): Receiver {
  const part = transport === "websocket-deflate" ? "lab-deflate" : "lab";
  const socketUrl = consoleUrl(`${part}?run=${run}`);
  socketUrl.protocol = socketUrl.protocol === "https:" ? "wss:" : "ws:";
  return opener[transport]({
    ...events,
    url: (after) => consoleUrl(`lab/${run}/${transport}?after=${after}`).href,
    socketUrl: socketUrl.href,
  });
}
