/**
 * Plays every row of the vector tables whole, byte by byte and cut at random, and has messages received whole and as
 * streams: what is seen must always be the same.
 */
import { describe, expect, test } from "vitest";
import type { Role } from "@tautline/protocol";
import { generator } from "./deterministic-platform.ts";
import type { Play, Row } from "./engine-player.ts";
import { every, play, scattered } from "./engine-player.ts";
import { encode } from "./frame-bytes.ts";
import { seed } from "./seed.ts";
import { closingRows } from "./vectors/closing.ts";
import { controlRows } from "./vectors/control.ts";
import { fragmentationRows } from "./vectors/fragmentation.ts";
import { framingRows } from "./vectors/framing.ts";
import { limitRows } from "./vectors/limits.ts";
import { utf8Rows } from "./vectors/utf8.ts";

const tables: Record<string, readonly Row[]> = {
  framing: framingRows,
  fragmentation: fragmentationRows,
  "control frames": controlRows,
  closing: closingRows,
  "UTF-8": utf8Rows,
  limits: limitRows,
};

const receiveForms = ["messages", "streams"] as const;

/** Rows longer than this are not played byte by byte: pieces of this many bytes show the same. */
const longBytes = 4096;
const scatters = 5;

for (const [table, rows] of Object.entries(tables)) {
  describe(`the table of ${table}`, () => {
    for (const row of rows) {
      for (const role of roles(row)) {
        test(`${role}: ${row.name} [${row.rfc.join(", ")}]`, () => {
          for (const { told, cut } of cuts(row, role)) {
            const { events, output, receive: only, ...asked } = row;
            for (const receive of only === undefined ? receiveForms : [only]) {
              const seen = play({ ...asked, role, cut, options: { ...row.options, receive } });
              expect({ told, receive, ...seen }).toEqual({ told, receive, events, output });
            }
          }
        });
      }
    }
  });
}

test("row names are unique within a table", () => {
  const names = Object.entries(tables).flatMap(([table, rows]) =>
    rows.map((row) => `${table}: ${row.name}`),
  );
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

function roles({ role }: Row): Role[] {
  return role === "both" ? ["server", "client"] : [role];
}

/** The ways in which a row's bytes arrive. */
function cuts(row: Row, role: Role): { told: string; cut: Play["cut"] }[] {
  const { byteLength } = encode(row.bytes, role);
  const step = byteLength > longBytes ? 97 : 1;
  const longest = Math.max(3, Math.ceil(byteLength / 3));
  return [
    { told: "whole", cut: (bytes) => [bytes] },
    { told: `in pieces of ${step}`, cut: every(step) },
    ...Array.from({ length: scatters }, (_, scatter) => ({
      told: `cut at random (scatter ${scatter}, TAUTLINE_SEED=${seed})`,
      cut: scattered(generator(seed + scatter), longest),
    })),
  ];
}
