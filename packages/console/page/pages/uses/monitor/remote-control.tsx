/** The remote control: what the lamp says of itself, and a switch and a slider that tell it what to be. */
import { useState } from "preact/hooks";

import { useSpeech } from "../../../language/language.tsx";
import { useValue } from "../../../shell/observable.ts";
import { routeHash } from "../../../shell/route.ts";
import { Bulb } from "./bulb.tsx";
import { newLamp } from "./lamp.ts";
import type { LampControl } from "./lamp-line.ts";

export function RemoteControl(props: { control: LampControl }) {
  const { words } = useSpeech();
  const said = words.uses.monitor;
  const { control } = props;
  const report = useValue(control.report);
  const present = useValue(control.present);
  const order = useValue(control.order);
  const lamp = report ?? newLamp;
  const waiting = order !== undefined && order.obeyedAfterMs === undefined;
  const shown = waiting ? order.wanted : lamp;
  const [sliding, slide] = useState<number | undefined>(undefined);
  const give = (on: boolean, brightness: number): void => void control.command({ on, brightness });
  return (
    <section class="use-panel remote" aria-label={said.device}>
      <h2>{said.device}</h2>
      <Bulb lamp={lamp} present={present} />
      <p class="remote-presence" data-present={present} role="status">
        <span class="status-dot" aria-hidden="true" />
        {report === undefined ? said.unknown : present ? said.isThere : said.isAway}
      </p>
      <div class="remote-row">
        <span id="lamp-power">{said.power}</span>
        <button
          type="button"
          class="switch"
          role="switch"
          aria-checked={shown.on}
          aria-labelledby="lamp-power"
          data-waiting={waiting}
          onClick={() => give(!shown.on, shown.brightness)}
        >
          <span aria-hidden="true">{shown.on ? said.onState : said.offState}</span>
        </button>
      </div>
      <div class="remote-row">
        <label for="lamp-brightness">{said.brightness}</label>
        <input
          id="lamp-brightness"
          type="range"
          min={1}
          max={100}
          value={sliding ?? shown.brightness}
          onInput={(event) => slide(Number(event.currentTarget.value))}
          onChange={(event) => {
            slide(undefined);
            give(shown.on, Number(event.currentTarget.value));
          }}
        />
      </div>
      <p class="remote-row">
        <span>{said.warmth}</span>
        <b>{report === undefined ? "–" : `${report.warmth.toFixed(1)} °C`}</b>
      </p>
      <p class="hint" role="status">
        {order !== undefined &&
          (order.obeyedAfterMs === undefined
            ? said.waitingForLamp
            : said.obeyed(Math.max(1, Math.round(order.obeyedAfterMs))))}
      </p>
      {!present && (
        <div class="remote-advice">
          <p>{said.actText}</p>
          <a
            class="button primary"
            href={routeHash("uses", "monitor", "device")}
            target="_blank"
            rel="noopener"
          >
            {said.act}
          </a>
          <p class="hint">{said.terminal}</p>
          <pre tabIndex={0}>
            <code>node examples/device.mjs {location.origin}</code>
          </pre>
        </div>
      )}
    </section>
  );
}
