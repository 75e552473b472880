/**
 * Patterns for names of channels: "*" stands for any text, "?" for any one character, everything else for itself. Matching
 * takes no more steps than the lengths of both multiplied, whatever the pattern.
 */

/** A test whether a name fits `pattern`. */
export function channelPattern(pattern: string): (channel: string) => boolean {
  if (pattern === "" || pattern === "*") return () => true;
  return (channel) => fits(channel, pattern);
}

function fits(name: string, pattern: string): boolean {
  let [at, place] = [0, 0];
  /** Behind the last star, and from where in the name the text for it ends. */
  let [afterStar, starEnd] = [-1, 0];
  while (at < name.length) {
    const wanted = pattern[place];
    if (wanted === "*") {
      place += 1;
      [afterStar, starEnd] = [place, at];
    } else if (wanted === "?" || wanted === name[at]) {
      place += 1;
      at += 1;
    } else if (afterStar >= 0) {
      // The star takes one character more.
      starEnd += 1;
      [place, at] = [afterStar, starEnd];
    } else return false;
  }
  while (pattern[place] === "*") place += 1;
  return place === pattern.length;
}
