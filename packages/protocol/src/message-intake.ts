/**
 * Where frames go: to a reader of whole messages or to one of parts, as the options say.
 */
import type { EngineOptions } from "./engine-options.ts";
import { UsageError } from "./errors.ts";
import type { FrameError, FrameSink } from "./frame-reader.ts";
import type { Leniency } from "./leniency.ts";
import type { TakeControl } from "./message-reader.ts";
import { MessageReader } from "./message-reader.ts";
import type { EngineSettings } from "./options.ts";
import { PartReader } from "./part-reader.ts";

/** Makes messages of frames, or parts of messages. */
export interface MessageIntake extends FrameSink {
  /** Goes on where it waits, if that is possible. */
  proceed(): FrameError | undefined;
  /** Gives back the memory of a message that will not be finished. */
  discard(): void;
}

/** What the engine gives its intake. */
interface IntakeParts {
  readonly control: TakeControl;
  /** Whether the application does not read now. */
  readonly isSuspended: () => boolean;
  readonly limits: EngineSettings;
  readonly leniency: Leniency;
}

/** @throws UsageError `USAGE_OPTION` for streams without `parts` */
export function openIntake(options: EngineOptions, own: IntakeParts): MessageIntake {
  const { events, parts, platform, transform, ready } = options;
  const { control, isSuspended, limits, leniency } = own;
  if (limits.receive === "messages") {
    const sink = events;
    return new MessageReader({ sink, control, platform, limits, transform, leniency, ready });
  }
  if (parts === undefined) throw new UsageError("USAGE_OPTION", "streams need parts");
  return new PartReader({ parts, isSuspended, control, platform, limits, transform, ready });
}
