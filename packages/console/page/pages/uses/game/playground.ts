/**
 * A window's seat at the game: it asks which board the server plays on, subscribes to it, takes a seat, and steers. After a break it does so
 * again, for the server may be another one.
 */
import type { Client, Subscription } from "@tautline/client";

import type { HubLine } from "../../../line/hub-line.ts";
import { Observable } from "../../../shell/observable.ts";
import { attend } from "../attend.ts";
import { fieldsOf, numberOf, textOf } from "../fields.ts";
import { LatestValue } from "../latest-value.ts";
import { Arena } from "./arena.ts";
import type { Scene } from "./arena.ts";
import type { Direction } from "./steering.ts";

/** Thirty times a second. */
const beatMs = 1_000 / 30;

export class Playground {
  readonly arena = new Arena();
  readonly scene: Observable<Scene> = new Observable(this.arena.scene);
  /** This window's seat; undefined while it only looks on. */
  readonly seat = new Observable<number | undefined>(undefined);
  /** The points that win a round. */
  readonly goal = new Observable(25);
  /** Milliseconds from a turn of the wheel to the server's answer, smoothed. */
  readonly lagMs = new Observable<number | undefined>(undefined);
  readonly problem = new Observable<string | undefined>(undefined);
  #client: Client | undefined;
  #board: Subscription<unknown> | undefined;
  readonly #wheel = new LatestValue<Direction>(
    (direction) => this.#steer(direction),
    (one, other) => one.dx === other.dx && one.dy === other.dy,
  );

  /** Begins to play; the returned function ends it. */
  open(line: HubLine): () => void {
    const beat = setInterval(() => void this.#wheel.beat(), beatMs);
    const leave = attend(line, (client) => this.#enter(client));
    return () => {
      clearInterval(beat);
      leave();
    };
  }

  steer(direction: Direction): void {
    this.#wheel.offer(direction);
  }

  #enter(client: Client): () => void {
    this.#client = client;
    const follow = client.onStateChange(({ state }) => {
      if (state === "connected") void this.#findBoard(client);
      else this.seat.set(undefined);
    });
    if (client.state === "connected") void this.#findBoard(client);
    return () => {
      follow();
      this.#client = undefined;
      this.#leaveBoard();
    };
  }

  async #findBoard(client: Client): Promise<void> {
    try {
      const board = fieldsOf(await client.rpc("uses.game.board"));
      const channel = textOf(board?.["channel"]);
      if (client !== this.#client || channel === undefined) return;
      this.goal.set(numberOf(board?.["roundScore"]) ?? this.goal.value);
      if (this.#board?.channel === channel) return;
      this.#leaveBoard();
      this.#goTo(client, channel);
    } catch (error) {
      this.problem.set(error instanceof Error ? error.message : String(error));
    }
  }

  #goTo(client: Client, channel: string): void {
    const board = client.subscribe(channel);
    this.#board = board;
    board.onPublication(({ data }) => this.#hear(data));
    board.onStateChange(({ state, reason }) => {
      if (board !== this.#board) return;
      this.problem.set(state === "unsubscribed" ? reason : undefined);
      if (state === "subscribed") void this.#sitDown(client);
    });
  }

  #leaveBoard(): void {
    const board = this.#board;
    this.#board = undefined;
    void board?.unsubscribe();
    this.arena.clear();
    this.scene.set(this.arena.scene);
    this.seat.set(undefined);
  }

  async #sitDown(client: Client): Promise<void> {
    try {
      const answer = await client.rpc("uses.game.join");
      if (client !== this.#client) return;
      this.#hear(answer);
      this.seat.set(numberOf(fieldsOf(answer)?.["seat"]));
      this.#wheel.forget();
    } catch {
      // The line broke: the next connection begins anew.
    }
  }

  #hear(data: unknown): void {
    this.arena.hear(data, performance.now());
    this.scene.set(this.arena.scene);
  }

  async #steer(direction: Direction): Promise<void> {
    if (this.seat.value === undefined) throw new Error("There is no seat to steer from.");
    const began = performance.now();
    await this.#client?.rpc("uses.game.steer", direction);
    const tookMs = performance.now() - began;
    this.lagMs.set((this.lagMs.value ?? tookMs) * 0.8 + tookMs * 0.2);
  }
}
