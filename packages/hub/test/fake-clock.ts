/** Time that stands still until a test moves it. */

export { ManualClock as FakeClock } from "@tautline/hub/broker-suite";
