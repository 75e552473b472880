/**
 * Traces, as the hub writes them: what was done, how long it took, and what became of it. OpenTelemetry fits behind it; a
 * hub without a tracer makes no spans and pays nothing.
 */

/** What a span is about, by the names that its reader knows. */
export type SpanAttributes = Readonly<Record<string, string | number>>;

/** A span under way, as the work in it sees it. */
export interface Span {
  /** What is known of it only now. */
  attribute(name: string, value: string | number): void;
  /** The work did not succeed; it is told why, without anything that nobody should read. */
  fail(reason: string): void;
}

export interface Tracer {
  /**
   * Does the work within a span, which is the parent of all that are begun in it. It has to call `work` once, at once, and
   * to give what it gives.
   */
  span<Result>(
    name: string,
    attributes: SpanAttributes,
    work: (span: Span) => Promise<Result>,
  ): Promise<Result>;
}
