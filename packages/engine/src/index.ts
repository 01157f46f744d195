export { Connection, Connection as Socket } from "./connection.ts";
export type {
  ConnectionEvents,
  ConnectionHandler,
  PacketEvent,
  ReadyState,
  SendCallback,
  SendOptions,
} from "./connection.ts";
export { EngineError, engineErrors, requestErrors } from "./errors.ts";
export type { CloseReason, EngineErrorCode, ErrorFault, RequestErrorName } from "./errors.ts";
export { defaultLimits } from "./limits.ts";
export type { EngineLimits } from "./limits.ts";
export type {
  AllowRequest,
  AttachOptions,
  CookieOptions,
  EngineOptions,
  HttpCompressionOptions,
} from "./options.ts";
export { EngineServer, EngineServer as Server } from "./server.ts";
export type { ConnectionError, EngineServerEvents, Middleware } from "./server.ts";
export type { Transport, TransportName } from "./transport.ts";
