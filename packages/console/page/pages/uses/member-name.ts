/** The name that the server vouches for, cleaned: the server may be anybody's. Empty when there is none. */
import type { Member } from "@tautline/client";

import { cleanPersonName } from "../../line/person.ts";
import { fieldsOf, textOf } from "./fields.ts";

export function memberName({ info }: Member): string {
  return cleanPersonName(textOf(fieldsOf(info)?.["name"]) ?? "");
}
