/** The value of `Sec-WebSocket-Extensions`, taken apart (RFC 6455 §9.1). Quotation marks around a parameter's value go. */

export interface ExtensionParameter {
  readonly name: string;
  /** "" where there is none. */
  readonly value: string;
}

export interface NamedExtension {
  readonly name: string;
  readonly parameters: readonly ExtensionParameter[];
}

export function extensionList(value: string): readonly NamedExtension[] {
  return value
    .split(",")
    .map((element) => element.split(";").map((part) => part.trim()))
    .filter(([name]) => name !== undefined && name !== "")
    .map(([name = "", ...parameters]) => ({
      name,
      parameters: parameters.map((parameter) => {
        const [key = "", text = ""] = parameter.split("=").map((part) => part.trim());
        return { name: key, value: text.replaceAll('"', "") };
      }),
    }));
}
