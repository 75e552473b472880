/** The pill in the header: how the line is, in a colour and in words. */
import { useEffect, useState } from "preact/hooks";

import type { Dictionary } from "../language/dictionary.ts";
import { useWords } from "../language/language.tsx";
import { useValue } from "../shell/observable.ts";
import { useLine } from "./line-context.ts";
import type { LineState } from "./line-state.ts";
import { secondsUntil } from "./line-state.ts";

export function LineStatus() {
  const words = useWords();
  const line = useLine();
  const state = useValue(line.state);
  const online = useOnline();
  const now = useTicking(state.kind === "reconnecting" && state.retryAt !== undefined);
  const down = !online && state.kind !== "connected";
  const text = down ? words.line.offline : describe(state, words, now);
  return (
    <div class="status" data-state={down ? "offline" : state.kind}>
      <span class="status-dot" aria-hidden="true" />
      <span class="status-text" title={text}>
        {text}
      </span>
      {state.kind === "reconnecting" && state.retryAt !== undefined && (
        <button type="button" class="link" onClick={() => line.retryNow()}>
          {words.line.tryNow}
        </button>
      )}
    </div>
  );
}

function describe(state: LineState, words: Dictionary, now: number): string {
  if (state.kind === "refused") return words.line.refused(state.reason);
  if (state.kind !== "reconnecting") return words.line[state.kind];
  return state.retryAt === undefined
    ? words.line.reconnectingNow
    : words.line.reconnectingIn(secondsUntil(state.retryAt, now));
}

/** What the browser thinks of the network; it is sure only when it says no. */
function useOnline(): boolean {
  const [online, setOnline] = useState(navigator.onLine);
  useEffect(() => {
    const follow = (): void => setOnline(navigator.onLine);
    addEventListener("online", follow);
    addEventListener("offline", follow);
    return () => {
      removeEventListener("online", follow);
      removeEventListener("offline", follow);
    };
  }, []);
  return online;
}

/** The time, renewed four times a second while `running`. */
function useTicking(running: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    setNow(Date.now());
    if (!running) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(timer);
  }, [running]);
  return now;
}
