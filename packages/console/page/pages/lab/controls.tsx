/** What a run is asked for, and the button that begins it. */
import { useSpeech } from "../../language/language.tsx";
import { useUnits } from "../../language/units.ts";
import type { LabPhase, LabView } from "./lab-result.ts";
import type { LabSettings, SettingName } from "./lab-settings.ts";
import { stopOf, stops } from "./lab-settings.ts";

const sliders: readonly SettingName[] = ["rate", "payloadBytes", "delayMs", "pollMs", "seconds"];
const busyPhases: ReadonlySet<LabPhase> = new Set<LabPhase>(["opening", "running", "settling"]);

export function Controls(props: {
  settings: LabSettings;
  view: LabView;
  onChange: (settings: LabSettings) => void;
  onStart: () => void;
  onStop: () => void;
}) {
  const words = useSpeech().words.lab;
  const { settings, view } = props;
  const busy = busyPhases.has(view.phase);
  const begin = (event: Event): void => {
    event.preventDefault();
    if (busy) props.onStop();
    else props.onStart();
  };
  return (
    <form class="lab-controls panel" aria-label={words.settings} onSubmit={begin}>
      <h2>{words.settings}</h2>
      {sliders.map((name) => (
        <Slider
          key={name}
          name={name}
          value={settings[name]}
          disabled={busy}
          onChange={(value) => props.onChange({ ...settings, [name]: value })}
        />
      ))}
      <fieldset class="lab-mode" disabled={busy}>
        <legend>{words.mode}</legend>
        <div class="segments">
          {[false, true].map((inTurns) => (
            <button
              key={String(inTurns)}
              type="button"
              aria-pressed={settings.inTurns === inTurns}
              onClick={() => props.onChange({ ...settings, inTurns })}
            >
              {inTurns ? words.inTurns : words.together}
            </button>
          ))}
        </div>
        <p class="hint">{settings.inTurns ? words.inTurnsHint : words.togetherHint}</p>
      </fieldset>
      <button type="submit" class={busy ? "button" : "button primary"}>
        {busy ? words.stop : words.start}
      </button>
      <Progress view={view} />
    </form>
  );
}

function Slider(props: {
  name: SettingName;
  value: number;
  disabled: boolean;
  onChange: (value: number) => void;
}) {
  const words = useSpeech().words.lab;
  const units = useUnits();
  const { name, value } = props;
  const texts: Readonly<Record<SettingName, (value: number) => string>> = {
    rate: (rate) => words.perSecond(units.number(rate)),
    payloadBytes: units.bytes,
    delayMs: units.ms,
    pollMs: units.ms,
    seconds: (seconds) => words.seconds(units.number(seconds)),
  };
  const text = texts[name](value);
  return (
    <div class="lab-slider">
      <label for={`lab-${name}`}>{words.setting[name]}</label>
      <output for={`lab-${name}`}>{text}</output>
      <input
        id={`lab-${name}`}
        type="range"
        min={0}
        max={stops[name].length - 1}
        step={1}
        value={stopOf(name, value)}
        aria-valuetext={text}
        disabled={props.disabled}
        onInput={(event) => {
          const stop = stops[name][event.currentTarget.valueAsNumber];
          if (stop !== undefined) props.onChange(stop);
        }}
      />
    </div>
  );
}

/** What is going on, for eyes and for screen readers; the moving bar is for eyes only. */
function Progress({ view }: { view: LabView }) {
  const words = useSpeech().words.lab;
  const units = useUnits();
  const { phase, turn, fault, clock } = view;
  const text = phase === "failed" ? words[fault ?? "lost"] : words[phase];
  return (
    <div class="lab-progress" data-phase={phase}>
      <progress aria-label={words.progress} max={1} value={view.progress} />
      <p role="status">
        {text} {turn !== undefined && words.turnOf(words.transports[turn])}
      </p>
      {clock !== undefined && <p class="hint">{words.clock(units.ms(clock.errorMs))}</p>}
    </div>
  );
}
