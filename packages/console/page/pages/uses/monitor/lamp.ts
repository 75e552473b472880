/** A lamp that is controlled from afar: what it can be told, what it does then, and what it says of itself. Pure steps. */
import { cleanPersonName } from "../../../line/person.ts";
import { fieldsOf, numberOf, textOf } from "../fields.ts";

export interface LampSettings {
  readonly on: boolean;
  /** Per cent, from 1. */
  readonly brightness: number;
}

export interface LampCommand extends LampSettings {
  readonly id: string;
  /** Who gave it. */
  readonly by: string;
}

/** What the lamp is like, and the id of the command that made it so; empty when none did. */
export interface LampReport extends LampSettings {
  readonly command: string;
  /** Degrees Celsius. */
  readonly warmth: number;
}

const roomWarmth = 21;
const warmestAbove = 42;
/** The time in which it comes two thirds of the way to the warmth it will have, in seconds. */
const inertia = 12;

export const newLamp: LampReport = Object.freeze({
  on: false,
  brightness: 70,
  command: "",
  warmth: roomWarmth,
});

export function obey(lamp: LampReport, { id, on, brightness }: LampCommand): LampReport {
  return { ...lamp, on, brightness, command: id };
}

/** The lamp after some time: a lamp that burns gets warm, the brighter the warmer. */
export function later(lamp: LampReport, seconds: number): LampReport {
  const goal = roomWarmth + (lamp.on ? (lamp.brightness / 100) * warmestAbove : 0);
  const way = 1 - Math.exp(-seconds / inertia);
  return { ...lamp, warmth: Math.round((lamp.warmth + (goal - lamp.warmth) * way) * 10) / 10 };
}

/** Undefined when it is no command. */
export function readCommand(data: unknown): LampCommand | undefined {
  const fields = fieldsOf(data);
  const id = textOf(fields?.["id"]);
  const settings = readSettings(data);
  if (id === undefined || settings === undefined) return undefined;
  return { ...settings, id, by: cleanPersonName(textOf(fields?.["by"]) ?? "") };
}

/** Undefined when it is no report. */
export function readReport(data: unknown): LampReport | undefined {
  const fields = fieldsOf(data);
  const command = textOf(fields?.["command"]);
  const warmth = numberOf(fields?.["warmth"]);
  const settings = readSettings(data);
  if (command === undefined || warmth === undefined || settings === undefined) return undefined;
  return { ...settings, command, warmth };
}

function readSettings(data: unknown): LampSettings | undefined {
  const fields = fieldsOf(data);
  const on = fields?.["on"];
  const brightness = numberOf(fields?.["brightness"]);
  if (typeof on !== "boolean" || brightness === undefined) return undefined;
  return { on, brightness: Math.min(100, Math.max(1, brightness)) };
}
