import { PacketType } from "@hawser/protocol";
import { RestoredSession } from "./restored-session.ts";
import type { Outgoing } from "@hawser/engine/internal";
import type { SocketPacket } from "@hawser/protocol";
import type { Adapter } from "../adapter/memory.ts";
import type { PrivateSessionId, Room, Session, SocketId } from "../adapter/types.ts";
import type { DisconnectReason } from "../socket-types.ts";
import type { Recoverable, Recovery } from "./recovery.ts";

/** A socket as its session sees it. */
export interface SessionSocket extends Recoverable {
  readonly id: SocketId;
  readonly data: unknown;
  readonly rooms: Set<Room>;
  readonly nsp: {
    readonly name: string;
    readonly adapter: Adapter;
    readonly server: { _encode(packet: SocketPacket): Outgoing };
  };
}

/** After these the client tries again; after the others somebody wanted it to go. */
const recoverable: ReadonlySet<DisconnectReason> = new Set([
  "transport error",
  "transport close",
  "forced close",
  "ping timeout",
  "server shutting down",
  "forced server close",
]);

/** The session of one socket, while connection state recovery is on. */
export class SocketSession {
  /** The secret id with which its client comes back. */
  readonly pid: PrivateSessionId;
  private readonly recovery: Recovery;
  private readonly socket: SessionSocket;
  /** The session that the socket goes on with; valid until it is let in. */
  private restored: Session | undefined;

  constructor(recovery: Recovery, socket: SessionSocket, restored: Session | undefined) {
    this.recovery = recovery;
    this.socket = socket;
    this.restored = restored;
    this.pid = restored === undefined ? recovery.makeId() : restored.pid;
    recovery.begin(this.pid, socket);
  }

  /** The socket is let in: gives what it missed, or undefined when not all of that is there any more. */
  resume(): Outgoing[] | undefined {
    const { restored, socket } = this;
    this.restored = undefined;
    if (restored === undefined) return [];
    if (restored instanceof RestoredSession) return restored.missedMessages;
    const { name, server } = socket.nsp;
    return restored.missedPackets.map((data) =>
      server._encode({ type: PacketType.EVENT, nsp: name, data }),
    );
  }

  /** The socket is refused: its session is over. */
  abandon(): void {
    this.restored = undefined;
  }

  /** The line of the socket has gone; it is still in its rooms. */
  onLineClosed(reason: DisconnectReason): void {
    if (recoverable.has(reason)) this.persist([...this.socket.rooms]);
  }

  /** The socket leaves. */
  end(): void {
    // Its line went before it was let in: its client comes again for the session.
    if (this.restored !== undefined) this.persist(this.restored.rooms);
    this.recovery.end(this.pid, this.socket);
  }

  private persist(rooms: Room[]): void {
    const { id, data, nsp } = this.socket;
    nsp.adapter.persistSession({ sid: id, pid: this.pid, rooms, data });
  }
}
