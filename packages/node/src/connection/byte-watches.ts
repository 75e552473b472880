/**
 * Who looks at the bytes of which connection, to show what travels. It knows nothing of frames.
 *
 * It is kept apart from connections, because nearly none is ever looked at: those cost no memory for it, and one look at a size
 * for each read and write.
 */

/** Is told of the bytes of one connection, as they travel: behind the handshake, within TLS. Must not throw. */
export interface ByteWatcher {
  /** Bytes of the peer, masks included. They are lent for the call: what is to stay is copied. */
  received(bytes: Uint8Array): void;
  /** Bytes for the peer, as they are given to the system. They are lent for the call. */
  sent(bytes: Uint8Array): void;
}

class ByteWatches {
  readonly #watchers = new Map<object, Set<ByteWatcher>>();

  /** Whether anything is looked at. */
  get any(): boolean {
    return this.#watchers.size > 0;
  }

  add(watched: object, watcher: ByteWatcher): void {
    const watchers = this.#watchers.get(watched) ?? new Set();
    watchers.add(watcher);
    this.#watchers.set(watched, watchers);
  }

  remove(watched: object, watcher: ByteWatcher): void {
    const watchers = this.#watchers.get(watched);
    watchers?.delete(watcher);
    if (watchers?.size === 0) this.forget(watched);
  }

  /** There is nothing more to see. */
  forget(watched: object): void {
    this.#watchers.delete(watched);
  }

  received(watched: object, bytes: Uint8Array): void {
    for (const watcher of this.#watchers.get(watched) ?? []) watcher.received(bytes);
  }

  sent(watched: object, chunks: readonly Uint8Array[]): void {
    for (const watcher of this.#watchers.get(watched) ?? []) {
      for (const chunk of chunks) watcher.sent(chunk);
    }
  }
}

/** The watches of this process. */
export const byteWatches = new ByteWatches();
