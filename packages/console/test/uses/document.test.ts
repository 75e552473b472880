import { array, assert, integer, nat, property, record, string, tuple } from "fast-check";
import { describe, expect, it } from "vitest";

import { fromBase64, toBase64 } from "../../page/pages/uses/document/base64.ts";
import { editBetween } from "../../page/pages/uses/document/edit.ts";
import { mergedUpdates, Note } from "../../page/pages/uses/document/note.ts";

/** A note that hands its updates to the others of a list only when told to. */
function connected(count: number) {
  const updates: Uint8Array[][] = [];
  const notes = Array.from({ length: count }, (_, index) => {
    const note = new Note();
    const own: Uint8Array[] = [];
    updates[index] = own;
    note.onOwnUpdate((update) => own.push(update));
    return note;
  });
  const exchange = (): void => {
    for (const [from, own] of updates.entries()) {
      if (own.length === 0) continue;
      const update = mergedUpdates(own.splice(0));
      for (const [to, note] of notes.entries()) if (to !== from) note.merge(update);
    }
  };
  return { notes, exchange };
}

describe("editBetween", () => {
  const rows = [
    { name: "a letter behind", before: "ab", after: "abc", caret: 3, edit: [2, 0, "c"] },
    { name: "a letter in front", before: "ab", after: "xab", caret: 1, edit: [0, 0, "x"] },
    { name: "the same letter again", before: "aaa", after: "aaaa", caret: 2, edit: [1, 0, "a"] },
    { name: "a letter taken away", before: "abc", after: "ac", caret: 1, edit: [1, 1, ""] },
    { name: "one of the same letters", before: "aaa", after: "aa", caret: 1, edit: [1, 1, ""] },
    {
      name: "a selection replaced",
      before: "one two",
      after: "one 2",
      caret: 5,
      edit: [4, 3, "2"],
    },
    { name: "all", before: "one", after: "", caret: 0, edit: [0, 3, ""] },
    { name: "half of an emoji", before: "😀", after: "😃", caret: 2, edit: [0, 2, "😃"] },
  ];
  for (const { name, before, after, caret, edit } of rows) {
    it(`finds ${name}`, () => {
      const [at, removed, inserted] = edit;
      expect(editBetween(before, after, caret)).toEqual({ at, removed, inserted });
    });
  }

  it("finds nothing where nothing is", () => {
    expect(editBetween("same", "same", 2)).toBeUndefined();
  });

  it("makes the one of the other, whatever they are and wherever the caret is", () => {
    assert(
      property(
        string({ unit: "grapheme" }),
        string({ unit: "grapheme" }),
        nat(),
        (one, two, at) => {
          const edit = editBetween(one, two, at % (two.length + 1));
          const made =
            edit === undefined
              ? one
              : one.slice(0, edit.at) + edit.inserted + one.slice(edit.at + edit.removed);
          expect(made).toBe(two);
        },
      ),
    );
  });
});

describe("a note", () => {
  it("becomes the same in all windows, whatever is typed at the same time", () => {
    const step = record({
      who: integer({ min: 0, max: 2 }),
      at: nat(),
      text: string(),
      cut: nat(4),
    });
    assert(
      property(array(tuple(step, step), { maxLength: 12 }), (rounds) => {
        const { notes, exchange } = connected(3);
        for (const steps of rounds) {
          for (const { who, at, text, cut } of steps) {
            const note = notes[who]!;
            const place = at % (note.text.length + 1);
            const after = note.text.slice(0, place) + text + note.text.slice(place + cut);
            note.type(after, place + text.length);
            expect(note.text).toBe(after);
          }
          exchange();
        }
        exchange();
        expect(new Set(notes.map(({ text }) => text)).size).toBe(1);
      }),
      { numRuns: 50 },
    );
  });

  it("keeps what two wrote at the same place", () => {
    const { notes, exchange } = connected(2);
    const [ada, grace] = [notes[0]!, notes[1]!];
    ada.type("hello", 5);
    exchange();
    ada.type("hello Ada", 9);
    grace.type("hello Grace", 11);
    exchange();
    expect(ada.text).toBe(grace.text);
    expect(ada.text).toContain(" Ada");
    expect(ada.text).toContain(" Grace");
  });

  it("takes an update twice, and in any order", () => {
    const [one, other] = [new Note(), new Note()];
    const updates: Uint8Array[] = [];
    one.onOwnUpdate((update) => updates.push(update));
    for (const text of ["a", "ab", "abc"]) one.type(text, text.length);
    for (const update of [...updates.toReversed(), ...updates]) other.merge(update);
    expect(other.text).toBe("abc");
  });

  it("is no worse for bytes that are no update", () => {
    const note = new Note();
    note.type("hello", 5);
    expect(note.merge(Uint8Array.of(255, 255, 255, 255))).toBe(false);
    note.type("hello!", 6);
    expect(note.text).toBe("hello!");
  });

  it("knows what another one lacks: nothing, letters, or that letters are gone", () => {
    const { notes, exchange } = connected(2);
    const [ada, grace] = [notes[0]!, notes[1]!];
    expect(ada.lackedBy(grace)).toBeUndefined();
    ada.type("hello", 5);
    const letters = ada.lackedBy(grace);
    expect(grace.lackedBy(ada)).toBeUndefined();
    grace.merge(letters!);
    expect(ada.lackedBy(grace)).toBeUndefined();
    exchange();
    ada.type("hell", 4);
    grace.merge(ada.lackedBy(grace)!);
    expect(grace.text).toBe("hell");
    expect(ada.lackedBy(grace)).toBeUndefined();
  });

  it("has places that stay with the letters beside them", () => {
    const { notes, exchange } = connected(2);
    const [ada, grace] = [notes[0]!, notes[1]!];
    ada.type("one two", 7);
    exchange();
    const place = grace.placeOf(4);
    ada.type("zero one two", 5);
    exchange();
    expect(grace.indexOf(place)).toBe(9);
    expect(ada.indexOf(place)).toBe(9);
    expect(ada.indexOf(ada.placeOf(99))).toBe(12);
    for (const nonsense of ["", "{}", "7", '{"tname":"other"}']) {
      expect(ada.indexOf(nonsense)).toBeUndefined();
    }
  });

  it("tells of its own updates alone, and of every change", () => {
    const [one, other] = [new Note(), new Note()];
    let [updates, texts] = [0, [] as string[]];
    other.onOwnUpdate(() => (updates += 1));
    other.onChange((text) => texts.push(text));
    one.type("hello", 5);
    other.merge(one.state);
    other.type("hello!", 6);
    expect(updates).toBe(1);
    expect(texts).toEqual(["hello", "hello!"]);
  });
});

describe("Base64", () => {
  it("gives the bytes back", () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    expect(fromBase64(toBase64(bytes))).toEqual(bytes);
    expect(fromBase64("<>")).toBeUndefined();
  });
});
