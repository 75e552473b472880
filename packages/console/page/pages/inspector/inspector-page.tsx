/**
 * The wire inspector: what to look at on top, the traffic on the left, what is chosen from it on the right. The traffic comes from the
 * server's probe, which dials for the page or watches one of the server's own connections.
 */
import { useEffect, useMemo, useState } from "preact/hooks";

import { useValue } from "../../shell/observable.ts";
import { Composer } from "./composer.tsx";
import { Details } from "./details.tsx";
import type { Entry, Talk } from "./entries.ts";
import { ProbeLine } from "./probe-line.ts";
import { TargetBar } from "./target-bar.tsx";
import { Traffic } from "./traffic.tsx";
import "./inspector.css";

export function InspectorPage(props: { parts: readonly string[] }) {
  const probe = useMemo(() => new ProbeLine(), []);
  useEffect(() => () => probe.close(), [probe]);
  const talk = useValue(probe.talk);
  const [chosen, choose] = useState<number | undefined>(undefined);
  const entry = talk.entries.find(({ id }) => id === chosen) ?? firstOf(talk);

  return (
    <div class="inspector">
      <TargetBar probe={probe} talk={talk} parts={props.parts} onBegin={() => choose(undefined)} />
      <div class="inspector-body">
        <div class="inspector-left">
          <Traffic probe={probe} talk={talk} chosen={entry?.id} onChoose={choose} />
          <Composer probe={probe} talk={talk} />
        </div>
        <Details talk={talk} entry={entry} onChoose={choose} />
      </div>
    </div>
  );
}

/** What is looked at before anything is chosen: the handshake, or why there was none. */
function firstOf({ entries }: Talk): Entry | undefined {
  const handshake = entries.find(({ kind }) => kind === "handshake");
  return handshake ?? entries.find(({ kind }) => kind === "end");
}
