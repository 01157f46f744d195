// Everything with a name of its own. `index.ts` adds the class as the default; in CommonJS it is all that is exported, and
// `shape.ts` puts the rest on it.
export { WebSocketServer, WebSocketServer as Server } from "./server/server.ts";
export { createWebSocketStream } from "./socket/stream.ts";
export type { WebSocketServerEvents } from "./server/server-emitter.ts";
export type {
  CertMeta,
  ClientInfo,
  ClientOptions,
  CommonOptions,
  FinishRequestCallback,
  SendOptions,
  ServerOptions,
  VerifyAnswer,
  VerifyClient,
  VerifyClientCallbackAsync,
  VerifyClientCallbackSync,
} from "./options.ts";
export type { PerMessageDeflateOptions } from "./deflate/options.ts";
export type { SendData } from "./socket/payload.ts";
export type { BinaryType } from "./socket/link.ts";
export { CloseEvent, ErrorEvent, MessageEvent, WebSocketEvent } from "./socket/events.ts";
export type {
  Data,
  EventListenerOptions,
  RawData,
  WebSocketEvent as Event,
  WebSocketEventMap,
  WebSocketEvents,
  WebSocketListener,
} from "./socket/events.ts";
export type { AddressInfo } from "node:net";
export { errorTable, WebSocketError } from "./errors.ts";
export type { Fault, HandshakeErrorCode, WebSocketErrorCode } from "./errors.ts";
export type { FrameError, WsErrorCode } from "./socket/listener-error.ts";
export { clientLimits, serverLimits } from "./limits.ts";
export type { WebSocketLimits } from "./limits.ts";
export { acceptUpgrade } from "./handshake/accept.ts";
export type { AcceptOptions } from "./handshake/accept.ts";
export { HandshakeError, refuseUpgrade } from "./handshake/refuse.ts";
export { Connection } from "./connection/connection.ts";
export type { ConnectionHandler, ConnectionOptions } from "./connection/connection.ts";
export { prepare, PreparedMessage } from "./socket/prepared.ts";
export type { PrepareOptions } from "./socket/prepared.ts";
export type { PublishOptions } from "./server/publish.ts";
export type { ReceivedMessage } from "./socket/message-loop.ts";
export type { HeartbeatOptions } from "./heartbeat/options.ts";
export type { OverflowPolicy, PressureOptions } from "./pressure/options.ts";
export type { AdmissionLimits, AdmissionOptions } from "./admission/options.ts";
export type { Rate } from "./admission/rate.ts";
export { frameBinary, frameText } from "./frame/writer.ts";
export type { WrittenCallback } from "./connection/write-queue.ts";
