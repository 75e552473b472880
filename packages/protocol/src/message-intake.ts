/**
 * Makes messages of frames, or parts of messages: what stands between a reader of frames and an engine.
 */
import type { FrameError, FrameSink } from "./frame-reader.ts";
import type { MessageTransform } from "./message-transform.ts";
import type { Opcode } from "./opcodes.ts";

/** Takes whole messages. */
export interface MessageSink {
  text(message: string): void;
  /** In place of `text`, where it is there: the text's bytes, checked, and the sink's to keep. */
  utf8?(message: Uint8Array): void;
  /** `message` is the sink's to keep. */
  binary(message: Uint8Array): void;
}

/** The engine that messages are read and sent for. */
export interface PartsOwner {
  /** Takes a control frame, whose payload is its to keep, and answers with what is wrong. */
  control(opcode: Opcode, payload: Uint8Array): FrameError | undefined;
  /** Work done elsewhere is back: there is something to proceed with. */
  readonly ready: (() => void) | undefined;
}

export interface MessageIntake extends FrameSink {
  /** Whether it knows nothing of any message: it may serve another owner then. */
  readonly resting: boolean;
  /** Works for `owner` from now on. */
  serve(sink: MessageSink, owner: PartsOwner, transform: MessageTransform | undefined): void;
  /** Goes on where it waits, if that is possible. */
  proceed(): FrameError | undefined;
  /** Gives back the memory of a message that will not be finished. */
  discard(): void;
}
