export { WebSocket } from "./websocket.ts";
export type { SendData, SendOptions } from "./websocket.ts";
export { WebSocketServer } from "./server.ts";
export type { WebSocketServerEvents } from "./server.ts";
export type {
  ClientInfo,
  ClientOptions,
  CommonOptions,
  ServerOptions,
  VerifyAnswer,
  VerifyClient,
} from "./options.ts";
export type { BinaryType } from "./link.ts";
export { CloseEvent, ErrorEvent, MessageEvent, WebSocketEvent } from "./events.ts";
export type {
  BinaryData,
  WebSocketEventMap,
  WebSocketEvents,
  WebSocketListener,
} from "./events.ts";
export { errorTable, WebSocketError } from "./errors.ts";
export type { Fault, HandshakeErrorCode, WebSocketErrorCode } from "./errors.ts";
export { clientLimits, serverLimits } from "./limits.ts";
export type { WebSocketLimits } from "./limits.ts";
export { acceptUpgrade } from "./handshake/accept.ts";
export type { AcceptOptions } from "./handshake/accept.ts";
export { HandshakeError, refuseUpgrade } from "./handshake/refuse.ts";
export { Connection } from "./connection.ts";
export type { ConnectionHandler, ConnectionOptions } from "./connection.ts";
export { frameBinary, frameText } from "./frame/writer.ts";
export type { WrittenCallback } from "./write-queue.ts";
