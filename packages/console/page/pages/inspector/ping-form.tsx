/** A ping with a payload of one's choice. */
import { useState } from "preact/hooks";

import { useInspectorWords } from "./inspector-words.ts";
import type { ProbeLine } from "./probe-line.ts";

export function PingForm({ probe }: { probe: ProbeLine }) {
  const words = useInspectorWords().composer;
  const [text, setText] = useState("are you there?");
  return (
    <form
      class="send-form send-row"
      onSubmit={(event) => {
        event.preventDefault();
        probe.send({ do: "frames", frames: [{ opcode: 9, payload: { text } }] });
      }}
    >
      <input
        aria-label={words.content}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <button type="submit" class="button primary">
        {words.sendPing}
      </button>
    </form>
  );
}
