/** The pictures on the overview's cards: drawings without words, in the colours of the page. */
import type { ComponentChildren } from "preact";

import type { UseId } from "./use-list.ts";

const drawings: Readonly<Record<UseId | "chat", () => ComponentChildren>> = {
  chat: () => (
    <>
      <rect class="p-soft" x="44" y="26" width="128" height="34" rx="12" />
      <path class="p-line" d="M60 43h70" />
      <rect class="p-accent" x="150" y="68" width="126" height="34" rx="12" />
      <path class="p-on-accent" d="M166 85h84" />
      <rect class="p-soft" x="44" y="110" width="92" height="30" rx="12" />
      <path class="p-line" d="M60 125h44" />
      <circle class="p-warm" cx="26" cy="44" r="10" />
      <circle class="p-good" cx="26" cy="126" r="10" />
    </>
  ),
  notifications: () => (
    <>
      <path
        class="p-accent"
        d="M160 34c-22 0-34 16-34 36v18l-12 18h92l-12-18V70c0-20-12-36-34-36Z"
      />
      <path class="p-accent" d="M148 114a12 12 0 0 0 24 0Z" />
      <circle class="p-bad" cx="190" cy="46" r="17" />
      <path class="p-on-bad" d="M186 41l5-4v18" />
      <path class="p-ring" d="M102 52c-6 12-6 26 0 38M88 42c-11 18-11 40 0 58" />
      <path class="p-ring" d="M218 72c4 8 4 12 2 18M232 62c8 14 8 24 4 38" />
    </>
  ),
  game: () => (
    <>
      <rect class="p-board" x="34" y="20" width="252" height="124" rx="12" />
      <path class="p-trail" d="M70 116c30-6 36-54 78-48" />
      <circle class="p-accent" cx="152" cy="68" r="14" />
      <path class="p-trail" d="M270 44c-22 4-26 44-52 58" />
      <circle class="p-warm" cx="214" cy="106" r="14" />
      <circle class="p-gold" cx="188" cy="52" r="6" />
      <circle class="p-bead" cx="98" cy="48" r="5" />
      <circle class="p-bead" cx="248" cy="88" r="5" />
      <circle class="p-bead" cx="164" cy="124" r="5" />
      <circle class="p-bead" cx="62" cy="84" r="5" />
    </>
  ),
  quotes: () => (
    <>
      <path class="p-grid" d="M36 44h248M36 82h248M36 120h248" />
      <path class="p-area" d="M36 110l28-14 26 10 30-34 28 12 30-26 28 8 30-30 48 10v78H36Z" />
      <path class="p-chart" d="M36 110l28-14 26 10 30-34 28 12 30-26 28 8 30-30 48 10" />
      <circle class="p-accent" cx="284" cy="46" r="6" />
      <path class="p-chart-other" d="M36 66l40 10 36-8 40 30 36-10 36 22 60 6" />
    </>
  ),
  document: () => (
    <>
      <rect class="p-paper" x="86" y="14" width="148" height="138" rx="8" />
      <path class="p-line" d="M106 42h108M106 62h84M106 82h108M106 102h60M106 122h92" />
      <path class="p-caret" d="M191 54v16" />
      <rect class="p-accent" x="191" y="42" width="44" height="13" rx="4" />
      <path class="p-caret-other" d="M167 94v16" />
      <rect class="p-warm" x="167" y="110" width="36" height="13" rx="4" />
    </>
  ),
  monitor: () => (
    <>
      <path class="p-grid" d="M30 128h150" />
      <path class="p-chart" d="M30 104h28l9-30 14 52 14-76 12 54h24l8-14 12 14h28" />
      <circle class="p-glow" cx="236" cy="68" r="44" />
      <path
        class="p-gold"
        d="M236 38a27 27 0 0 0-15 49c5 4 6 8 6 13h18c0-5 1-9 6-13a27 27 0 0 0-15-49Z"
      />
      <path class="p-line" d="M228 108h16M231 117h10" />
      <path class="p-rays" d="M236 14v10M276 28l-7 8M196 28l7 8M290 68h-10M192 68h-10" />
    </>
  ),
};

export function Picture(props: { id: UseId | "chat" }) {
  const Drawing = drawings[props.id];
  return (
    <svg class="use-picture" viewBox="0 0 320 164" aria-hidden="true">
      <Drawing />
    </svg>
  );
}
