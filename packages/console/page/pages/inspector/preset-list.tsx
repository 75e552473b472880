/** Frames that try the rules, one click each, with what a server that follows them does. */
import { useInspectorWords } from "./inspector-words.ts";
import { presets } from "./presets.ts";
import type { ProbeLine } from "./probe-line.ts";

export function PresetList({ probe }: { probe: ProbeLine }) {
  const words = useInspectorWords();
  return (
    <ul class="presets">
      {presets.map(({ id, section, closes, frames }) => (
        <li key={id}>
          <button type="button" onClick={() => probe.send({ do: "frames", frames })}>
            <span class="preset-name">
              {words.presets[id].name}
              <span class="preset-verdict" data-legal={closes === undefined ? "" : undefined}>
                {closes === undefined ? words.composer.legal : words.composer.illegal(closes)}
              </span>
            </span>
            <span class="preset-text">
              {words.presets[id].text} <span class="soft">{section}</span>
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}
