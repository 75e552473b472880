/** The board as a drawing that takes the colours of the page, moved once per frame of the screen; and where keys and pointers steer. */
import { useEffect, useRef, useState } from "preact/hooks";

import { useWords } from "../../../language/language.tsx";
import { useValue } from "../../../shell/observable.ts";
import type { Bead, Place } from "./arena.ts";
import type { Playground } from "./playground.ts";
import { directionOfKeys, directionTo, steers, still } from "./steering.ts";

const [width, height] = [160, 90];
const colours = 8;
/** A dot nearer to the upper edge has its name below. */
const topRoom = 8.5;

export function BoardView(props: { playground: Playground }) {
  const words = useWords();
  const { playground } = props;
  const scene = useValue(playground.scene);
  const seat = useValue(playground.seat);
  const wheel = useWheel(playground);
  return (
    <div
      class="board"
      role="application"
      aria-label={words.uses.game.board}
      aria-describedby="board-keys"
      tabIndex={0}
      {...wheel}
    >
      <svg viewBox={`0 0 ${width} ${height}`} aria-hidden="true">
        <Beads beads={scene.beads} />
        <Dots playground={playground} names={scene.names} seat={seat} guest={words.uses.guest} />
      </svg>
      <span id="board-keys" class="hidden">
        {words.uses.game.keys}
      </span>
      <Banner playground={playground} />
    </div>
  );
}

function Beads(props: { beads: readonly Bead[] }) {
  return (
    <g>
      {props.beads.map(({ id, x, y, value }) => (
        <circle
          key={id}
          class="bead"
          data-golden={value > 1 || undefined}
          cx={x}
          cy={y}
          r={value > 1 ? 1.9 : 1.4}
        />
      ))}
    </g>
  );
}

function Dots(props: {
  playground: Playground;
  names: ReadonlyMap<number, string>;
  seat: number | undefined;
  guest: string;
}) {
  const places = useDrawnPlaces(props.playground);
  return (
    <g>
      {places.map(({ seat, x, y }) => (
        <g
          key={seat}
          class={`dot hue-${seat % colours}`}
          data-own={seat === props.seat || undefined}
          data-seat={seat}
          transform={`translate(${x.toFixed(2)} ${y.toFixed(2)})`}
        >
          {seat === props.seat && <circle class="dot-halo" r="4.6" />}
          <circle class="dot-body" r="3" />
          <text y={y < topRoom ? 7.2 : -4.6}>{props.names.get(seat) || props.guest}</text>
        </g>
      ))}
    </g>
  );
}

/** Says who won, for a moment. */
function Banner(props: { playground: Playground }) {
  const words = useWords().uses;
  const { round, winner, names } = useValue(props.playground.scene);
  const seen = useRef(round);
  const [shown, setShown] = useState("");
  useEffect(() => {
    const fresh = round > seen.current && winner !== undefined;
    seen.current = round;
    if (!fresh) return undefined;
    setShown(words.game.won(names.get(winner) || words.guest));
    const timer = setTimeout(() => setShown(""), 3_000);
    return () => clearTimeout(timer);
  }, [round]);
  return (
    <p class="board-banner" role="status">
      {shown !== "" && <span>{shown}</span>}
    </p>
  );
}

function useDrawnPlaces(playground: Playground): readonly Place[] {
  const [places, setPlaces] = useState<readonly Place[]>([]);
  useEffect(() => {
    let frame = requestAnimationFrame(function draw(now) {
      const drawn = playground.arena.drawnAt(now);
      // Nothing is drawn anew while nobody moves.
      setPlaces((before) => (alike(before, drawn) ? before : drawn));
      frame = requestAnimationFrame(draw);
    });
    return () => cancelAnimationFrame(frame);
  }, [playground]);
  return places;
}

function alike(one: readonly Place[], other: readonly Place[]): boolean {
  return (
    one.length === other.length &&
    one.every(({ seat, x, y }, index) => {
      const place = other[index];
      return place?.seat === seat && place.x === x && place.y === y;
    })
  );
}

/** Keys win over the pointer; whichever was used last steers. */
function useWheel(playground: Playground) {
  const held = useRef(new Set<string>());
  const target = useRef<{ x: number; y: number } | undefined>(undefined);

  useEffect(() => {
    // The dot moves under a pointer that rests, so the direction is looked at again and again.
    const timer = setInterval(() => {
      const own = playground.arena.places.find(({ seat }) => seat === playground.seat.value);
      if (target.current === undefined || own === undefined) return;
      playground.steer(directionTo(own, target.current));
    }, 33);
    return () => clearInterval(timer);
  }, [playground]);

  const byKeys = (): void => {
    target.current = undefined;
    playground.steer(directionOfKeys(held.current));
  };
  const byPointer = (event: PointerEvent & { readonly currentTarget: Element }): void => {
    if (held.current.size > 0) return;
    const box = event.currentTarget.getBoundingClientRect();
    target.current = {
      x: ((event.clientX - box.left) / box.width) * width,
      y: ((event.clientY - box.top) / box.height) * height,
    };
  };
  const stop = (): void => {
    held.current.clear();
    target.current = undefined;
    playground.steer(still);
  };
  return {
    onKeyDown: (event: KeyboardEvent) => {
      if (!steers(event.code) || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      held.current.add(event.code);
      byKeys();
    },
    onKeyUp: (event: KeyboardEvent) => {
      if (held.current.delete(event.code)) byKeys();
    },
    onBlur: stop,
    onPointerDown: byPointer,
    onPointerMove: byPointer,
    onPointerLeave: stop,
  };
}
