/**
 * The error of a client whose server answered with something other than 101: a redirect, a login, a missing page.
 *
 * It carries what the server said, so that the caller can follow, authenticate or explain (RFC 6455 §4.1, last list, item
 * 1). This file does not judge the answer.
 */
import { ConnectionFailed } from "../errors.ts";
import type { HeaderList } from "./header-list.ts";

/** Always with the code `CONNECTION_HANDSHAKE_REFUSED`. */
export class HandshakeRefused extends ConnectionFailed {
  /** The status of the response: any but 101. */
  readonly status: number;
  readonly headers: HeaderList;

  constructor(status: number, headers: HeaderList) {
    super("CONNECTION_HANDSHAKE_REFUSED", `status ${status}`);
    this.status = status;
    this.headers = headers;
  }

  override get name(): string {
    return "HandshakeRefused";
  }
}
