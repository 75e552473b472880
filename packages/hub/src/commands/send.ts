/** The send command: a message of which the client hears no more. */

import type { SendRequest } from "@tautline/wire";
import { disconnects } from "@tautline/wire";
import { refuse } from "../refusal.ts";
import type { Call } from "../session.ts";
import { valueOf } from "../payload-values.ts";

export async function send({ session, context }: Call, request: SendRequest): Promise<void> {
  // There is no reply that could carry an error, and silence would leave the client in the dark.
  if (!context.handlers.takesMessages) throw refuse(disconnects.notAvailable);
  await context.handlers.message(valueOf(request.data), session);
}
