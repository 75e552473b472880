/** The comparison lab: what is asked for on one side, what comes of it on the other, and below when each way is the right one. */
import { useEffect, useMemo, useState } from "preact/hooks";

import { useWords } from "../../language/language.tsx";
import { useValue } from "../../shell/observable.ts";
import { Advice } from "./advice.tsx";
import { Charts } from "./charts.tsx";
import { Controls } from "./controls.tsx";
import { LabExperiment } from "./lab-experiment.ts";
import { defaultSettings } from "./lab-settings.ts";
import { ResultTable } from "./result-table.tsx";
import "./lab.css";

export function LabPage() {
  const words = useWords().lab;
  const experiment = useMemo(() => new LabExperiment(defaultSettings), []);
  useEffect(() => () => experiment.stop(), [experiment]);
  const [settings, setSettings] = useState(defaultSettings);
  const view = useValue(experiment.view);

  useEffect(() => {
    document.title = `${words.title} · Tautline`;
  }, [words]);

  return (
    <div class="lab">
      <header class="lab-head">
        <h1>{words.heading}</h1>
        <p>{words.lead}</p>
      </header>
      <Controls
        settings={settings}
        view={view}
        onChange={setSettings}
        onStart={() => void experiment.run(settings)}
        onStop={() => experiment.stop()}
      />
      <Charts view={view} />
      <ResultTable view={view} />
      <Advice />
    </div>
  );
}
