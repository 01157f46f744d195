export { Server } from "./server.ts";
export type { TServerInstance } from "./attach-target.ts";
export { Namespace } from "./namespace.ts";
export type { NamespaceReservedEventsMap, ServerReservedEventsMap } from "./namespace.ts";
export { ParentNamespace } from "./parent-namespace.ts";
export type { ParentNspNameMatchFn } from "./namespace-registry.ts";
export { Socket } from "./socket.ts";
export type {
  DisconnectReason,
  Event,
  ExtendedError,
  Handshake,
  SocketReservedEventsMap,
} from "./socket-types.ts";
export { BroadcastOperator } from "./broadcast-operator.ts";
export { RemoteSocket } from "./remote-socket.ts";
export type { SocketDetails } from "./remote-socket.ts";
export { Adapter } from "./adapter/memory.ts";
export type {
  BroadcastFlags,
  BroadcastOptions,
  PrivateSessionId,
  Room,
  Session,
  SocketId,
} from "./adapter/types.ts";
export type { AdapterConstructor, ServerOptions } from "./options.ts";
export { hashApiKey, makeApiKey } from "./http/publish/api-key.ts";
export type { ApiKey, ApiKeyOptions } from "./http/publish/api-key.ts";
export type { KeysOption } from "./http/publish/key-source.ts";
export type { PublishLimits } from "./http/publish/limits.ts";
export type { PublishOptions } from "./http/publish/options.ts";
export type { PublishRate } from "./http/publish/rate.ts";
export type { PressureOptions } from "./pressure/options.ts";
export type { PressureCounters } from "./pressure/server-pressure.ts";
export { ServerError, serverErrors } from "./errors.ts";
export type { ServerErrorCode } from "./errors.ts";
export type { DefaultEventsMap, EventsMap } from "./typed-events.ts";
export { memoryLog } from "./delivery/memory-log.ts";
export { setUser } from "./delivery/user-room.ts";
export type {
  Batch,
  HistoryPage,
  HistoryQuery,
  Log,
  LogEntry,
  LogRecord,
  OpenedLog,
  Page,
  ReadQuery,
  Retention,
  Span,
  StateChange,
} from "./delivery/log.ts";
export type { DeliveryOptions, Duration, Size } from "./delivery/options.ts";
export type { Delivery, DeliveryEvents } from "./delivery/delivery.ts";
export type { DeliveryCounters } from "./delivery/counters.ts";
export type { DurableEmitter } from "./delivery/durable-emitter.ts";
export type { History, HistoryOptions, PastEvent } from "./delivery/history.ts";
export type { Position } from "@hawser/protocol/internal";
export type { CurrentMessage, SocketDelivery } from "./delivery/socket-delivery.ts";
