/** The door `@tautline/client/react`: hooks for React 18 and newer. */

export type { ClientProviderProps } from "./react/client-context.ts";
export { ClientProvider, useClient } from "./react/client-context.ts";
export type { ChannelStatus, Members } from "./react/shared-channel.ts";
export type { ChannelView, UseChannelOptions } from "./react/use-channel.ts";
export { useChannel } from "./react/use-channel.ts";
export { useConnection } from "./react/use-connection.ts";
export { usePresence } from "./react/use-presence.ts";
