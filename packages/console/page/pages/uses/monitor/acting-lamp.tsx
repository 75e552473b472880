/** A window that is the lamp. */
import { useEffect, useMemo } from "preact/hooks";

import { useWords } from "../../../language/language.tsx";
import { useLine } from "../../../line/line-context.ts";
import { useValue } from "../../../shell/observable.ts";
import { routeHash } from "../../../shell/route.ts";
import { Bulb } from "./bulb.tsx";
import { LampDevice } from "./lamp-line.ts";

export function ActingLamp() {
  const words = useWords().uses;
  const said = words.monitor;
  const line = useLine();
  const device = useMemo(() => new LampDevice(), []);
  useEffect(() => device.open(line), [device, line]);
  useEffect(() => {
    document.title = `${said.lamp} · Tautline`;
  }, [said]);
  const lamp = useValue(device.lamp);
  const master = useValue(device.master);
  const state = lamp.on ? said.onState : said.offState;
  return (
    <div class="uses acting">
      <h1>{said.actingTitle}</h1>
      <p>{said.actingText}</p>
      <Bulb lamp={lamp} present />
      <p class="acting-state" role="status">
        {said.lamp}: <b>{state}</b>
        {lamp.on && ` · ${lamp.brightness} %`} · {lamp.warmth.toFixed(1)} °C
      </p>
      <p class="hint">
        {lamp.command === "" ? said.noCommand : said.lastBy(master || words.guest)}
      </p>
      <a class="button" href={routeHash("uses", "monitor")}>
        {said.back}
      </a>
    </div>
  );
}
