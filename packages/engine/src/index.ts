export { BaseServer } from "./base-server.ts";
export type { ConnectionError, EngineInternals, EngineServerEvents } from "./base-server.ts";
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
export type {
  CloseReason,
  EngineErrorCode,
  EngineErrorRow,
  ErrorCallback,
  RequestErrorName,
  RequestErrorNumbers,
  RequestErrorRow,
} from "./errors.ts";
export type { Middleware } from "./http/middleware.ts";
export type { Query } from "./http/query.ts";
export type { ReplyHeaders } from "./http/reply.ts";
export { defaultLimits } from "./limits.ts";
export type { EngineLimits } from "./limits.ts";
export { attach, listen } from "./listen.ts";
export type {
  AllowRequest,
  AttachOptions,
  CookieOptions,
  DeflateOptions,
  EngineOptions,
  EngineOptions as ServerOptions,
  HttpCompressionOptions,
  ResolvedOptions,
} from "./options.ts";
export { parser } from "./parser.ts";
export type { BinaryType, ParserPacket } from "./parser.ts";
export { protocol, transports } from "./protocol.ts";
export type { Route } from "./routes.ts";
export { EngineServer, EngineServer as Server } from "./server.ts";
export { Transport } from "./transport.ts";
export type { TransportName } from "./transport.ts";
export { UwsServer, UwsServer as uServer } from "./uws/server.ts";
export type { UwsOptions } from "./uws/server.ts";
