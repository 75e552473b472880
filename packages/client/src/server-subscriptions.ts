/**
 * The door of `@tautline/client/server-subscriptions`: the channels that the server subscribes a client to, apart from the
 * client so that pages which have none do not load it.
 */

export type {
  ServerMemberChange,
  ServerSubscribed,
  ServerUnsubscribed,
} from "./server-subscriptions/server-subscriptions.ts";
export { ServerSubscriptions } from "./server-subscriptions/server-subscriptions.ts";
