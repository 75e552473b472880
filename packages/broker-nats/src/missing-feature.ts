/** Why a NATS server is not enough, for people who start a server with it. */

/**
 * What is missing:
 * - `NATS_WITHOUT_JETSTREAM`: the server, or the account, has no JetStream, which keeps logs, idempotency keys and members.
 */
export type MissingFeatureCode = "NATS_WITHOUT_JETSTREAM";

export class MissingFeature extends Error {
  readonly code: MissingFeatureCode;

  constructor(code: MissingFeatureCode, message: string) {
    super(message);
    this.name = "MissingFeature";
    this.code = code;
  }
}

/** @param what the features that are asked for, as they stand in a sentence */
export function withoutJetStream(what: string): MissingFeature {
  return new MissingFeature(
    "NATS_WITHOUT_JETSTREAM",
    `This NATS server has no JetStream (nats-server -js), which ${what} need: core NATS carries publications to whoever listens, and keeps nothing`,
  );
}
