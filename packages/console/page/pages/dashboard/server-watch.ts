/** The dashboard's line to the server: it hears how the server is, keeps the last minutes, and comes back when the line breaks. */
import { consoleAccess } from "../../access/console-access.ts";
import { Observable } from "../../shell/observable.ts";
import { readSnapshot } from "./snapshot.ts";
import type { Snapshot } from "./snapshot.ts";
import { noTrends, withSnapshot } from "./trends.ts";
import type { Trends } from "./trends.ts";

const retryMs = 2000;

export interface Watched {
  readonly snapshot: Snapshot | undefined;
  readonly trends: Trends;
  /** Whether it is fresh. */
  readonly live: boolean;
}

export class ServerWatch {
  readonly state = new Observable<Watched>({ snapshot: undefined, trends: noTrends, live: false });
  #socket: WebSocket | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Watches until the function is called that this returns. */
  start(): () => void {
    this.#open();
    return () => {
      clearTimeout(this.#timer);
      const socket = this.#socket;
      this.#socket = undefined;
      socket?.close();
    };
  }

  #open(): void {
    const socket = consoleAccess.open("dashboard");
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => {
      const snapshot = readSnapshot(data);
      if (snapshot === undefined) return;
      const { trends, snapshot: before } = this.state.value;
      this.state.set({ snapshot, trends: withSnapshot(trends, snapshot, before), live: true });
    });
    socket.addEventListener("close", () => {
      if (this.#socket !== socket) return;
      this.state.set({ ...this.state.value, live: false });
      // A token that is not taken any more brings the gate back.
      consoleAccess.fetch("access").catch(() => undefined);
      this.#timer = setTimeout(() => this.#open(), retryMs);
    });
  }
}
