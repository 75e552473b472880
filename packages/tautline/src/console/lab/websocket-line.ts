/** A run's updates over a WebSocket connection, one message each. What the browser says on it is nothing to anybody. */
import type { Connection, UpgradeRequest } from "@tautline/node";
import { CloseCode } from "@tautline/protocol";

import { sendOrCut } from "../send-or-cut.ts";
import type { LabLine, LabRun } from "./lab-run.ts";
import type { Transport } from "./lab-terms.ts";

/** Makes the connection a line of the run. It is closed when the run has one of its kind already. */
export function carryOverWebSocket(
  run: LabRun,
  transport: Transport,
  connection: Connection,
  request: UpgradeRequest,
): void {
  const line: LabLine = {
    push({ text }) {
      run.path.pass(() => sendOrCut(connection, text));
    },
    end: () => connection.close(CloseCode.normal),
  };
  connection.onMessage(() => undefined);
  if (!run.join(transport, line)) {
    connection.close(CloseCode.policyViolation, "there is one already");
    return;
  }
  // A browser opens a socket of its own for each WebSocket, so all of it is this connection's.
  const stop = run.wire[transport].socket(request.raw.socket);
  connection.onClose(() => {
    run.leave(transport, line);
    stop();
  });
}
