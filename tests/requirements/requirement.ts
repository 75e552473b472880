/**
 * The form of one requirement of a specification. Each specification has a file of its own with a list of them.
 */
export interface Requirement {
  /** `RFC<number>-<section>-<n>`: stable, cited by tests. */
  readonly id: string;
  /** The section that states it. */
  readonly section: string;
  /** The strength of its key word; the text says whether it demands or forbids. */
  readonly level: "MUST" | "SHOULD";
  /** Whom it binds. */
  readonly role: "client" | "server" | "both";
  /** What it demands, in our own words. */
  readonly text: string;
  /** Why no test can cite it: it binds a party that Tautline is not. */
  readonly notApplicable?: string;
  /** Why Tautline knowingly does otherwise. Such an item is an open debt, not a pass. */
  readonly departure?: string;
}

/** A specification's requirements and the prefix that its ids carry. */
export interface Specification {
  readonly prefix: string;
  readonly requirements: readonly Requirement[];
}
