/** What can be asked of a hub from outside, by whichever way it is reached. */

export interface HistoryQuestion {
  readonly limit: number;
  readonly reverse: boolean;
  readonly since: { readonly offset: number; readonly epoch: string } | undefined;
}

/** Answers are in JSON's types, and go out as they are. */
export interface HubDoor {
  publish(channel: string, data: unknown): Promise<void>;
  /** Publications in order. */
  history(channel: string, question: HistoryQuestion): Promise<readonly object[]>;
  /** Who is there. */
  presence(channel: string): Promise<readonly object[]>;
  /** How many are there. */
  presenceStats(channel: string): Promise<object>;
  close(): Promise<void>;
}
