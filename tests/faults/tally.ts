/** What became of messages while something was wrong: the numbers of a row of the table. */

export interface Tally {
  engine: string;
  fault: string;
  /** How often it happened. */
  times: number;
  /** Publications that were tried. */
  sent: number;
  /** Those that were acknowledged. */
  acknowledged: number;
  /** Those that the follower has got, acknowledged or not. */
  delivered: number;
  /** Those among them that came with a recovery. */
  recovered: number;
  /** Those that were acknowledged and did not arrive. */
  lost: number;
  /** Those that arrived once more. */
  doubled: number;
}
