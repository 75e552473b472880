/**
 * What engines of one kind have in common, and the parts that they lend each other.
 *
 * Reading and sending take several objects with fields of their own. An engine needs them only while bytes are under way: between
 * two messages, and with nothing to write, they know nothing of it. So ten thousand idle connections share a few.
 */
import { BlockPool } from "./block-pool.ts";
import type { EngineOptions } from "./engine-options.ts";
import { UsageError } from "./errors.ts";
import { type Leniency, noLeniency } from "./leniency.ts";
import type { MessageSink, PartsOwner } from "./message-intake.ts";
import { MessageReader } from "./message-reader.ts";
import type { MessageParts } from "./message-parts.ts";
import { MessageReceiver } from "./message-receiver.ts";
import { MessageSender } from "./message-sender.ts";
import type { MessageTransform } from "./message-transform.ts";
import type { EngineSettings, Role } from "./options.ts";
import { resolveEngineSettings } from "./options.ts";
import { PartReader } from "./part-reader.ts";
import { PassingText } from "./passing-text.ts";
import type { Platform } from "./platform.ts";

/** Engines read one after the other, except where what one sends is received by another within the call. */
const maxReceivers = 8;

/** A message to many is queued on all of them before any of it is written. */
const maxSenders = 1024;

/** By the settings that engines share. */
const stocks = new WeakMap<EngineSettings, EngineStock>();

export class EngineStock {
  readonly role: Role;
  readonly platform: Platform;
  readonly settings: EngineSettings;
  readonly leniency: Leniency;
  readonly blocks: BlockPool;
  readonly passing: PassingText = new PassingText();
  readonly #givenLeniency: Partial<Leniency> | undefined;
  readonly #receivers: MessageReceiver[] = [];
  readonly #senders: MessageSender[] = [];

  /** @throws UsageError `USAGE_OPTION` for a setting out of range */
  private constructor(options: EngineOptions) {
    const { role, platform, leniency } = options;
    this.role = role;
    this.platform = platform;
    this.settings = options.settings ?? resolveEngineSettings(role, options);
    this.leniency = leniency ? { ...noLeniency, ...leniency } : noLeniency;
    this.blocks = options.blocks ?? new BlockPool(platform);
    this.#givenLeniency = leniency;
  }

  /**
   * The stock of an engine with `options`: that of the last with the same settings, if nothing else of them differs.
   *
   * @throws UsageError `USAGE_OPTION` for a setting out of range
   */
  static of(options: EngineOptions): EngineStock {
    const { settings } = options;
    const last = settings && stocks.get(settings);
    if (last !== undefined && last.#suits(options)) return last;
    const stock = new EngineStock(options);
    if (settings !== undefined) stocks.set(settings, stock);
    return stock;
  }

  /** A receiver that works for `owner` until {@link takeReceiver}. */
  lendReceiver(
    sink: MessageSink,
    owner: PartsOwner,
    transform: MessageTransform | undefined,
  ): MessageReceiver {
    const receiver = this.#receivers.pop() ?? new MessageReceiver(this, new MessageReader(this));
    receiver.serve(sink, owner, transform);
    return receiver;
  }

  /** Takes back a receiver that is at rest. */
  takeReceiver(receiver: MessageReceiver): undefined {
    if (this.#receivers.length < maxReceivers) this.#receivers.push(receiver);
  }

  /**
   * A receiver that hands on parts of messages, and belongs to the one who takes them.
   *
   * @throws UsageError `USAGE_OPTION` without `parts`
   */
  openPartReceiver(parts: MessageParts | undefined, isSuspended: () => boolean): MessageReceiver {
    if (parts === undefined) throw new UsageError("USAGE_OPTION", "streams need parts");
    return new MessageReceiver(this, new PartReader(this, parts, isSuspended));
  }

  /** A sender that works for `owner` until {@link takeSender}. */
  lendSender(owner: PartsOwner, transform: MessageTransform | undefined): MessageSender {
    const sender = this.#senders.pop() ?? new MessageSender(this);
    sender.serve(owner, transform);
    return sender;
  }

  /** Takes back a sender that is at rest. */
  takeSender(sender: MessageSender): undefined {
    if (this.#senders.length < maxSenders) this.#senders.push(sender);
  }

  #suits({ role, platform, leniency, blocks }: EngineOptions): boolean {
    return (
      this.role === role &&
      this.platform === platform &&
      this.#givenLeniency === leniency &&
      this.blocks === blocks
    );
  }
}
