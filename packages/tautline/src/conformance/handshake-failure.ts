/** An opening handshake that did not end with a connection: why. */
export class HandshakeFailure extends Error {}
