/** Figures as people read them: three digits that count, in the unit that suits, as the language writes numbers. */
import { useMemo } from "preact/hooks";

import { useSpeech } from "./language.tsx";

export interface Units {
  readonly number: (value: number) => string;
  readonly ms: (value: number) => string;
  readonly bytes: (value: number) => string;
  /** Of a span in milliseconds, in its largest whole unit. */
  readonly duration: (ms: number) => string;
}

function unitsIn(locale: string): Units {
  const short = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 });
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const span = (value: number, unit: string): string =>
    new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "narrow" }).format(
      Math.floor(value),
    );
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
    duration: (ms) => {
      if (ms < 60_000) return span(ms / 1000, "second");
      if (ms < 3_600_000) return span(ms / 60_000, "minute");
      return ms < 86_400_000 ? span(ms / 3_600_000, "hour") : span(ms / 86_400_000, "day");
    },
  };
}

/** In the language in use. */
export function useUnits(): Units {
  const { locale } = useSpeech();
  return useMemo(() => unitsIn(locale), [locale]);
}
