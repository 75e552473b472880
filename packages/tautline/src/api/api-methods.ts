/** Every method of the API, in the order of the description, and what nodes ask each other for them. */
import type { Method } from "./method.ts";
import { batchOf } from "./methods/batch.ts";
import { connections, disconnect, connectionsHere, refresh } from "./methods/connections.ts";
import { history, historyRemove } from "./methods/history.ts";
import { channels, info, channelsHere } from "./methods/nodes.ts";
import { presence, presenceStats } from "./methods/presence.ts";
import { broadcast, publish } from "./methods/publish.ts";
import { subscribe, unsubscribe } from "./methods/subscriptions.ts";
import type { Answering } from "./survey.ts";

const single: readonly Method[] = [
  publish,
  broadcast,
  subscribe,
  unsubscribe,
  disconnect,
  refresh,
  presence,
  presenceStats,
  history,
  historyRemove,
  channels,
  connections,
  info,
];

export const apiMethods: readonly Method[] = [...single, batchOf(single)];

export const questions: readonly Answering[] = [channelsHere, connectionsHere];
