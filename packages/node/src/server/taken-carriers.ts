/**
 * The sockets and streams that have become connections, or are about to: none does so twice.
 */

const taken = new WeakSet();

/** Takes `carrier` for a connection; false when it has been taken before. */
export function takeCarrier(carrier: object): boolean {
  if (taken.has(carrier)) return false;
  taken.add(carrier);
  return true;
}
