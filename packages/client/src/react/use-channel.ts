/** A channel in a component: its publications go to a function, where the subscription stands comes back. */

import type { ChannelContract } from "@tautline/wire";
import { useCallback, useEffect, useMemo, useRef, useSyncExternalStore } from "react";
import type { CallOptions } from "../deadline.ts";
import type { Publication } from "../publication.ts";
import type { SubscribeOptions } from "../subscription.ts";
import { useClient } from "./client-context.ts";
import type { ChannelStatus } from "./shared-channel.ts";
import { sharedChannel } from "./shared-channel.ts";

/** How to look at a channel. */
export interface UseChannelOptions<Message> extends Pick<
  SubscribeOptions,
  "data" | "delta" | "echo" | "since"
> {
  /** Hears every publication, in order. It need not be the same function each time; the newest is called. */
  readonly onPublication?: ((publication: Publication<Message>) => void) | undefined;
  /** Whether the component is interested at all; true by default. */
  readonly enabled?: boolean | undefined;
}

/** A channel as a component sees it. */
export interface ChannelView<Message> extends ChannelStatus {
  /** Publishes to the channel; resolves when the server has taken the message. The same function in each rendering. */
  readonly publish: (message: Message, options?: CallOptions) => Promise<void>;
}

/**
 * Subscribes while the component is there. Components that look at the same channel share one subscription, which is made
 * with the options of the first of them and ends with the last.
 */
export function useChannel<Message = unknown>(
  channel: ChannelContract<Message> | string,
  options: UseChannelOptions<Message> = {},
): ChannelView<Message> {
  const client = useClient();
  const name = typeof channel === "string" ? channel : channel.name;
  const shared = sharedChannel(client, name);
  const newest = useRef(options);
  useEffect(() => {
    newest.current = options;
  });

  const { enabled = true } = options;
  useEffect(() => {
    if (!enabled) return undefined;
    const { data, delta, since } = newest.current;
    return shared.add({
      members: false,
      options: { data, delta, since },
      onPublication: (publication) =>
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the contract's word, as in client.subscribe
        newest.current.onPublication?.(publication as Publication<Message>),
    });
  }, [shared, enabled]);

  const status = useSyncExternalStore(shared.watch, shared.status, shared.status);
  const publish = useCallback(
    (message: Message, call?: CallOptions) => client.publish<unknown>(name, message, call),
    [client, name],
  );
  return useMemo(() => ({ ...status, publish }), [status, publish]);
}
