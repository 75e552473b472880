/**
 * An extension that does nothing, to see who asks it what.
 */
import type { Extension, ExtensionElement, ExtensionParameters } from "@tautline/protocol";

export interface TestExtensionOptions {
  readonly name: string;
  readonly reservedBits?: number;
  /** Whether it would transform messages; nobody asks it to. Default: false. */
  readonly transforms?: boolean;
  readonly offers?: readonly ExtensionParameters[];
  /** The parameters to accept an offer or an answer with; `undefined` declines. Default: the first value of each, as given. */
  readonly judge?: (element: ExtensionElement) => ExtensionParameters | undefined;
}

export interface TestExtension extends Extension {
  /** What it was asked to accept or confirm, in order. */
  readonly asked: ExtensionElement[];
}

function firstValues({ parameters }: ExtensionElement): ExtensionParameters {
  return new Map([...parameters].map(([name, [value = true]]) => [name, value]));
}

export function testExtension(options: TestExtensionOptions): TestExtension {
  const { name, reservedBits = 0, offers = [new Map()], judge = firstValues } = options;
  const asked: ExtensionElement[] = [];
  const answer = (element: ExtensionElement) => {
    asked.push(element);
    return judge(element);
  };
  return {
    name,
    reservedBits,
    asked,
    offers: () => offers,
    accept: answer,
    confirm: answer,
    ...(options.transforms === true && { open }),
  };
}

function open(): never {
  throw new Error("a test extension transforms nothing");
}

/** Only one of two: declines whatever has the parameter `bad`. */
export function declineBad(element: ExtensionElement): ExtensionParameters | undefined {
  return element.parameters.has("bad") ? undefined : firstValues(element);
}
