/** Publishes something to a channel, as the server itself. */
import { useState } from "preact/hooks";

import { useUnits } from "../../language/units.ts";
import { useDashboardWords } from "./dashboard-words.ts";
import { publishTo } from "./server-call.ts";

export function PublishForm() {
  const words = useDashboardWords();
  const units = useUnits();
  const [channel, setChannel] = useState("");
  const [text, setText] = useState('{ "text": "" }');
  const [outcome, setOutcome] = useState("");
  const publish = async (event: Event): Promise<void> => {
    event.preventDefault();
    try {
      const offset = await publishTo(channel, dataIn(text));
      setOutcome(offset === undefined ? words.published : words.publishedAt(units.number(offset)));
    } catch (error) {
      setOutcome(words.failed(error instanceof Error ? error.message : String(error)));
    }
  };
  return (
    <form
      class="panel dashboard-publish"
      aria-labelledby="dashboard-publish"
      onSubmit={(event) => void publish(event)}
    >
      <h2 id="dashboard-publish">{words.publish}</h2>
      <label for="dashboard-channel">{words.channel}</label>
      <input
        id="dashboard-channel"
        value={channel}
        autocomplete="off"
        autocapitalize="none"
        onInput={(event) => setChannel(event.currentTarget.value)}
      />
      <label for="dashboard-data">{words.data}</label>
      <textarea
        id="dashboard-data"
        rows={3}
        value={text}
        aria-describedby="dashboard-data-hint"
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <p class="hint" id="dashboard-data-hint">
        {words.dataHint}
      </p>
      <button type="submit" class="button primary" disabled={channel === ""}>
        {words.publish}
      </button>
      <p role="status">{outcome}</p>
    </form>
  );
}

function dataIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
