/** The game: the board, and who has how many points. */
import type { ComponentChildren } from "preact";
import { useEffect, useMemo } from "preact/hooks";

import { useWords } from "../../../language/language.tsx";
import { useLine } from "../../../line/line-context.ts";
import { useValue } from "../../../shell/observable.ts";
import { UseFrame } from "../use-frame.tsx";
import { WithName } from "../with-name.tsx";
import { BoardView } from "./board-view.tsx";
import { Playground } from "./playground.ts";
import { Scores } from "./scores.tsx";
import "./game.css";

export function Game() {
  return <WithName>{(name, badge) => <OpenGame key={name} badge={badge} />}</WithName>;
}

function OpenGame(props: { badge: ComponentChildren }) {
  const words = useWords().uses.game;
  const line = useLine();
  const playground = useMemo(() => new Playground(), []);
  useEffect(() => playground.open(line), [playground, line]);
  const problem = useValue(playground.problem);
  const lag = useValue(playground.lagMs);
  return (
    <UseFrame id="game" problem={problem} tools={props.badge}>
      <div class="game-layout">
        <div class="game-main">
          <BoardView playground={playground} />
          <p class="hint game-hint">
            <span>{words.keys}</span>
            <span class="game-lag">
              {lag !== undefined && words.lag(Math.max(1, Math.round(lag)))}
            </span>
          </p>
        </div>
        <Scores playground={playground} />
      </div>
    </UseFrame>
  );
}
