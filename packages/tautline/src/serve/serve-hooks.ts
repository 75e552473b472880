/** The hooks that a server takes: the hub's decisions, and two handlers of the hub besides. */
import type { AnyRpcHandler, DisconnectHandler, Hooks } from "@tautline/hub";

export interface ServeHooks extends Hooks {
  /** Answers the procedures that no code of the server offers. */
  rpc?: AnyRpcHandler;
  /** Learns that a client is gone, and why. */
  disconnect?: DisconnectHandler;
}
