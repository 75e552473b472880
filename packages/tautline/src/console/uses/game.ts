/**
 * The game on the hub: clients take seats and steer by procedures, the board's state goes out thirty times a second while somebody is there. What
 * moves is in every message; who sits where and where beads lie only when it changes, and once a second for whoever came in between.
 */
import type { HubClient, Unregister } from "@tautline/hub";

import type { ConsoleContext } from "../console-part.ts";
import { Board, boardSize, roundScore, tenths } from "./board.ts";
import type { Bead } from "./board.ts";
import { fieldsOf, nameOf, numberIn } from "./fields.ts";
import { Show } from "./show.ts";
import { boardChannel } from "./use-channels.ts";

const ticksPerSecond = 30;

interface Seat {
  readonly client: string;
  readonly name: string;
}

class Game {
  readonly #context: ConsoleContext;
  readonly #channel: string;
  readonly #show: Show;
  readonly #seats = new Map<number, Seat>();
  #board = new Board(Math.random);
  #tick = 0;
  #told: { readonly beads: readonly Bead[]; readonly round: number } | undefined;
  #seatsChanged = false;

  constructor(context: ConsoleContext) {
    const { hub, clock } = context;
    this.#context = context;
    this.#channel = boardChannel(hub.node);
    this.#show = new Show({
      hub,
      clock,
      channel: this.#channel,
      everyMs: 1_000 / ticksPerSecond,
      step: () => this.#step(),
      end: () => this.#clear(),
    });
  }

  /** The board's channel; nobody has to be subscribed to it yet to ask. */
  describe(): object {
    return { channel: this.#channel, ...boardSize, roundScore, ticksPerSecond };
  }

  /** Gives a subscriber a seat, the one it has if it has one; none when all are taken: then it looks on. */
  join(client: HubClient): object {
    this.#show.admit(client);
    const taken = this.#seatOf(client.id) ?? this.#take(client);
    return { ...(taken !== undefined && { seat: taken }), ...this.#whole() };
  }

  steer(data: unknown, client: HubClient): object {
    const fields = fieldsOf(data);
    const [dx, dy] = [numberIn(fields, "dx", -1, 1), numberIn(fields, "dy", -1, 1)];
    const seat = this.#seatOf(client.id);
    if (seat !== undefined) this.#board.steer(seat, dx, dy);
    return {};
  }

  leave(client: string): void {
    const seat = this.#seatOf(client);
    if (seat === undefined) return;
    this.#seats.delete(seat);
    this.#board.leave(seat);
    this.#seatsChanged = true;
  }

  close(): void {
    this.#show.close();
  }

  #seatOf(client: string): number | undefined {
    for (const [seat, known] of this.#seats) if (known.client === client) return seat;
    return undefined;
  }

  #take(client: HubClient): number | undefined {
    const seat = this.#board.join();
    if (seat === undefined) return undefined;
    this.#seats.set(seat, { client: client.id, name: nameOf(client) });
    this.#seatsChanged = true;
    return seat;
  }

  #step(): void {
    this.#tick += 1;
    const whole = this.#tick % ticksPerSecond === 0;
    if (whole) this.#dismissUnsubscribed();
    this.#board.step(1 / ticksPerSecond);
    const message = whole ? this.#whole() : { ...this.#moving(), ...this.#changed() };
    this.#told = { beads: this.#board.beads, round: this.#board.round };
    this.#seatsChanged = false;
    const { hub, logger } = this.#context;
    hub
      .channel(this.#channel)
      .publish(message)
      .catch((err: unknown) => logger.warn({ err }, "the game could not be published"));
  }

  /** Who looks at something else now has left, and need not say so. */
  #dismissUnsubscribed(): void {
    for (const { client } of this.#seats.values()) {
      const known = this.#context.hub.clients.get(client);
      if (known?.channels.includes(this.#channel) !== true) this.leave(client);
    }
  }

  #moving(): object {
    const players = Array.from(this.#board.players.values(), ({ seat, x, y, score }) => [
      seat,
      tenths(x),
      tenths(y),
      score,
    ]);
    return { tick: this.#tick, players };
  }

  #changed(): object {
    const { beads, round, winner } = this.#board;
    return {
      ...(this.#told?.beads !== beads && { beads: beads.map(beadRow) }),
      ...(this.#told?.round !== round && { round, winner }),
      ...(this.#seatsChanged && { seats: this.#seatRows() }),
    };
  }

  #whole(): object {
    const { beads, round, winner } = this.#board;
    return {
      ...this.#moving(),
      beads: beads.map(beadRow),
      round,
      ...(winner !== undefined && { winner }),
      seats: this.#seatRows(),
    };
  }

  #seatRows(): readonly object[] {
    return Array.from(this.#seats, ([seat, { name }]) => ({ seat, name }));
  }

  /** Nobody is there: the next one finds a board that is as new. */
  #clear(): void {
    this.#seats.clear();
    this.#board = new Board(Math.random);
    this.#told = undefined;
  }
}

function beadRow({ id, x, y, value }: Bead): readonly number[] {
  return [id, x, y, value];
}

/** Begins it; the function that is returned ends it. */
export function openGame(context: ConsoleContext): Unregister {
  const { hub } = context;
  const game = new Game(context);
  const withdraw = [
    hub.rpc("uses.game.board", () => game.describe()),
    hub.rpc("uses.game.join", (_, client) => game.join(client)),
    hub.rpc("uses.game.steer", (data, client) => game.steer(data, client)),
    hub.onDisconnect(({ id }) => game.leave(id)),
  ];
  return () => {
    for (const end of withdraw) end();
    game.close();
  };
}
