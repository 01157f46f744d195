import { BroadcastAcks } from "./broadcast-acks.ts";
import { deliveryOf, durableEmitter } from "./delivery/durable-emitter.ts";
import { RemoteSocket } from "./remote-socket.ts";
import { refuseReserved } from "./reserved-events.ts";
import { PacketType } from "@hawser/protocol";
import type { Adapter } from "./adapter/memory.ts";
import type {
  AckCallback,
  BroadcastFlags,
  BroadcastOptions,
  BroadcastPacket,
  Room,
  SocketId,
} from "./adapter/types.ts";
import type { DurableEmitter } from "./delivery/durable-emitter.ts";
import type { History, HistoryOptions } from "./delivery/history.ts";
import type { AnySocket } from "./erased.ts";
import type { SocketDetails } from "./remote-socket.ts";
import type {
  AllButLast,
  DecorateAcknowledgements,
  DecorateAcknowledgementsWithMultipleResponses,
  EventNames,
  EventNamesWithError,
  EventParams,
  EventsMap,
  FirstNonErrorArg,
  Last,
  TypedEventBroadcaster,
} from "./typed-events.ts";

// Imported from here by TypeScript projects that write "socket.io/dist/broadcast-operator".
export { RemoteSocket } from "./remote-socket.ts";

/** A broadcast as those begin it who know whom it is to: acknowledgements come as a list. */
export type Broadcast<EmitEvents extends EventsMap, SocketData> = BroadcastOperator<
  DecorateAcknowledgementsWithMultipleResponses<EmitEvents>,
  SocketData
>;

const none: ReadonlySet<Room> = new Set();

/**
 * A broadcast in the making: who is meant, and how it is sent. Immutable: each step gives a new one.
 *
 * @example
 * io.to("room:42").except("muted").emit("message", text);
 */
export class BroadcastOperator<
  EmitEvents extends EventsMap,
  SocketData,
> implements TypedEventBroadcaster<EmitEvents> {
  private readonly adapter: Adapter;
  private readonly rooms: ReadonlySet<Room>;
  private readonly exceptRooms: ReadonlySet<Room>;
  private readonly flags: BroadcastFlags;

  constructor(
    adapter: Adapter,
    rooms: ReadonlySet<Room> = none,
    exceptRooms: ReadonlySet<Room> = none,
    flags: BroadcastFlags = {},
  ) {
    this.adapter = adapter;
    this.rooms = rooms;
    this.exceptRooms = exceptRooms;
    this.flags = flags;
  }

  /** Adds rooms: whoever is in any of them is meant, once. */
  to(room: Room | Room[]): BroadcastOperator<EmitEvents, SocketData> {
    return new BroadcastOperator(
      this.adapter,
      union(this.rooms, room),
      this.exceptRooms,
      this.flags,
    );
  }

  /** The same as {@link to}; reads better before `socketsJoin()` and the like. */
  in(room: Room | Room[]): BroadcastOperator<EmitEvents, SocketData> {
    return this.to(room);
  }

  /** Leaves out the members of rooms. */
  except(room: Room | Room[]): BroadcastOperator<EmitEvents, SocketData> {
    const exceptRooms = union(this.exceptRooms, room);
    return new BroadcastOperator(this.adapter, this.rooms, exceptRooms, this.flags);
  }

  /** Whether the packet may be compressed; default true. */
  compress(compress: boolean): BroadcastOperator<EmitEvents, SocketData> {
    return this.with({ compress });
  }

  /** The packet is dropped for those whose line is not ready to take it. */
  get volatile(): BroadcastOperator<EmitEvents, SocketData> {
    return this.with({ volatile: true });
  }

  /**
   * Where a line is not ready, the packet waits, and is replaced by a newer one with the same key: slow clients get the
   * newest value, fast ones each. Not for events with acknowledgement.
   * @example
   * io.to("ACME").latest("price:ACME").emit("price", price);
   */
  latest(key: string): BroadcastOperator<EmitEvents, SocketData> {
    return this.with({ latest: key });
  }

  /**
   * What is emitted here survives lost lines: with the option `delivery` it is logged, and replayed to who was away.
   * @example
   * io.to("room:42").durable.emit("message", text);
   */
  get durable(): DurableEmitter<EmitEvents> {
    return durableEmitter(this.adapter.nsp, () => this.options());
  }

  /**
   * Reads backwards through the durable messages of these rooms; without a room, of those to the whole namespace.
   * @returns a page, the newest last, and the position for the page before it
   */
  history(options: HistoryOptions = {}): Promise<History> {
    const { nsp } = this.adapter;
    return deliveryOf(nsp).history(nsp, this.options(), options);
  }

  /** Reaches the sockets of this node alone. */
  get local(): BroadcastOperator<EmitEvents, SocketData> {
    return this.with({ local: true });
  }

  /**
   * Sets how long acknowledgements are awaited.
   * @param timeout in ms
   */
  timeout(timeout: number): BroadcastOperator<DecorateAcknowledgements<EmitEvents>, SocketData> {
    return this.with({ timeout });
  }

  /**
   * Sends an event. With a function as the last argument, and after {@link timeout}, it is called once
   * with `(error, responses)`.
   * @returns true
   * @throws when the name is reserved
   */
  emit<Ev extends EventNames<EmitEvents>>(ev: Ev, ...args: EventParams<EmitEvents, Ev>): boolean {
    refuseReserved(ev);
    const data: unknown[] = [ev, ...(args as unknown[])];
    const packet: BroadcastPacket = { type: PacketType.EVENT, data };
    const ack = data.at(-1);
    if (typeof ack !== "function") {
      this.adapter.broadcast(packet, this.options());
      return true;
    }
    data.pop();
    this.emitForAcks(packet, ack as AckCallback);
    return true;
  }

  /**
   * Sends an event and collects the acknowledgements; use {@link timeout} first.
   * @returns the responses, in the order in which they came
   * @throws rejects when not all have answered in time; the error has `responses` with those that came
   */
  emitWithAck<Ev extends EventNamesWithError<EmitEvents>>(
    ev: Ev,
    ...args: AllButLast<EventParams<EmitEvents, Ev>>
  ): Promise<FirstNonErrorArg<Last<EventParams<EmitEvents, Ev>>>> {
    return new Promise((resolve, reject) => {
      const ack = (error: Error | null, responses: never): void => {
        if (error) reject(Object.assign(error, { responses }));
        else resolve(responses);
      };
      this.emit(ev, ...([...(args as unknown[]), ack] as never));
    });
  }

  /** The ids of those who are meant. @deprecated use {@link fetchSockets} */
  allSockets(): Promise<Set<SocketId>> {
    return this.adapter.sockets(new Set(this.rooms));
  }

  /** Those who are meant, over all nodes. */
  async fetchSockets(): Promise<RemoteSocket<EmitEvents, SocketData>[]> {
    const found = await this.adapter.fetchSockets(this.options());
    return found.map((socket) =>
      isLocal(socket) ? (socket as never) : this.remote(socket as SocketDetails<SocketData>),
    );
  }

  /** Makes those who are meant join rooms. */
  socketsJoin(room: Room | Room[]): void {
    this.adapter.addSockets(this.options(), [room].flat());
  }

  /** Makes those who are meant leave rooms. */
  socketsLeave(room: Room | Room[]): void {
    this.adapter.delSockets(this.options(), [room].flat());
  }

  /**
   * Disconnects those who are meant.
   * @param close whether to close their connection, with all its namespaces; default false
   */
  disconnectSockets(close = false): void {
    this.adapter.disconnectSockets(this.options(), close);
  }

  private emitForAcks(packet: BroadcastPacket, ack: AckCallback): void {
    const { adapter } = this;
    const acks = new BroadcastAcks(
      ack,
      this.flags.expectSingleResponse === true,
      this.flags.timeout,
      () => {
        if (packet.id === undefined) return;
        for (const socket of adapter.nsp.sockets.values()) socket._forgetAck(packet.id);
      },
    );
    adapter.broadcastWithAck(packet, this.options(), acks.onClientCount, acks.onResponse);
    // When the other nodes cannot be counted, the time decides.
    adapter.serverCount().then(
      (count) => acks.onServerCount(count),
      () => {},
    );
  }

  private remote(details: SocketDetails<SocketData>): RemoteSocket<EmitEvents, SocketData> {
    const operator = new BroadcastOperator<EmitEvents, SocketData>(
      this.adapter,
      new Set([details.id]),
      none,
      { expectSingleResponse: true },
    );
    return new RemoteSocket(operator, details);
  }

  private with(flags: BroadcastFlags): BroadcastOperator<EmitEvents, SocketData> {
    return new BroadcastOperator(this.adapter, this.rooms, this.exceptRooms, {
      ...this.flags,
      ...flags,
    });
  }

  private options(): BroadcastOptions {
    // Adapters read the sets while they broadcast; they are never written again after this.
    return {
      rooms: this.rooms as Set<Room>,
      except: this.exceptRooms as Set<Room>,
      flags: this.flags,
    };
  }
}

function union(rooms: ReadonlySet<Room>, more: Room | Room[]): Set<Room> {
  const all = new Set(rooms);
  if (Array.isArray(more)) for (const room of more) all.add(room);
  else all.add(more);
  return all;
}

/** Sockets of this node come as themselves, those of others as their details. */
function isLocal(socket: unknown): socket is AnySocket {
  return typeof (socket as Partial<AnySocket>).notifyOutgoingListeners === "function";
}
