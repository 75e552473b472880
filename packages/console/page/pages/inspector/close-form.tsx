/** A Close with code and reason, those that must not be sent included. */
import { useState } from "preact/hooks";

import { useInspectorWords } from "./inspector-words.ts";
import { closePayload } from "./orders.ts";
import type { ProbeLine } from "./probe-line.ts";

export function CloseForm({ probe }: { probe: ProbeLine }) {
  const words = useInspectorWords();
  const [code, setCode] = useState("1000");
  const [reason, setReason] = useState("");
  const number = Number(code);
  const isCode = /^\d{1,5}$/u.test(code) && number < 65_536;
  return (
    <form
      class="send-form"
      onSubmit={(event) => {
        event.preventDefault();
        const payload = closePayload(isCode ? number : undefined, isCode ? reason : "");
        probe.send({ do: "frames", frames: [{ opcode: 8, payload }] });
      }}
    >
      <div class="send-row">
        <label class="inline">
          {words.composer.code}
          <input
            list="close-codes"
            inputMode="numeric"
            value={code}
            placeholder={words.composer.noCode}
            onInput={(event) => setCode(event.currentTarget.value.trim())}
          />
        </label>
        <datalist id="close-codes">
          {Object.keys(words.closeCodes).map((known) => (
            <option key={known} value={known} />
          ))}
        </datalist>
        <label class="inline grows">
          {words.composer.reason}
          <input value={reason} onInput={(event) => setReason(event.currentTarget.value)} />
        </label>
        <button type="submit" class="button primary">
          {words.composer.sendClose}
        </button>
      </div>
      <p class="hint">
        {isCode ? (words.closeCodes[number] ?? words.closeRanges.unknown) : words.frame.noCloseCode}
      </p>
    </form>
  );
}
