// What editors import by themselves from inside of the packages, found in many a project.
import type { BroadcastOperator, RemoteSocket } from "socket.io/dist/broadcast-operator";
import type {
  ExtendedError,
  Namespace,
  NamespaceReservedEventsMap,
} from "socket.io/dist/namespace";
import type { ParentNamespace } from "socket.io/dist/parent-namespace";
import { Socket } from "socket.io/dist/socket";
import type { Handshake } from "socket.io/dist/socket-types";
import type { DisconnectReason } from "socket.io/dist/socket-types";
import type {
  DefaultEventsMap,
  EventNames,
  EventParams,
  EventsMap,
} from "socket.io/dist/typed-events";
import type { Server } from "socket.io/dist/index";
import { Server as Public } from "socket.io";
import type { DefaultEventsMap as ClientMap } from "@socket.io/component-emitter";
import type { ManagerOptions } from "socket.io-client/build/esm/manager";
import type {
  DisconnectDescription,
  Socket as ClientSocket,
  SocketOptions,
} from "socket.io-client/build/esm/socket";
import type { io } from "socket.io-client/build/esm/index";
import type { Manager } from "socket.io-client/build/cjs/manager";

export type Deep = [
  BroadcastOperator<DefaultEventsMap, unknown>,
  RemoteSocket<DefaultEventsMap, unknown>,
  NamespaceReservedEventsMap<EventsMap, EventsMap, EventsMap, unknown>,
  ParentNamespace,
  EventParams<{ a: (b: number) => void }, EventNames<{ a: (b: number) => void }>>,
  ManagerOptions,
  SocketOptions,
  DisconnectDescription,
  ClientMap,
  typeof io,
  Manager,
];
const server: Server<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, { user: string }> =
  new Public<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, { user: string }>();
server.use(
  (
    socket: Socket<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, { user: string }>,
    next: (err?: ExtendedError) => void,
  ) => {
    const shake: Handshake = socket.handshake;
    next(shake.secure && socket instanceof Socket ? undefined : new Error(socket.data.user));
  },
);
export const namespace: Namespace = new Public().of("/");
export const end = (socket: ClientSocket, reason: DisconnectReason): boolean =>
  socket.connected && reason === "ping timeout";
