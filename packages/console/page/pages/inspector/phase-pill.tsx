/** How it is with the connection that is looked at, in a colour and in words. */
import type { Talk } from "./entries.ts";
import { useInspectorWords } from "./inspector-words.ts";

export function PhasePill({ talk }: { talk: Talk }) {
  const words = useInspectorWords();
  const { phase, watched, address } = talk;
  const isWatching = watched !== undefined && phase === "open";
  return (
    <p class="phase" data-phase={phase} role="status">
      <span class="phase-dot" aria-hidden="true" />
      {isWatching ? words.watching(watched.path) : words.phases[phase]}
      {phase !== "idle" && address !== undefined && <code>{address.replace(" ", ":")}</code>}
    </p>
  );
}
