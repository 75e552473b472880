import { describe, expect, it } from "vitest";

import {
  emptyInbox,
  isRead,
  joined,
  longestNotice,
  readPost,
  restoredInbox,
  storedInbox,
  unreadOf,
  withNotice,
  withRead,
} from "../../page/pages/uses/notifications/inbox.ts";
import type { Notice } from "../../page/pages/uses/notifications/inbox.ts";

const notice = (id: string, more: Partial<Notice> = {}): Notice => ({
  id,
  from: "Grace",
  to: "Ada",
  text: id,
  at: 0,
  ...more,
});

describe("an inbox", () => {
  it("has each notice once, the newest first", () => {
    const inbox = [notice("a", { at: 1 }), notice("b", { at: 3 }), notice("c", { at: 2 })].reduce(
      withNotice,
      emptyInbox,
    );
    expect(inbox.notices.map(({ id }) => id)).toEqual(["b", "c", "a"]);
    expect(withNotice(inbox, notice("a", { at: 9 }))).toBe(inbox);
  });

  it("keeps the newest hundred", () => {
    let inbox = emptyInbox;
    for (let at = 0; at < 105; at += 1) inbox = withNotice(inbox, notice(String(at), { at }));
    expect(inbox.notices).toHaveLength(100);
    expect(inbox.notices.at(-1)?.id).toBe("5");
  });

  it("counts what others sent and what was not read", () => {
    const own = notice("own", { from: "Ada" });
    let inbox = [notice("a"), notice("b"), own].reduce(withNotice, emptyInbox);
    expect(unreadOf(inbox, "Ada").map(({ id }) => id)).toEqual(["b", "a"]);
    inbox = withRead(inbox, ["a"]);
    expect(unreadOf(inbox, "Ada").map(({ id }) => id)).toEqual(["b"]);
    expect(withRead(inbox, ["a"])).toBe(inbox);
  });

  it("takes a mark that comes before its notice", () => {
    const inbox = withNotice(withRead(emptyInbox, ["a"]), notice("a"));
    expect(isRead(inbox, notice("a"))).toBe(true);
  });

  it("joins what two windows know, whichever begins", () => {
    const one = withRead(withNotice(emptyInbox, notice("a", { at: 1 })), ["a"]);
    const other = withNotice(emptyInbox, notice("b", { at: 2 }));
    for (const both of [joined(one, other), joined(other, one)]) {
      expect(both.notices.map(({ id }) => id)).toEqual(["b", "a"]);
      expect(both.read).toEqual(["a"]);
    }
    expect(joined(one, one)).toBe(one);
  });

  it("is what it was after the browser has kept it", () => {
    const inbox = withRead(withNotice(emptyInbox, notice("a", { at: 7 })), ["a", "b"]);
    expect(restoredInbox(storedInbox(inbox))).toEqual(inbox);
    for (const text of [undefined, "", "nonsense", "[]", '{"notices":[{}],"read":7}']) {
      expect(restoredInbox(text)).toEqual(emptyInbox);
    }
  });
});

describe("readPost", () => {
  it("takes notices, with clean names and no longer than they may be", () => {
    const post = readPost({
      kind: "notice",
      id: "a",
      from: "\u202eGrace",
      to: "",
      text: "x".repeat(longestNotice + 5),
      at: 5,
    });
    const text = "x".repeat(longestNotice);
    expect(post).toEqual({
      kind: "notice",
      notice: { id: "a", from: "Grace", to: "", text, at: 5 },
    });
  });

  it("takes marks, and leaves out what is none", () => {
    expect(readPost({ kind: "read", ids: ["a", 7, null] })).toEqual({ kind: "read", ids: ["a"] });
  });

  for (const data of [null, 7, "x", [], {}, { kind: "notice", id: "a" }, { kind: "other" }]) {
    it(`takes ${JSON.stringify(data)} for nothing`, () => expect(readPost(data)).toBeUndefined());
  }
});
