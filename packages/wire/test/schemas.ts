/** Schemas by hand, as any library of the Standard Schema specification would give them. */
import type { StandardSchema } from "@tautline/wire";

/** Takes every text. */
export const anySchema: StandardSchema<string> = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: (value) =>
      typeof value === "string" ? { value } : { issues: [{ message: "not a text" }] },
  },
};
