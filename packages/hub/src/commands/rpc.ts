/** The rpc command: a procedure of the application, called by name. */

import type { RpcRequest } from "@tautline/wire";
import type { Call } from "../session.ts";
import { payloadOf, valueOf } from "../payload-values.ts";

export async function rpc(call: Call, request: RpcRequest): Promise<void> {
  const { session, context, respond } = call;
  const { method = "" } = request;
  const result = payloadOf(await context.handlers.call(method, valueOf(request.data), session));
  respond({ rpc: result === undefined ? {} : { data: result } });
}
