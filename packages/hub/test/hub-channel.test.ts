/** A contract's type reaches publishers and handlers on the server: the wrong message does not compile. */

import { describe, expect, expectTypeOf, it } from "vitest";
import type { HubChannel } from "@tautline/hub";
import { channel } from "@tautline/wire";
import { TestHub } from "./test-hub.ts";

interface Line {
  readonly text: string;
}

describe("a channel by its contract", () => {
  const chat = channel<Line>("chat");

  it("takes and gives messages of its type", () => {
    const { hub } = new TestHub();
    const hubChannel = hub.channel(chat);
    expect(hubChannel.name).toBe("chat");
    expectTypeOf(hubChannel).toEqualTypeOf<HubChannel<Line>>();
    expectTypeOf<Parameters<HubChannel<Line>["publish"]>[0]>().toEqualTypeOf<Line>();
    hubChannel.onPublish((message) => {
      expectTypeOf(message).toEqualTypeOf<Line>();
    });
    // @ts-expect-error -- a message of another type
    void hubChannel.publish({ txt: "hi" });
  });

  it("knows nothing of messages when it is made by name", () => {
    const { hub } = new TestHub();
    expectTypeOf(hub.channel("chat")).toEqualTypeOf<HubChannel<unknown>>();
    expectTypeOf(hub.channel<Line>("chat")).toEqualTypeOf<HubChannel<Line>>();
  });
});
