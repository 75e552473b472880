import type { LabWords } from "../pages/lab/words.ts";
import type { UsesWords } from "../pages/uses/words.ts";

/**
 * Every string the page can show, by the part of the page that shows it. A language is one object of this type, so a
 * missing or misspelt string is a compile error. Strings with a value in them are functions, because word order and
 * plurals differ between languages.
 */
export interface Dictionary {
  /** The language's own name, as shown in the switch. */
  readonly ownName: string;
  readonly shell: {
    readonly tagline: string;
    readonly skipToContent: string;
    readonly pages: string;
    readonly language: string;
    readonly theme: string;
    readonly themeAuto: string;
    readonly themeLight: string;
    readonly themeDark: string;
    readonly notFound: string;
    readonly toChat: string;
    readonly docs: string;
    readonly loading: string;
    readonly notLoaded: string;
    readonly reload: string;
  };
  readonly access: {
    readonly title: string;
    readonly text: string;
    readonly label: string;
    readonly enter: string;
    readonly refused: string;
    readonly unreachable: string;
  };
  readonly line: {
    readonly idle: string;
    readonly connecting: string;
    readonly connected: string;
    readonly reconnectingIn: (seconds: number) => string;
    readonly reconnectingNow: string;
    readonly offline: string;
    readonly refused: (reason: string) => string;
    readonly tryNow: string;
    readonly lost: string;
    readonly back: (seconds: number) => string;
    readonly dismiss: string;
  };
  readonly chat: {
    readonly title: string;
    readonly rooms: string;
    readonly roomName: string;
    readonly openRoom: string;
    readonly openRoomHint: string;
    readonly forgetRoom: (room: string) => string;
    readonly copyLink: string;
    readonly linkCopied: string;
    readonly people: string;
    readonly peopleCount: (count: number) => string;
    readonly you: string;
    readonly sessions: (count: number) => string;
    readonly guest: string;
    readonly nameTitle: string;
    readonly nameText: string;
    readonly nameLabel: string;
    readonly nameRule: (longest: number) => string;
    readonly enter: string;
    readonly changeName: string;
    readonly cancel: string;
    readonly emptyTitle: string;
    readonly emptyText: string;
    readonly log: (room: string) => string;
    readonly message: string;
    readonly messageHint: (room: string) => string;
    readonly keys: string;
    readonly send: string;
    readonly charactersLeft: (count: number) => string;
    readonly pending: string;
    readonly failed: string;
    readonly failedWith: (reason: string) => string;
    readonly retry: string;
    readonly discard: string;
    readonly outboxFull: string;
    readonly joined: (name: string) => string;
    readonly left: (name: string) => string;
    readonly gap: (seconds: number) => string;
    readonly newMessages: (count: number) => string;
    readonly refused: (reason: string) => string;
    readonly inspect: string;
  };
  readonly inspector: {
    readonly title: string;
  };
  readonly uses: UsesWords;
  readonly lab: LabWords;
  readonly dashboard: {
    readonly title: string;
  };
}
