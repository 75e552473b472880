/**
 * The class `PerMessageDeflate` of `ws`: options and what was agreed on, and compression for those who use it by
 * itself. On a connection the engine does the work, by {@link openDeflate}.
 */
import { nodePlatform, compressionPool } from "@tautline/node";
import type { CompressionPool } from "@tautline/node";
import { PermessageDeflate as EngineDeflate } from "@tautline/protocol";
import type { MessageTransform } from "@tautline/protocol";
import { answerTo, confirmed, normalized, offerOf } from "./deflate-agreement.ts";
import type { DeflateParams, PerMessageDeflateOptions } from "./deflate-agreement.ts";
import { DeflateStream } from "./deflate-streams.ts";
import type { CompressCallback } from "./deflate-streams.ts";
import type { ParsedParameters } from "./extension.ts";

export interface PerMessageDeflateSettings extends PerMessageDeflateOptions {
  isServer?: boolean | undefined;
  maxPayload?: number | undefined;
}

export const extensionName = "permessage-deflate";

export class PerMessageDeflate {
  readonly _options: PerMessageDeflateSettings;
  readonly _threshold: number;
  readonly _maxPayload: number;
  readonly _isServer: boolean;
  /** What was agreed on. */
  params: DeflateParams | null = null;
  #deflate: DeflateStream | undefined;
  #inflate: DeflateStream | undefined;

  constructor(options?: PerMessageDeflateSettings) {
    this._options = options ?? {};
    this._threshold = this._options.threshold ?? 1024;
    this._maxPayload = (this._options.maxPayload ?? 0) | 0;
    this._isServer = Boolean(this._options.isServer);
  }

  static get extensionName(): string {
    return extensionName;
  }

  offer(): DeflateParams {
    return offerOf(this._options);
  }

  /**
   * Agrees to one of the offers, or to the answer, and keeps what was agreed on.
   *
   * @throws Error, TypeError when there is nothing to agree to
   */
  accept(configurations: ParsedParameters[]): DeflateParams {
    const offers = normalized(configurations, this._isServer);
    this.params = this._isServer
      ? answerTo(offers, this._options)
      : confirmed(offers[0] ?? {}, this._options);
    return this.params;
  }

  cleanup(): void {
    this.#inflate?.close();
    this.#inflate = undefined;
    const deflate = this.#deflate;
    this.#deflate = undefined;
    deflate?.close();
  }

  decompress(data: Uint8Array, fin: boolean, callback: CompressCallback): void {
    this.#inflate ??= this.#open("inflate", this._isServer ? "client" : "server");
    this.#inflate.add({ data, fin, done: callback });
  }

  compress(data: Uint8Array | string, fin: boolean, callback: CompressCallback): void {
    this.#deflate ??= this.#open("deflate", this._isServer ? "server" : "client");
    this.#deflate.add({ data, fin, done: callback });
  }

  #open(kind: "deflate" | "inflate", side: "client" | "server"): DeflateStream {
    const bits = this.params?.[`${side}_max_window_bits`];
    const { zlibDeflateOptions, zlibInflateOptions } = this._options;
    return new DeflateStream(kind, {
      windowBits: typeof bits === "number" ? bits : 15,
      noContextTakeover: this.params?.[`${side}_no_context_takeover`] === true,
      zlibOptions: kind === "deflate" ? zlibDeflateOptions : zlibInflateOptions,
      maxPayload: this._maxPayload,
    });
  }
}

let pool: CompressionPool | undefined;

/** What the engine does to a connection's messages where `deflate` has been agreed on. */
export function openDeflate(deflate: PerMessageDeflate): MessageTransform {
  const { _isServer, _options, _threshold } = deflate;
  const params = deflate.params ?? {};
  const own = _isServer ? params.server_no_context_takeover : params.client_no_context_takeover;
  const { level = 6, memLevel = 8 } = _options.zlibDeflateOptions ?? {};
  pool ??= compressionPool();
  const engineDeflate = new EngineDeflate(
    _isServer ? "server" : "client",
    {
      contextTakeover: true,
      peerContextTakeover: true,
      // A compressor that remembers makes short messages shorter too; so `ws` has a threshold only without.
      thresholdBytes: own === true ? Math.max(0, Math.trunc(_threshold)) : 0,
      level: Math.min(9, Math.max(1, level === -1 ? 6 : level)),
      memoryLevel: memLevel,
    },
    { pool, platform: nodePlatform },
  );
  const agreed = Object.entries(params).map(([name, value]): [string, string | true] => [
    name,
    value === true ? true : String(value),
  ]);
  return engineDeflate.open(new Map(agreed));
}
