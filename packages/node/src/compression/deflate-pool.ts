/**
 * What the connections of a process share for compression: the codec that works best here, and memory that is given
 * back by compressors whose connections have become silent.
 */
import { CompressionPool } from "@tautline/protocol";
import type { DeflateCodec } from "@tautline/protocol";
import { documentedDeflateCodec } from "./deflate-documented.ts";
import { handleDeflateCodec, isHandleUsable } from "./deflate-handle.ts";

/** A connection that sends nothing for this long, or twice as long at most, loses its compressor. */
const idleMs = 30_000;

let codec: DeflateCodec | undefined;

function deflateCodec(): DeflateCodec {
  codec ??= isHandleUsable() ? handleDeflateCodec : documentedDeflateCodec;
  return codec;
}

/**
 * Memory for compression, which several servers and clients can be given as `compression.pool`. Beyond it messages are
 * sent as they are, and large messages wait before they are inflated.
 *
 * @param options.maxBytes default 128 MiB
 * @throws UsageError `USAGE_OPTION`
 */
export function compressionPool(
  options: { readonly maxBytes?: number | undefined } = {},
): CompressionPool {
  let timer: NodeJS.Timeout | undefined;
  const sweep = (): void => {
    pool.releaseIdle();
    if (pool.leases > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
  const pool = new CompressionPool(deflateCodec(), {
    maxBytes: options.maxBytes,
    onLease: () => {
      timer ??= setInterval(sweep, idleMs).unref();
    },
  });
  return pool;
}

let shared: CompressionPool | undefined;

/** The pool of all who were not given one of their own. */
export function sharedCompressionPool(): CompressionPool {
  shared ??= compressionPool();
  return shared;
}
