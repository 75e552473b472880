/** What a run is asked for, and within which bounds; the server holds to the same ones. */
export interface LabSettings {
  /** Updates a second. */
  readonly rate: number;
  /** Bytes of what each update carries. */
  readonly payloadBytes: number;
  /** Milliseconds that the server adds in each direction. */
  readonly delayMs: number;
  /** Milliseconds from one short poll to the next. */
  readonly pollMs: number;
  /** How long updates are made; with turns, in each turn. */
  readonly seconds: number;
  /** Whether the transports are run one after the other, so that the server's processor time can be told apart. */
  readonly inTurns: boolean;
}

export const defaultSettings: LabSettings = {
  rate: 5,
  payloadBytes: 256,
  delayMs: 40,
  pollMs: 1000,
  seconds: 15,
  inTurns: false,
};

/** The numbers that can be moved by sliders, and where these stop. */
export type SettingName = "rate" | "payloadBytes" | "delayMs" | "pollMs" | "seconds";

/** The places at which each slider stops: even steps would crowd what matters into one end. */
export const stops: Readonly<Record<SettingName, readonly number[]>> = {
  rate: [0.2, 0.5, 1, 2, 5, 10, 20, 30, 60],
  payloadBytes: [16, 64, 256, 1024, 4096, 16_384],
  delayMs: [0, 10, 20, 40, 80, 150, 300, 500],
  pollMs: [200, 500, 1000, 2000, 5000, 10_000],
  seconds: [3, 5, 10, 15, 30, 60, 120],
};

/** The stop that is nearest to a value. */
export function stopOf(name: SettingName, value: number): number {
  const distances = stops[name].map((stop) => Math.abs(stop - value));
  return distances.indexOf(Math.min(...distances));
}
