/** The one thing that can be wrong with a good message on its way out. */

/**
 * Bytes that are no JSON were to go where only JSON can: to a connection that speaks it. The message cannot be encoded; a
 * server ends such a connection with the disconnect `inappropriateProtocol`.
 */
export class PayloadMismatch extends Error {
  constructor() {
    super("Bytes that are no JSON cannot travel on a JSON connection");
    this.name = "PayloadMismatch";
  }
}
