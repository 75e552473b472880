/** Which clients a request means. */
import type { ClientSelection } from "@tautline/hub";

import { badRequest, notAvailable } from "./api-error.ts";

/** @throws ApiError when nobody is named, or by what nobody can be found here */
export function selectionIn(request: {
  readonly user?: string | undefined;
  readonly client?: string | undefined;
  readonly session?: string | undefined;
}): ClientSelection {
  const { user, client = "", session = "" } = request;
  // Left out of account it would do to all of the user's clients what was meant for one.
  if (session !== "") throw notAvailable("session");
  if (client === "") {
    if (user === undefined) throw badRequest("user or client has to be there");
    return { user };
  }
  // Who names the client may leave the user out, and most libraries write "" for that.
  return user === undefined || user === "" ? { client } : { user, client };
}
