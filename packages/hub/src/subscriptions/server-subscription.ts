/** A subscription that the server makes for a client, as code on the server asks for it. */

export interface ServerSubscription {
  readonly channel: string;
  /** What members of this channel see of the client besides its `info`, as JSON. */
  readonly info?: unknown;
  /** A word to the client, as JSON. */
  readonly data?: unknown;
  /** Whether the client is told who comes and goes. Default: false. */
  readonly joinLeave?: boolean | undefined;
}
