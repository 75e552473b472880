/** What to look at: an address to dial, or one of the server's own connections to watch; and how it is with it. */
import { useEffect, useState } from "preact/hooks";

import { useLine } from "../../line/line-context.ts";
import { useValue } from "../../shell/observable.ts";
import { ConnectionPicker } from "./connection-picker.tsx";
import { DialForm } from "./dial-form.tsx";
import type { Talk } from "./entries.ts";
import { useInspectorWords } from "./inspector-words.ts";
import type { ProbeLine } from "./probe-line.ts";
import { problemText } from "./problem-text.ts";

export function TargetBar(props: {
  probe: ProbeLine;
  talk: Talk;
  parts: readonly string[];
  onBegin: () => void;
}) {
  const words = useInspectorWords();
  const { probe, talk, parts } = props;
  const state = useValue(probe.state);
  const mistake = useValue(probe.mistake);
  const [mode, setMode] = useState<"dial" | "watch">(parts[0] === "watch" ? "watch" : "dial");
  const line = useLine();

  // The address may ask for another mode while the page is open.
  useEffect(() => {
    if (parts[0] === "watch") setMode("watch");
  }, [parts[0]]);
  // Whoever wants to watch their own chat needs a line that can be watched.
  useEffect(() => {
    if (mode === "watch") line.openAsGuest();
  }, [mode, line]);

  const begins = { probe, talk, onBegin: props.onBegin };
  return (
    <>
      <header class="inspector-head">
        <h1>{words.title}</h1>
        <p class="tagline">{words.tagline}</p>
        <div class="segments" role="group" aria-label={words.target.mode}>
          {(["dial", "watch"] as const).map((known) => (
            <button
              key={known}
              type="button"
              aria-pressed={known === mode}
              onClick={() => setMode(known)}
            >
              {words.target[known]}
            </button>
          ))}
        </div>
      </header>
      <section class="target panel" aria-label={words.target[mode]}>
        {mode === "dial" ? (
          <DialForm {...begins} asked={parts[0] === "dial" ? parts[1] : undefined} />
        ) : (
          <ConnectionPicker {...begins} ownWanted={parts[0] === "watch" && parts[1] === "own"} />
        )}
        <div role="status" class="target-status">
          {state === "lost" && <p class="remark bad">{words.target.lost}</p>}
          {mistake !== undefined && (
            <p class="remark bad">{words.target.mistake(problemText(words, mistake))}</p>
          )}
        </div>
      </section>
    </>
  );
}
