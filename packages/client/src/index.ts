export type { ConnectionEvents as EngineReservedEvents } from "./engine/connection-events.ts";
export type { Connection as Engine } from "./engine/connection.ts";
export type { EngineOptions, HandshakeData, TransportName } from "./engine/options.ts";
export type {
  AllButLast,
  DecorateAcknowledgements,
  DefaultEventsMap,
  EventNames,
  EventParams,
  EventsMap,
  FirstArg,
  FirstNonErrorArg,
  Last,
  ReservedOrUserEventNames,
  ReservedOrUserListener,
} from "./events.ts";
export type { ClientErrorCode, ClientErrors } from "./errors.ts";
export { ClientError, TransportError } from "./errors.ts";
export type { Lookup } from "./lookup.ts";
export { io, io as connect, io as default } from "./io.ts";
export { protocol } from "./lookup.ts";
export type { ManagerReservedEvents } from "./base-manager.ts";
export { Manager } from "./manager.ts";
export type {
  Auth,
  DisconnectDescription,
  DisconnectReason,
  ExtendedError,
  ManagerOptions,
  Parser,
  SocketOptions,
} from "./options.ts";
export type { SocketReservedEvents } from "./socket.ts";
export { Socket } from "./socket.ts";
// oxlint-disable-next-line no-restricted-imports -- the seam between browsers and Node.js, inside this package
export { Fetch, NodeWebSocket, NodeXHR, WebSocket, WebTransport, XHR } from "#transports";
export type {
  CloseDetails,
  Packet as EnginePacket,
  RawData,
  Transport,
  TransportCtor,
  TransportOptions,
} from "./transports/transport.ts";
