/**
 * Takes messages in parts, as they arrive. Called from within `receive`, `proceed` and `resumeReceiving`; must not throw.
 *
 * Where `closed` comes before `end`, the message was cut off.
 */
export interface MessageParts {
  /** A message begins. */
  begin(type: "text" | "binary"): void;
  /**
   * The next bytes, at least one; those of a text are valid UTF-8 so far, and may end within a character. They are the
   * callee's during the call only, to read and not to change.
   */
  part(bytes: Uint8Array): void;
  /** The message is complete. */
  end(): void;
}
