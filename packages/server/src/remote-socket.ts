import type { Room, SocketId } from "./adapter/types.ts";
import type { BroadcastOperator } from "./broadcast-operator.ts";
import type { Handshake } from "./socket-types.ts";
import type {
  DecorateAcknowledgements,
  EventNames,
  EventParams,
  EventsMap,
  TypedEventBroadcaster,
} from "./typed-events.ts";

/** What another node tells of a socket of its own. */
export interface SocketDetails<SocketData> {
  id: SocketId;
  handshake: Handshake;
  rooms: Room[];
  data: SocketData;
}

/** A socket that may live on another node: what is known of it, and what can be done to it from here. */
export class RemoteSocket<
  EmitEvents extends EventsMap,
  SocketData,
> implements TypedEventBroadcaster<EmitEvents> {
  readonly id: SocketId;
  readonly handshake: Handshake;
  readonly rooms: Set<Room>;
  readonly data: SocketData;
  private readonly operator: BroadcastOperator<EmitEvents, SocketData>;

  /**
   * @param operator a broadcast that means this one socket
   * @param details what its node tells of it
   */
  constructor(
    operator: BroadcastOperator<EmitEvents, SocketData>,
    details: SocketDetails<SocketData>,
  ) {
    this.id = details.id;
    this.handshake = details.handshake;
    this.rooms = new Set(details.rooms);
    this.data = details.data;
    this.operator = operator;
  }

  /**
   * Sets how long an acknowledgement is awaited.
   * @param timeout in ms
   */
  timeout(timeout: number): BroadcastOperator<DecorateAcknowledgements<EmitEvents>, SocketData> {
    return this.operator.timeout(timeout);
  }

  /** Sends an event to this socket. @throws when the name is reserved */
  emit<Ev extends EventNames<EmitEvents>>(ev: Ev, ...args: EventParams<EmitEvents, Ev>): boolean {
    return this.operator.emit(ev, ...args);
  }

  /** Makes it join rooms. */
  join(room: Room | Room[]): void {
    this.operator.socketsJoin(room);
  }

  /** Makes it leave a room. */
  leave(room: Room): void {
    this.operator.socketsLeave(room);
  }

  /**
   * Disconnects it.
   * @param close whether to close its connection, with all its namespaces; default false
   */
  disconnect(close = false): this {
    this.operator.disconnectSockets(close);
    return this;
  }
}
