/** One client of the soak: two subscriptions, whose messages go into the ledger, and things to do at random. */
import { Client } from "@tautline/client";
import { WebSocket } from "@tautline/node";

const subscriptionsEach = 2;

export class Player {
  /** By channel: where this player stands in it. */
  entries = new Map();
  told = 0;
  #name;
  #world;
  #client;
  #socket;
  #sent = 0;

  /** @param world the ledger, the channels, the hub's address, a random number generator, and what has been done */
  constructor(name, world) {
    this.#name = name;
    this.#world = world;
    const player = this;
    this.#client = new Client(world.url, {
      // Its own door to the connection, to break it.
      webSocket: function Line(url, protocols) {
        // Thousands of machines would not wait for each other (RFC 6455 §4.1 asks one machine to).
        player.#socket = new WebSocket(url, { protocols, parallelHandshakes: true });
        return player.#socket;
      },
      reconnectDelayMs: 200,
      maxReconnectDelayMs: 2000,
      callTimeoutMs: 60_000,
      connectTimeoutMs: 60_000,
    });
  }

  async begin() {
    await this.#client.connect();
    await this.#fill();
  }

  /** Subscribes to these for good: somebody has to get each message of theirs, whoever else has just left. */
  async stay(channels) {
    await this.#client.connect();
    for (const channel of channels) await this.#subscribe(channel);
  }

  end() {
    return this.#client.disconnect();
  }

  rpc(method, data) {
    return this.#client.rpc(method, data);
  }

  async #fill() {
    const { channels, random } = this.#world;
    while (this.entries.size < subscriptionsEach) {
      const channel = channels[Math.floor(random() * channels.length)];
      if (!this.entries.has(channel)) await this.#ask(this.#subscribe(channel));
    }
  }

  async #subscribe(channel) {
    const { ledger } = this.#world;
    const entry = { name: this.#name, channel, last: 0 };
    this.entries.set(channel, entry);
    const subscription = this.#client.subscribe(channel);
    entry.subscription = subscription;
    subscription.onStateChange(({ state, wasRecovering, recovered, reason }) => {
      if (state === "subscribed" && !wasRecovering) entry.last = subscription.position.offset;
      if (state === "subscribed" && wasRecovering && !recovered) {
        this.told += 1;
        ledger.fault(`${this.#name}: not recovered in ${channel}, where 100 are kept`);
      }
      if (state === "unsubscribed" && this.entries.get(channel) === entry) {
        ledger.fault(`${this.#name}: ${channel} ended: ${reason}`);
      }
    });
    subscription.onPublication(({ offset, data }) => {
      ledger.received(entry, { offset, id: data.id });
      this.#world.progress(entry);
    });
    await subscription.ready();
  }

  /** Does one thing, and counts it. */
  async act() {
    const { random, done } = this.#world;
    // Between two channels.
    if (this.entries.size === 0) return;
    let dice = random() * totalWeight;
    for (const [action, weight] of weights) {
      dice -= weight;
      if (dice > 0) continue;
      await this.#actions[action]();
      done[action] = (done[action] ?? 0) + 1;
      return;
    }
  }

  /** One of the player's own channels. */
  #someChannel() {
    return [...this.entries.keys()][Math.floor(this.#world.random() * this.entries.size)];
  }

  async #send(channel, publish) {
    const id = `${this.#name}/${(this.#sent += 1)}`;
    try {
      await publish({ id, text: "x".repeat(80) });
      this.#world.ledger.acknowledged(channel, id);
    } catch (error) {
      // It may have been taken before the connection broke.
      this.#world.ledger.doubtful(channel, id);
      this.#expect(error);
    }
  }

  /** What breaks because a connection was broken is as it should be; anything else is not. */
  #expect(error) {
    if (!["connection-lost", "disconnected", "unsubscribed"].includes(error.code)) {
      this.#world.ledger.fault(`${this.#name}: ${error.code} ${error.message}`);
    }
  }

  #ask(question) {
    return question.catch((error) => this.#expect(error));
  }

  #actions = {
    publish: () => {
      const channel = this.#someChannel();
      return this.#send(channel, (data) => this.#client.publish(channel, data));
    },
    announce: () => {
      const channel = this.#someChannel();
      return this.#send(channel, (data) => this.#client.rpc("announce", { channel, data }));
    },
    history: () =>
      this.#ask(this.#client.history(this.#someChannel(), { limit: 10, reverse: true })),
    presence: () => this.#ask(this.#client.presenceStats(this.#someChannel())),
    call: async () => {
      const sum = await this.#ask(this.#client.rpc("sum", [1, 2, 3]));
      if (sum !== undefined && sum !== 6) this.#world.ledger.fault(`1 + 2 + 3 = ${sum}`);
    },
    cut: async () => this.#socket?.terminate(),
    move: async () => {
      const entry = this.entries.get(this.#someChannel());
      this.entries.delete(entry.channel);
      await this.#ask(entry.subscription.unsubscribe());
      await this.#fill();
    },
  };
}

const weights = Object.entries({
  publish: 50,
  announce: 10,
  history: 6,
  presence: 6,
  call: 10,
  cut: 12,
  move: 6,
});
const totalWeight = weights.reduce((sum, [, weight]) => sum + weight, 0);
