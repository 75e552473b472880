/** Figures as people read them: three digits that count, in the unit that suits, as the language writes numbers. */
import { useMemo } from "preact/hooks";

import { useSpeech } from "../../language/language.tsx";

export interface Units {
  readonly number: (value: number) => string;
  readonly ms: (value: number) => string;
  readonly bytes: (value: number) => string;
}

function unitsIn(locale: string): Units {
  const short = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 });
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const number = (value: number): string =>
    Math.abs(value) >= 1000 ? whole.format(value) : short.format(value);
  return {
    number,
    ms: (value) => {
      if (value >= 1000) return `${short.format(value / 1000)} s`;
      return value > 0 && value < 0.1
        ? `${short.format(value * 1000)} µs`
        : `${short.format(value)} ms`;
    },
    bytes: (value) => {
      if (value < 1000) return `${short.format(value)} B`;
      if (value < 1_000_000) return `${short.format(value / 1000)} kB`;
      return `${short.format(value / 1_000_000)} MB`;
    },
  };
}

/** In the language in use. */
export function useUnits(): Units {
  const { locale } = useSpeech();
  return useMemo(() => unitsIn(locale), [locale]);
}
