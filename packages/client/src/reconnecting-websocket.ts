/** The second door of `@tautline/client`, for those who want a WebSocket that comes back and no hub. */

export type {
  AnySocket,
  AnySocketConstructor,
  CloseInfo,
  SocketData,
  Source,
} from "./reconnecting/any-socket.ts";
export { comesBack, reconnectingDefaults } from "./reconnecting/reconnecting-options.ts";
export type {
  ReconnectingSettings,
  ReconnectingWebSocketOptions,
} from "./reconnecting/reconnecting-options.ts";
export { ReconnectingWebSocket } from "./reconnecting/reconnecting-websocket.ts";
export type { LostEvent, ReconnectingEventMap } from "./reconnecting/socket-events.ts";
