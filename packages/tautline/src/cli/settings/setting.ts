/**
 * What a setting of a command is: one row from which come its flag, its environment variable, its key in a configuration
 * file, its line in the help, its part of the JSON schema, and the type of its value. It knows no setting by name.
 */

interface SettingBase {
  readonly text: string;
  /** What stands for the value in the help, as in `<port>`. */
  readonly value?: string;
  readonly short?: string;
  /** The environment variable; `TAUTLINE_` and the name in capitals when left out. */
  readonly variable?: string;
  /** Whether it is nobody's to see: it has no flag then, because every program on a machine can read arguments. */
  readonly secret?: boolean;
  /** What holds when nothing is said, where that is no value of its own. */
  readonly otherwise?: string;
}

export interface TextSetting extends SettingBase {
  readonly kind: "text";
  readonly default?: string;
  /** Whether it names a file or a directory; one in a configuration file is found from where that file is. */
  readonly path?: boolean;
}

export interface ChoiceSetting extends SettingBase {
  readonly kind: "choice";
  readonly of: readonly string[];
  readonly default?: string;
}

/** A whole number. */
export interface WholeSetting extends SettingBase {
  readonly kind: "whole";
  readonly least: number;
  readonly most: number;
  readonly default?: number;
}

/** A number of seconds, not always whole. */
export interface SecondsSetting extends SettingBase {
  readonly kind: "seconds";
  readonly least: number;
  readonly most: number;
  readonly default?: number;
}

export interface SwitchSetting extends SettingBase {
  readonly kind: "switch";
  readonly default?: boolean;
}

/** A flag that may be repeated; a variable that holds several, with white space between them. */
export interface ListSetting extends SettingBase {
  readonly kind: "list";
  readonly path?: boolean;
}

/** `name=value`, repeated. */
export interface PairsSetting extends SettingBase {
  readonly kind: "pairs";
  readonly names: readonly string[];
}

export type Setting =
  | TextSetting
  | ChoiceSetting
  | WholeSetting
  | SecondsSetting
  | SwitchSetting
  | ListSetting
  | PairsSetting;

/** Settings by their keys in a configuration file, in camel case. */
export type SettingTable = Readonly<Record<string, Setting>>;

type Kinds = {
  readonly text: string;
  readonly choice: string;
  readonly whole: number;
  readonly seconds: number;
  readonly switch: boolean;
  readonly list: readonly string[];
  readonly pairs: Readonly<Record<string, string>>;
};

/** What a value of any setting may be. */
export type SettingValue = Kinds[keyof Kinds];

/** The value of a setting, as it is used. */
export type ValueOf<One extends Setting> = One extends { readonly of: readonly (infer Word)[] }
  ? Word
  : Kinds[One["kind"]];

/** Who said a value. */
export type Source = "flag" | "variable" | "file" | "default";

/** A value, and where it comes from. */
export interface Choice<Value = SettingValue> {
  readonly value: Value;
  readonly source: Source;
  /** What whoever said it called it, as in `--port`, `PORT`, or `port in tautline.json`. */
  readonly name: string;
}

/** The values of a table; those that nobody gave and that have no default are absent. */
export type Choices<Table extends SettingTable> = {
  readonly [Name in keyof Table]: Table[Name] extends { readonly default: unknown }
    ? Choice<ValueOf<Table[Name]>>
    : Choice<ValueOf<Table[Name]>> | undefined;
};

/** `tokenIssuer` as the flag `token-issuer`. */
export function flagOf(key: string): string {
  return key.replaceAll(/[A-Z]/gu, (capital) => `-${capital.toLowerCase()}`);
}

/** `tokenIssuer` as the variable `TAUTLINE_TOKEN_ISSUER`, unless it has a name of its own. */
export function variableOf(key: string, { variable }: Setting): string {
  return variable ?? `TAUTLINE_${flagOf(key).replaceAll("-", "_").toUpperCase()}`;
}

/** What the setting takes, for people. */
export function allowed(setting: Setting): string {
  switch (setting.kind) {
    case "whole":
      return `a whole number from ${setting.least} to ${setting.most}`;
    case "seconds":
      return `a number of seconds from ${setting.least} to ${setting.most}`;
    case "switch":
      return "true or false";
    case "choice":
      return `one of ${setting.of.join(", ")}`;
    case "pairs":
      return `<name>=<${setting.value ?? "value"}>, the name one of ${setting.names.join(", ")}`;
    case "text":
    case "list":
    default:
      return setting.path === true ? "the name of a file or directory" : "a text that is not empty";
  }
}
