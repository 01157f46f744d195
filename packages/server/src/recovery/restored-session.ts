import type { Outgoing } from "@hawser/engine/internal";
import type {
  PrivateSessionId,
  Room,
  Session,
  SessionToPersist,
  SocketId,
} from "../adapter/types.ts";
import type { Codec } from "../encoder.ts";
import type { Membership } from "./membership.ts";
import type { PacketLog } from "./packet-log.ts";

/**
 * A session found in memory. What it missed is looked up when it is asked for, so that nothing falls between the
 * restoring and the moment in which the socket is let in.
 */
export class RestoredSession implements Session {
  readonly sid: SocketId;
  readonly pid: PrivateSessionId;
  readonly rooms: Room[];
  readonly data: unknown;
  private readonly membership: Membership;
  private readonly position: number;
  private readonly log: PacketLog;
  private readonly codec: Pick<Codec, "toPacket">;

  constructor(
    session: SessionToPersist,
    membership: Membership,
    position: number,
    log: PacketLog,
    codec: Pick<Codec, "toPacket">,
  ) {
    this.sid = session.sid;
    this.pid = session.pid;
    this.rooms = session.rooms;
    this.data = session.data;
    this.membership = membership;
    this.position = position;
    this.log = log;
    this.codec = codec;
  }

  /** The messages that it missed so far, in order; undefined when some have been let go meanwhile. */
  get missedMessages(): Outgoing[] | undefined {
    if (this.position < this.log.floor) return undefined;
    const missed: Outgoing[] = [];
    for (const logged of this.log.after(this.position)) {
      if (this.membership.covers(logged)) missed.push(logged.message);
    }
    return missed;
  }

  /** The same, decoded, as adapters know them. */
  get missedPackets(): unknown[][] {
    const missed = this.missedMessages ?? [];
    return missed.map((message) => this.codec.toPacket(message).data as unknown[]);
  }

  get missedBytes(): number {
    return (this.missedMessages ?? []).reduce((bytes, message) => bytes + message.size, 0);
  }
}
