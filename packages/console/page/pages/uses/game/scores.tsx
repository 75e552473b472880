/** The players by their points. It is renewed a few times a second: nobody reads faster. */
import { useEffect, useState } from "preact/hooks";

import { useWords } from "../../../language/language.tsx";
import { useLine } from "../../../line/line-context.ts";
import { useValue } from "../../../shell/observable.ts";
import type { Place } from "./arena.ts";
import type { Playground } from "./playground.ts";

const renewMs = 250;

export function Scores(props: { playground: Playground }) {
  const words = useWords().uses;
  const { arena } = props.playground;
  const scene = useValue(props.playground.scene);
  const own = useValue(props.playground.seat);
  const goal = useValue(props.playground.goal);
  const [places, setPlaces] = useState<readonly Place[]>([]);
  useEffect(() => {
    const timer = setInterval(() => {
      setPlaces(
        arena.places.toSorted((one, other) => other.score - one.score || one.seat - other.seat),
      );
    }, renewMs);
    return () => clearInterval(timer);
  }, [arena]);
  // Without a line nobody has a seat, however many are free.
  const isConnected = useValue(useLine().state).kind === "connected";
  const looksOn = isConnected && own === undefined && places.length > 0;
  return (
    <section class="use-panel scores">
      <header>
        <h2>{words.game.players}</h2>
        <span class="badge">{words.game.round(scene.round)}</span>
      </header>
      <p class="hint">{words.game.goal(goal)}</p>
      <ol>
        {places.map(({ seat, score }) => (
          <li key={seat} data-seat={seat}>
            <span class={`score-dot hue-${seat % 8}`} aria-hidden="true" />
            <bdi>{scene.names.get(seat) || words.guest}</bdi>
            {seat === own && <span class="badge">{words.you}</span>}
            <span class="score-bar" aria-hidden="true">
              <span style={{ width: `${Math.min(100, (score / goal) * 100)}%` }} />
            </span>
            <b aria-label={words.game.points(score)}>{score}</b>
          </li>
        ))}
      </ol>
      {looksOn && <p class="hint">{words.game.lookingOn}</p>}
    </section>
  );
}
