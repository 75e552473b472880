/**
 * Engines with permessage-deflate in force, and everything around them in the open.
 */
import type { CompressionOptions, MessageTransform, Role } from "@tautline/protocol";
import { CompressionPool, PermessageDeflate, parseExtensionList } from "@tautline/protocol";
import { deterministicPlatform } from "../deterministic-platform.ts";
import { ObservedEngine } from "../observed-engine.ts";
import type { ObservedOptions } from "../observed-engine.ts";
import type { TestCodec } from "./test-codec.ts";
import { testCodec } from "./test-codec.ts";

export interface CompressedOptions extends CompressionOptions {
  readonly codec?: TestCodec;
  readonly pool?: CompressionPool;
  /** What was agreed on, as the header has it behind the name. Default: nothing, so that contexts are taken over. */
  readonly agreed?: string;
}

/** What permessage-deflate does on one connection. */
export function transformFor(role: Role, options: CompressedOptions = {}): MessageTransform {
  const { codec = testCodec(), pool = new CompressionPool(codec), agreed = "", ...rest } = options;
  const parts = { pool, platform: deterministicPlatform() };
  const given = { contextTakeover: true, peerContextTakeover: true, thresholdBytes: 0, ...rest };
  const extension = new PermessageDeflate(role, given, parts);
  return extension.open(parametersOf(agreed));
}

function parametersOf(text: string): Map<string, string | true> {
  const [element] = parseExtensionList(`permessage-deflate${text === "" ? "" : `; ${text}`}`) ?? [];
  const values = [...(element?.parameters ?? [])];
  return new Map(values.map(([name, [value = true]]) => [name, value]));
}

/** An engine with everything in the test's hand, work done elsewhere included. */
export class CompressedEngine {
  readonly codec: TestCodec;
  readonly observed: ObservedEngine;
  #ready = 0;

  constructor(role: Role, options: CompressedOptions = {}, engine: ObservedOptions = {}) {
    this.codec = options.codec ?? testCodec();
    const transform = transformFor(role, { ...options, codec: this.codec });
    this.observed = new ObservedEngine(role, {
      ...engine,
      transform,
      ready: () => {
        this.#ready += 1;
      },
    });
  }

  /** Does the work that waits, and tells the engine. Says how often the engine had asked to be told. */
  work(): number {
    const before = this.#ready;
    do {
      this.codec.work();
      this.observed.engine.proceed(this.observed.now);
    } while (this.codec.waiting.length > 0);
    return this.#ready - before;
  }
}
