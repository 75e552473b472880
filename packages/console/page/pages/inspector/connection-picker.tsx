/** The open connections of this server, for choosing one to watch; the one of this very window first. */
import { useEffect, useState } from "preact/hooks";

import { useSpeech } from "../../language/language.tsx";
import { useLine } from "../../line/line-context.ts";
import { useValue } from "../../shell/observable.ts";
import { browserName, ownFirst, personOf } from "./connection-facts.ts";
import { isGoing } from "./dial-form.tsx";
import type { Talk } from "./entries.ts";
import { useInspectorWords } from "./inspector-words.ts";
import { PhasePill } from "./phase-pill.tsx";
import type { ProbeLine } from "./probe-line.ts";
import type { ListedConnection } from "./seen-events.ts";

const refreshMs = 2_000;

export function ConnectionPicker(props: {
  probe: ProbeLine;
  talk: Talk;
  /** Watch this window's own chat as soon as it is there. */
  ownWanted: boolean;
  onBegin: () => void;
}) {
  const words = useInspectorWords().target;
  const { probe, talk, ownWanted } = props;
  const state = useValue(probe.state);
  const listed = useValue(probe.connections);
  const own = useOwnClient();
  const [asked, setAsked] = useState(ownWanted);
  const isUp = talk.watched !== undefined && isGoing(talk);

  useEffect(() => {
    if (state !== "ready") return undefined;
    probe.send({ do: "list" });
    const timer = setInterval(() => probe.send({ do: "list" }), refreshMs);
    return () => clearInterval(timer);
  }, [probe, state, own]);

  const watch = (connection: ListedConnection): void => {
    setAsked(false);
    props.onBegin();
    probe.watch(connection);
  };

  useEffect(() => {
    const mine = listed?.find(({ client }) => client !== undefined && client === own);
    if (asked && mine !== undefined) watch(mine);
  }, [asked, listed, own]);

  const connections = ownFirst(listed ?? [], own);
  return (
    <div class="picker">
      <p class="hint">{words.watchText}</p>
      {listed !== undefined && connections.length === 0 && <p class="remark">{words.none}</p>}
      {asked && own !== undefined && listed !== undefined && (
        <p class="remark">{words.ownMissing}</p>
      )}
      <ul class="connections">
        {connections.map((connection) => (
          <ConnectionRow
            key={connection.id}
            connection={connection}
            isOwn={own !== undefined && connection.client === own}
            isWatched={isUp && talk.watched?.id === connection.id}
            onWatch={() => watch(connection)}
          />
        ))}
      </ul>
      <div class="dial-row picker-foot">
        {isUp && (
          <button type="button" class="chip" onClick={() => probe.send({ do: "hang-up" })}>
            {words.stop}
          </button>
        )}
        <PhasePill talk={talk} />
      </div>
    </div>
  );
}

function ConnectionRow(props: {
  connection: ListedConnection;
  isOwn: boolean;
  isWatched: boolean;
  onWatch: () => void;
}) {
  const words = useInspectorWords().target;
  const { locale } = useSpeech();
  const { connection, isOwn } = props;
  const person = personOf(connection);
  const since = new Date(connection.openedAt).toLocaleTimeString(locale);
  return (
    <li class="connection" data-own={isOwn ? "" : undefined}>
      <button type="button" aria-pressed={props.isWatched} onClick={props.onWatch}>
        <span class="connection-name">
          <bdi>
            {isOwn ? words.own : person || (connection.client ? words.guest : connection.path)}
          </bdi>
          {isOwn && person !== "" && <bdi class="soft">{person}</bdi>}
        </span>
        <span class="connection-facts">
          <code>{connection.path}</code>
          <span>{browserName(connection.userAgent)}</span>
          <span>{words.since(since)}</span>
        </span>
      </button>
    </li>
  );
}

/** The id of this window's own client of the hub, while it is connected. */
function useOwnClient(): string | undefined {
  const line = useLine();
  const client = useValue(line.client);
  const { kind } = useValue(line.state);
  return kind === "connected" ? client?.connection?.client : undefined;
}
