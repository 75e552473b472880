/**
 * The books of the soak: who was to get which message, and who got it. Knows nothing of connections.
 *
 * A channel's messages are numbered without gaps. A subscriber that began after number `s` and that is told nothing to the
 * contrary has to get s + 1, s + 2, … once each and in this order, however often its connection breaks.
 */
export class Ledger {
  /** What is wrong, in words; the first of many. */
  faults = [];
  delivered = 0;
  #channels = new Map();

  #channel(name) {
    let channel = this.#channels.get(name);
    if (channel === undefined) {
      channel = {
        messages: new Map(),
        places: new Map(),
        acknowledged: new Set(),
        doubtful: new Set(),
      };
      this.#channels.set(name, channel);
    }
    return channel;
  }

  fault(text) {
    if (this.faults.length < 20) this.faults.push(text);
  }

  /** The server has taken a message. */
  acknowledged(name, id) {
    this.#channel(name).acknowledged.add(id);
  }

  /** Nobody knows whether the server has taken a message: the connection broke. */
  doubtful(name, id) {
    this.#channel(name).doubtful.add(id);
  }

  /** A subscriber gets message `id` at place `offset`. */
  received(entry, { offset, id }) {
    this.delivered += 1;
    if (offset !== entry.last + 1) {
      this.fault(`${entry.name}: ${offset} follows ${entry.last} in ${entry.channel}`);
    }
    entry.last = offset;
    const { messages, places } = this.#channel(entry.channel);
    if ((messages.get(offset) ?? id) !== id) {
      this.fault(
        `${entry.channel}: ${offset} is ${messages.get(offset)} for one, ${id} for another`,
      );
    }
    if ((places.get(id) ?? offset) !== offset) {
      this.fault(`${entry.channel}: ${id} is there twice, at ${places.get(id)} and at ${offset}`);
    }
    messages.set(offset, id);
    places.set(id, offset);
  }

  /** Closes the books of channels that everybody has read to the end. */
  close() {
    let published = 0;
    for (const [name, { messages, places, acknowledged, doubtful }] of this.#channels) {
      published += messages.size;
      for (const id of acknowledged) {
        if (!places.has(id)) this.fault(`${name}: ${id} was acknowledged and nobody got it`);
      }
      for (const id of places.keys()) {
        if (!acknowledged.has(id) && !doubtful.has(id)) this.fault(`${name}: nobody sent ${id}`);
      }
    }
    return {
      published,
      doubtful: [...this.#channels.values()].reduce((sum, each) => sum + each.doubtful.size, 0),
    };
  }
}
