/** When each way is the right one, and what to make of the figures. */
import { useWords } from "../../language/language.tsx";
import type { Subject } from "./advice-words.ts";
import { toneOf, transports } from "./transports.ts";
import type { Transport } from "./transports.ts";

const subjects: readonly Subject[] = [...transports, "mqtt", "http2"];

export function Advice() {
  const words = useWords().lab;
  const { advice } = words;
  const name = (subject: Subject): string =>
    subject === "mqtt" || subject === "http2" ? advice.names[subject] : words.transports[subject];
  return (
    <section class="lab-advice" aria-labelledby="lab-advice">
      <h2 id="lab-advice">{advice.heading}</h2>
      <div class="lab-cards">
        {subjects.map((subject) => (
          <article key={subject} class="panel">
            <h3>
              {isMeasured(subject) && (
                <span class={`line-chart-key tone-${toneOf[subject]}`} aria-hidden="true" />
              )}
              {name(subject)}
            </h3>
            <p>{advice.choice[subject]}</p>
            <p class="lab-cost">{advice.cost[subject]}</p>
          </article>
        ))}
      </div>
      <div class="lab-notes">
        <Notes heading={advice.measuredHeading} texts={advice.measured} />
        <Notes heading={advice.unsaidHeading} texts={advice.unsaid} />
      </div>
    </section>
  );
}

function isMeasured(subject: Subject): subject is Transport {
  return subject !== "mqtt" && subject !== "http2";
}

function Notes({ heading, texts }: { heading: string; texts: readonly string[] }) {
  return (
    <div>
      <h3>{heading}</h3>
      <ul>
        {texts.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    </div>
  );
}
