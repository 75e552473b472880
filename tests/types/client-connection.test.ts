/** `node` and `hub` never see each other: that their types fit is said here, at compile time. */

import type { ClientConnection, PreparedMessage } from "@tautline/hub";
import type { Connection } from "@tautline/node";
import { prepareMessage } from "@tautline/node";
import { describe, expectTypeOf, it } from "vitest";

/** An assignment: it compiles or it does not. */
const asClientConnection = (connection: Connection): ClientConnection => connection;
const asPrepare: (data: string | Uint8Array) => PreparedMessage = prepareMessage;

describe("a connection of node", () => {
  it("is what the hub asks for", () => {
    expectTypeOf(asClientConnection).parameter(0).toEqualTypeOf<Connection>();
    expectTypeOf<Connection>().toExtend<ClientConnection>();
    expectTypeOf(asPrepare).toBeFunction();
  });
});
