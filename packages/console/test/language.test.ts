import { describe, expect, it } from "vitest";

import { en } from "../page/language/en.ts";
import { preferredLanguage, regionalLanguage } from "../page/language/preferred-language.ts";
import { zh } from "../page/language/zh.ts";

/** All strings of a dictionary by their path, those with a value in them called with 1 and 2. */
function strings(part: unknown, path = ""): readonly (readonly [string, string])[] {
  if (typeof part === "string") return [[path, part]];
  if (typeof part === "function") {
    return [1, 2].map((value) => [`${path}(${value})`, String(part(value))] as const);
  }
  if (typeof part !== "object" || part === null) return [];
  return Object.entries(part).flatMap(([key, value]) => strings(value, `${path}.${key}`));
}

function matching(dictionary: unknown, pattern: RegExp): readonly string[] {
  return strings(dictionary)
    .filter(([, text]) => pattern.test(text))
    .map(([path]) => path);
}

describe("dictionaries", () => {
  it("leave nothing empty", () => {
    expect(matching(en, /^\s*$/u)).toEqual([]);
    expect(matching(zh, /^\s*$/u)).toEqual([]);
  });

  it("are translated: no Chinese in the English one, and something Chinese in each of the other", () => {
    expect(matching(en, /\p{Script=Han}/u)).toEqual([]);
    expect(matching(zh, /^\P{Script=Han}*$/u)).toEqual([]);
  });
});

describe("the language by default", () => {
  const rows = [
    { preferences: ["zh-CN", "en"], code: "zh" },
    { preferences: ["zh-Hant-TW"], code: "zh" },
    { preferences: ["fr-FR", "zh", "en"], code: "zh" },
    { preferences: ["de-DE"], code: "en" },
    { preferences: ["EN-gb"], code: "en" },
    { preferences: [], code: "en" },
  ];
  for (const { preferences, code } of rows) {
    it(`is ${code} for a browser that wants ${preferences.join(", ") || "nothing"}`, () => {
      expect(preferredLanguage(preferences)).toBe(code);
    });
  }
});

describe("the language for times and numbers", () => {
  it("is the browser's own kind of the language in use", () => {
    expect(regionalLanguage("en", ["zh-CN", "en-GB", "en-US"])).toBe("en-GB");
    expect(regionalLanguage("zh", ["en-GB"])).toBe("zh");
  });
});
