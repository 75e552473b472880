/** A message as a client sends it, cut into frames and compressed if wished. */
import { useState } from "preact/hooks";

import { headerOf } from "./accept-steps.tsx";
import type { Talk } from "./entries.ts";
import { useInspectorWords } from "./inspector-words.ts";
import { fromHex } from "./payload-bytes.ts";
import type { ProbeLine } from "./probe-line.ts";

export function MessageForm({ probe, talk }: { probe: ProbeLine; talk: Talk }) {
  const words = useInspectorWords().composer;
  const [text, setText] = useState("Hello, taut line!");
  const [isHex, setHex] = useState(false);
  const [fragments, setFragments] = useState(1);
  const [compress, setCompress] = useState(false);
  const canCompress = hasDeflate(talk);
  const isBad = isHex && fromHex(text) === undefined;

  const send = (event: Event): void => {
    event.preventDefault();
    if (isBad) return;
    probe.send({
      do: "message",
      opcode: isHex ? 2 : 1,
      payload: isHex ? { hex: text } : { text },
      fragments,
      compress: compress && canCompress,
    });
  };

  return (
    <form class="send-form" onSubmit={send}>
      <textarea
        rows={2}
        aria-label={words.message}
        value={text}
        spellcheck={false}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && !event.shiftKey && !event.isComposing) send(event);
        }}
      />
      {isBad && <p class="remark bad">{words.badHex}</p>}
      <div class="send-row">
        <select
          aria-label={words.content}
          value={isHex ? "hex" : "text"}
          onChange={(event) => setHex(event.currentTarget.value === "hex")}
        >
          <option value="text">{words.asText}</option>
          <option value="hex">{words.asHex}</option>
        </select>
        <label class="inline">
          {words.fragments}
          <input
            type="number"
            min={1}
            max={64}
            value={fragments}
            onInput={(event) => {
              const { valueAsNumber } = event.currentTarget;
              if (valueAsNumber >= 1 && valueAsNumber <= 64) setFragments(valueAsNumber);
            }}
          />
        </label>
        {canCompress && (
          <label class="check">
            <input
              type="checkbox"
              checked={compress}
              onChange={(event) => setCompress(event.currentTarget.checked)}
            />
            {words.compress}
          </label>
        )}
        <button type="submit" class="button primary">
          {words.send}
        </button>
      </div>
    </form>
  );
}

function hasDeflate({ entries }: Talk): boolean {
  const handshake = entries.find((entry) => entry.kind === "handshake");
  const taken = headerOf(handshake?.response, "sec-websocket-extensions") ?? "";
  return taken.includes("permessage-deflate");
}
