/* oxlint-disable typescript/no-explicit-any -- the data of sockets is free-form, as in Socket.IO's types */
import { WheelEntry } from "@hawser/engine/internal";
import { Adapter } from "./adapter/memory.ts";
import { deliveryOf } from "./delivery/durable-emitter.ts";
import { Namespace } from "./namespace.ts";
import { recoveryOptionsOf } from "./recovery/recovery-options.ts";
import type { Position } from "@hawser/protocol/internal";
import type { BroadcastOptions, BroadcastPacket } from "./adapter/types.ts";
import type { RemoteSocket } from "./remote-socket.ts";
import type { Server } from "./server.ts";
import type { DefaultEventsMap, EventsMap } from "./typed-events.ts";

/** A broadcast of a parent reaches all its children. */
class ParentAdapter extends Adapter {
  override broadcast(packet: BroadcastPacket, opts: BroadcastOptions): void {
    for (const child of (this.nsp as ParentNamespace).children) {
      // Adapters write on the packet, some on its arguments, too.
      child.adapter.broadcast({ ...packet, data: packet.data.slice() }, opts);
    }
  }
}

let parents = 0;

/**
 * The template of namespaces that are made when a client first asks for them: `io.of(/^\/project-\d+$/)`.
 * Its middlewares and its `connection` listeners are given to each child; what it emits goes to all children.
 */
export class ParentNamespace<
  ListenEvents extends EventsMap = DefaultEventsMap,
  EmitEvents extends EventsMap = ListenEvents,
  ServerSideEvents extends EventsMap = DefaultEventsMap,
  SocketData = any,
> extends Namespace<ListenEvents, EmitEvents, ServerSideEvents, SocketData> {
  readonly children: Set<Namespace<ListenEvents, EmitEvents, ServerSideEvents, SocketData>> =
    new Set();

  constructor(server: Server<ListenEvents, EmitEvents, ServerSideEvents, SocketData>) {
    super(server, `/_${parents++}`);
  }

  override _initAdapter(): void {
    this.adapter = new ParentAdapter(this as never);
  }

  /** Makes the child of a name. @internal */
  createChild(name: string): Namespace<ListenEvents, EmitEvents, ServerSideEvents, SocketData> {
    const child = new Namespace(this.server, name);
    child._middlewares = this._middlewares.slice();
    for (const event of ["connect", "connection"] as const) {
      for (const listener of this.listeners(event)) child.on(event, listener);
    }
    this.children.add(child);
    this.server._addNamespace(child);
    if (this.server._cleanupEmptyChildNamespaces) this.cleanUp(child);
    return child;
  }

  /** A message of its own to each child. @internal */
  override async _say(event: readonly unknown[], opts: BroadcastOptions): Promise<Position> {
    const said = Array.from(this.children, (child) => child._say(event, opts));
    const positions = await Promise.all(said);
    const { epoch, ledger } = deliveryOf(this as never);
    return positions.at(-1) ?? { epoch, offset: ledger.timeline.settled };
  }

  /** The sockets of all children. */
  override async fetchSockets(): Promise<RemoteSocket<EmitEvents, SocketData>[]> {
    const found = await Promise.all([...this.children].map((child) => child.fetchSockets()));
    return found.flat();
  }

  /** Lets a child go with its last socket; with recovery on, when none can come back for its session any more. */
  private cleanUp(child: Namespace<ListenEvents, EmitEvents, ServerSideEvents, SocketData>): void {
    const remove = child._remove.bind(child);
    const { _wheel: wheel, _opts: options } = this.server;
    const drop = new Drop(() => {
      if (child.sockets.size > 0) return;
      this.children.delete(child);
      this.server._nsps.delete(child.name);
      void child.adapter.close();
    });
    child._remove = (socket) => {
      remove(socket);
      if (child._recovery === undefined) drop.onExpire();
      else wheel.schedule(drop, recoveryOptionsOf(options).maxDisconnectionDuration);
    };
  }
}

/** What is done when a namespace has been empty for long enough. */
class Drop extends WheelEntry {
  private readonly drop: () => void;

  constructor(drop: () => void) {
    super();
    this.drop = drop;
  }

  override onExpire(): void {
    this.drop();
  }
}
