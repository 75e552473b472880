/** The state of the connection in a component. */

import { useSyncExternalStore } from "react";
import type { ConnectionStatus } from "../connector.ts";
import { useClient } from "./client-context.ts";

/** Where the client stands, and why; the component is rendered again with each change. */
export function useConnection(): ConnectionStatus {
  const client = useClient();
  const status = (): ConnectionStatus => client.status;
  return useSyncExternalStore((changed) => asVoid(client.onStateChange(changed)), status, status);
}

function asVoid(cancel: () => unknown): () => void {
  return () => void cancel();
}
