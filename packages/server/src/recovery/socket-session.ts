import { PacketType } from "@hawser/protocol";
import { RestoredSession } from "./restored-session.ts";
import type { Outgoing } from "@hawser/engine/internal";
import type { PrivateSessionId, Room, Session } from "../adapter/types.ts";
import type { DurableMessage } from "../delivery/durable-message.ts";
import type { AnySocket } from "../erased.ts";
import type { SessionLink, SessionSocket } from "../session-link.ts";
import type { DisconnectReason } from "../socket-types.ts";
import type { Recovery } from "./recovery.ts";

/** After these the client tries again; after the others somebody wanted it to go. */
export const recoverable: ReadonlySet<DisconnectReason> = new Set([
  "transport error",
  "transport close",
  "forced close",
  "ping timeout",
  "server shutting down",
  "forced server close",
]);

/** The session of one socket, while connection state recovery is on and the adapter keeps the sessions. */
export class SocketSession implements SessionLink {
  readonly keepsEvents = true;
  readonly delivery = undefined;
  /** The secret id with which its client comes back. */
  readonly pid: PrivateSessionId;
  private readonly recovery: Recovery;
  private readonly socket: AnySocket;
  /** The session that the socket goes on with; valid until it is let in. */
  private restored: Session | undefined;
  /** Valid between being let in and CONNECT. */
  private missed: readonly Outgoing[] = [];

  constructor(recovery: Recovery, socket: SessionSocket, restored: Session | undefined) {
    this.recovery = recovery;
    this.socket = socket as AnySocket;
    this.restored = restored;
    this.pid = restored === undefined ? recovery.makeId() : restored.pid;
    recovery.begin(this.pid, socket);
  }

  admit(): boolean {
    const missed = this.resume();
    if (missed === undefined) return false;
    this.missed = missed;
    // A body arrives as a whole or not at all, so that Socket.IO's order does no harm there: missed events, then
    // CONNECT. On a line that may end between the two, a client would hand them out twice.
    const { transport, upgrading } = this.socket.conn;
    if (transport.name === "polling" && !upgrading) this.greeted();
    return true;
  }

  greeting(): object {
    return { pid: this.pid };
  }

  greeted(): void {
    for (const message of this.missed) this.socket.client.writePaced(message);
    this.missed = [];
  }

  abandon(): void {
    this.restored = undefined;
  }

  onLineClosed(reason: DisconnectReason): void {
    if (recoverable.has(reason)) this.persist([...this.socket.rooms]);
  }

  end(): void {
    // Its line went before it was let in: its client comes again for the session.
    if (this.restored !== undefined) this.persist(this.restored.rooms);
    this.recovery.end(this.pid, this.socket);
  }

  joined(_rooms: Iterable<Room>, done: Promise<void> | void): Promise<void> | void {
    return done;
  }

  left(): void {}

  takes(): boolean {
    return false;
  }

  deliver(message: DurableMessage): void {
    this.socket.notifyOutgoingListeners(message);
    this.socket.client.write(message.plain, false);
  }

  inOrder(send: () => void): void {
    send();
  }

  /** What the socket missed, or undefined when not all of that is there any more. */
  private resume(): readonly Outgoing[] | undefined {
    const { restored, socket } = this;
    this.restored = undefined;
    if (restored === undefined) return [];
    if (restored instanceof RestoredSession) return restored.missedMessages;
    const { name, server } = socket.nsp;
    return restored.missedPackets.map((data) =>
      server._encode({ type: PacketType.EVENT, nsp: name, data }),
    );
  }

  private persist(rooms: Room[]): void {
    const { id, data, nsp } = this.socket;
    nsp.adapter.persistSession({ sid: id, pid: this.pid, rooms, data });
  }
}
