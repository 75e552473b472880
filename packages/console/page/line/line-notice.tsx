/**
 * The bar under the header that speaks up when the line breaks and when it is back. It is announced to screen readers;
 * the countdown of the pill, which changes every second, is not.
 */
import { useEffect, useState } from "preact/hooks";

import { useWords } from "../language/language.tsx";
import { CloseIcon } from "../shell/icons.tsx";
import { useValue } from "../shell/observable.ts";
import { useLine } from "./line-context.ts";
import type { Outage } from "./line-state.ts";
import { outageSeconds } from "./line-state.ts";

const shownForMs = 12_000;

export function LineNotice() {
  const words = useWords();
  const outage = useValue(useLine().outage);
  const [dismissed, dismiss] = useState<Outage | undefined>(undefined);

  useEffect(() => {
    if (outage?.until === undefined) return undefined;
    const timer = setTimeout(() => dismiss(outage), shownForMs);
    return () => clearTimeout(timer);
  }, [outage]);

  const shown = outage !== undefined && outage !== dismissed;
  const until = outage?.until;
  return (
    <div class="notices" role="status">
      {shown && (
        <p class="notice" data-tone={until === undefined ? "warning" : "good"}>
          <span>
            {until === undefined
              ? words.line.lost
              : words.line.back(outageSeconds(outage.from, until))}
          </span>
          <button
            type="button"
            class="icon-button small"
            aria-label={words.line.dismiss}
            onClick={() => dismiss(outage)}
          >
            <CloseIcon />
          </button>
        </p>
      )}
    </div>
  );
}
