import { describe, expect, it } from "vitest";
import { forgetJoined, joinedOutput } from "../../src/connection/joined-output.ts";

const bytes = (text: string): Uint8Array => Buffer.from(text);
const text = (joined: Uint8Array | undefined): string => Buffer.from(joined ?? []).toString();

describe("joinedOutput", () => {
  it("leaves alone what is one piece already, and what is long", () => {
    expect(joinedOutput([bytes("one")], 3)).toBeUndefined();
    const long = Buffer.alloc(9000);
    expect(joinedOutput([long, long], 18_000)).toBeUndefined();
  });

  it("joins the same pieces once for all who write them", () => {
    const pieces = [bytes("ab"), bytes("c"), bytes("def")];
    const first = joinedOutput(pieces, 6);
    expect(text(first)).toBe("abcdef");
    expect(joinedOutput([...pieces], 6)).toBe(first);
    expect(text(joinedOutput(pieces.toReversed(), 6))).toBe("defcab");
    expect(text(joinedOutput(pieces.slice(1), 4))).toBe("cdef");
  });

  it("does not write over what somebody still needs", () => {
    const kept = joinedOutput([bytes("ke"), bytes("pt")], 4);
    forgetJoined();
    expect(text(joinedOutput([bytes("ot"), bytes("her")], 5))).toBe("other");
    expect(text(kept)).toBe("kept");
  });
});
