// How the search cuts text into words, in the index and in what people type. Chinese has no spaces: there each pair of
// neighbouring characters is a word, which needs no dictionary and is the same in every browser.

/** Given to the browser as its source: it may use nothing but its argument. */
export function tokenize(text) {
  const words = [];
  for (const part of text.toLowerCase().split(/[\n\r\p{Z}\p{P}\p{S}]+/u)) {
    for (const run of part.match(/\p{Script=Han}+|[^\p{Script=Han}]+/gu) ?? []) {
      if (run.length < 3 || !/\p{Script=Han}/u.test(run)) words.push(run);
      else for (let at = 0; at < run.length - 1; at++) words.push(run.slice(at, at + 2));
    }
  }
  return words;
}
