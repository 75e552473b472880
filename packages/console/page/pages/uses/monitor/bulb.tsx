/** The lamp, as bright as it says it is. */
import type { LampSettings } from "./lamp.ts";

export function Bulb(props: { lamp: LampSettings; present: boolean }) {
  const { on, brightness } = props.lamp;
  const light = on && props.present ? 0.25 + (brightness / 100) * 0.75 : 0;
  return (
    <svg
      class="bulb"
      data-on={on && props.present}
      data-present={props.present}
      viewBox="0 0 200 200"
      style={{ "--light": String(light) }}
      aria-hidden="true"
    >
      <circle class="bulb-glow" cx="100" cy="84" r="80" />
      <path
        class="bulb-glass"
        d="M100 28a54 54 0 0 0-32 97c9 8 13 17 14 27h36c1-10 5-19 14-27a54 54 0 0 0-32-97Z"
      />
      <path class="bulb-wire" d="M84 96l8 16 8-18 8 18 8-16" />
      <path class="bulb-foot" d="M82 162h36M86 174h28" />
    </svg>
  );
}
