/**
 * From the option `compression` to the extension that the handshake negotiates.
 */
import { PermessageDeflate } from "@tautline/protocol";
import type { CompressionOptions, CompressionPool, Extension, Role } from "@tautline/protocol";
import { sharedCompressionPool } from "./deflate-pool.ts";
import { nodePlatform } from "../platform.ts";

/** How messages are compressed. */
export type Compression = CompressionOptions & {
  /** The memory for it, made by `compressionPool`. Default: one pool of 128 MiB for the whole process. */
  readonly pool?: CompressionPool | undefined;
};

/** @throws UsageError `USAGE_OPTION` */
export function compressionExtensions(role: Role, choice: boolean | Compression): Extension[] {
  if (choice === false) return [];
  const { pool, ...options } = choice === true ? {} : choice;
  const parts = { pool: pool ?? sharedCompressionPool(), platform: nodePlatform };
  return [new PermessageDeflate(role, options, parts)];
}

/**
 * The extensions of a server, compression first: no other that is given may need RSV1 as well.
 *
 * @throws UsageError `USAGE_OPTION`
 */
export function serverExtensions(options: {
  readonly compression?: boolean | Compression | undefined;
  readonly extensions?: readonly Extension[] | undefined;
}): Extension[] {
  const { compression = false, extensions = [] } = options;
  return [...compressionExtensions("server", compression), ...extensions];
}
