/** What the server says in English, in the language of the page. What the page has no words for stays as it came. */
import type { InspectorWords } from "./words.ts";

export function problemText({ problems }: Pick<InspectorWords, "problems">, text: string): string {
  const known = problems[text];
  if (known !== undefined) return known;
  // Some go on with what only this case knows.
  for (const [beginning, translated] of Object.entries(problems)) {
    if (beginning.endsWith(" ") && text.startsWith(beginning)) {
      return translated + text.slice(beginning.length);
    }
  }
  return text;
}
