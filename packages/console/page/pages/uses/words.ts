/** What the applications say, by the application that says it. */

/** A card of the overview, and the top of the application's page. */
export interface UseWords {
  readonly title: string;
  readonly text: string;
  /** How it works, a paragraph each. */
  readonly how: readonly string[];
}

export interface UsesWords {
  readonly title: string;
  readonly lead: string;
  readonly open: string;
  readonly all: string;
  readonly secondWindow: string;
  readonly how: string;
  readonly source: string;
  readonly closed: (reason: string) => string;
  readonly waiting: string;
  readonly nameTitle: string;
  readonly nameText: string;
  readonly nameEnter: string;
  readonly changeName: string;
  readonly guest: string;
  readonly you: string;
  readonly chat: UseWords;
  readonly notifications: UseWords & {
    readonly bell: (unread: number) => string;
    readonly compose: string;
    readonly to: string;
    readonly everybody: string;
    readonly toHint: string;
    readonly message: string;
    readonly send: string;
    readonly here: string;
    readonly alone: string;
    readonly list: string;
    readonly empty: string;
    readonly emptyText: string;
    readonly unread: string;
    readonly markRead: string;
    readonly markAll: string;
    readonly forYou: string;
    readonly forAll: string;
    readonly sentTo: (name: string) => string;
    readonly onItsWay: string;
    readonly refused: (reason: string) => string;
    readonly discard: string;
    readonly full: string;
    readonly desktop: string;
    readonly desktopOn: string;
    readonly desktopOff: string;
  };
  readonly game: UseWords & {
    readonly board: string;
    readonly keys: string;
    readonly players: string;
    readonly round: (round: number) => string;
    readonly goal: (score: number) => string;
    readonly won: (name: string) => string;
    readonly points: (score: number) => string;
    readonly lookingOn: string;
    readonly lag: (ms: number) => string;
  };
  readonly quotes: UseWords & {
    readonly symbol: string;
    readonly price: string;
    readonly change: string;
    readonly trend: string;
    readonly rises: string;
    readonly falls: string;
    readonly stands: string;
    readonly chart: (symbol: string) => string;
    readonly changed: (count: number) => string;
    readonly ago: (seconds: number) => string;
    readonly now: string;
    readonly madeUp: string;
    readonly names: Readonly<Record<string, string>>;
  };
  readonly document: UseWords & {
    readonly field: string;
    readonly writers: string;
    readonly saved: string;
    readonly unsaved: string;
    readonly reading: string;
    readonly placeholder: string;
    readonly characters: (count: number) => string;
  };
  readonly monitor: UseWords & {
    readonly server: string;
    readonly device: string;
    readonly cpu: string;
    readonly cpuOfCore: string;
    readonly memory: string;
    readonly process: string;
    readonly heap: string;
    readonly delay: string;
    readonly median: string;
    readonly worst: string;
    readonly clients: string;
    readonly subscriptions: string;
    readonly ms: (value: string) => string;
    readonly ago: (seconds: number) => string;
    readonly now: string;
    readonly lamp: string;
    readonly power: string;
    readonly brightness: string;
    readonly warmth: string;
    readonly isThere: string;
    readonly isAway: string;
    readonly unknown: string;
    readonly onState: string;
    readonly offState: string;
    readonly obeyed: (ms: number) => string;
    readonly waitingForLamp: string;
    readonly act: string;
    readonly actText: string;
    readonly terminal: string;
    readonly actingTitle: string;
    readonly actingText: string;
    readonly lastBy: (name: string) => string;
    readonly noCommand: string;
    readonly back: string;
  };
}
