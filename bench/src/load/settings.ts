/** The settings of a load as the command line has them, with the defaults of both generators. */
import type { LoadSettings, LoadTarget } from "../load-settings.ts";

type Complete = Required<LoadSettings> & LoadTarget & { readonly checkEvery: number };

export type Settings = Omit<Complete, "hello" | "welcome" | "publisherPath" | "publisherPort"> &
  Pick<LoadSettings, "hello" | "welcome" | "publisherPath" | "publisherPort">;

const defaults = {
  mode: "echo",
  connections: 1,
  active: 0,
  bytes: 20,
  depth: 1,
  kind: "binary",
  deflate: "none",
  carrier: "tcp",
  rate: 0,
  seconds: 1,
  warmup: 0.5,
  warmCpu: 0,
  hold: 1,
  touch: 0,
  pong: 0,
  collect: 0,
  raw: 0,
  busy: 0,
  sources: 0,
  path: "/",
  checkEvery: 8,
};

const texts = ["mode", "kind", "deflate", "carrier", "path", "publisherPath", "hello", "welcome"];

/** From `name=value` each. */
export function readSettings(args: readonly string[]): Settings {
  const given = args.map((argument) => {
    const at = argument.indexOf("=");
    const [name, value] = [argument.slice(0, at), argument.slice(at + 1)];
    return [name, texts.includes(name) ? value : Number(value)];
  });
  const settings = { ...defaults, ...Object.fromEntries(given) } as Settings;
  const { active, connections } = settings;
  const all = active === 0 || active > connections;
  return { ...settings, active: all ? connections : active };
}
