/**
 * The schemas that publications of clients are held to, by the names of their channels. What schemas are for is said in
 * `checked-value.ts`.
 */
import type { ChannelContract, ChannelPattern, StandardSchema } from "@tautline/wire";

/** Channels by name or by pattern, as `channel` and `channels` declare them. */
export type AnyContract =
  | Pick<ChannelContract<unknown>, "name" | "schema">
  | Pick<ChannelPattern<unknown, unknown>, "pattern" | "schema" | "match">;

export class Contracts {
  readonly #byName = new Map<string, StandardSchema>();
  readonly #byPattern: { matches: (name: string) => boolean; schema: StandardSchema }[] = [];

  /** @throws RangeError when a contract has no schema: nothing would be checked */
  constructor(contracts: readonly AnyContract[]) {
    for (const contract of contracts) {
      const { schema } = contract;
      if (schema === undefined) {
        const name = "name" in contract ? contract.name : contract.pattern;
        throw new RangeError(`The contract of ${name} has no schema`);
      }
      if ("name" in contract) this.#byName.set(contract.name, schema);
      else {
        const matches = (name: string): boolean => contract.match(name) !== undefined;
        this.#byPattern.push({ matches, schema });
      }
    }
  }

  /** The schema of a channel's messages: that of its name before those of patterns, which are tried in their order. */
  schemaOf(channel: string): StandardSchema | undefined {
    return (
      this.#byName.get(channel) ?? this.#byPattern.find(({ matches }) => matches(channel))?.schema
    );
  }
}
