import { PacketType } from "@hawser/protocol";
import { Adapter } from "../adapter/memory.ts";
import { offsetMark } from "./durable-message.ts";
import { RecoveryLink } from "./links.ts";
import { recipientsOf } from "./recipients.ts";
import type { BroadcastOptions, BroadcastPacket } from "../adapter/types.ts";

/**
 * The in-memory adapter of a server with connection state recovery and a log: every event without acknowledgement is
 * logged before it is sent, unless it is volatile.
 */
export class LoggedAdapter extends Adapter {
  override broadcast(packet: BroadcastPacket, opts: BroadcastOptions): void {
    const delivery = this.nsp.server._delivery!;
    if (packet.type !== PacketType.EVENT || packet.id !== undefined) {
      // Behind what was emitted before it and is still on its way into the log.
      delivery.ledger.timeline.afterTail(() => super.broadcast(packet, opts));
    } else if (opts.flags?.volatile === true) {
      this.sendVolatile(packet, opts);
    } else {
      void delivery.say(this.nsp, packet.data, opts);
    }
  }

  override broadcastWithAck(...args: Parameters<Adapter["broadcastWithAck"]>): void {
    const { timeline } = this.nsp.server._delivery!.ledger;
    timeline.afterTail(() => super.broadcastWithAck(...args));
  }

  /**
   * An unmodified client takes the last text of any event for its offset: so one that is not kept carries the offset
   * of what was sent before it, and does not go to those who are still being given what they missed.
   */
  private sendVolatile(packet: BroadcastPacket, opts: BroadcastOptions): void {
    const { server, name } = this.nsp;
    const { epoch, ledger } = server._delivery!;
    const encode = (data: unknown[]) =>
      server._encode({ type: PacketType.EVENT, nsp: name, data }, opts.flags?.compress);
    const plain = encode(packet.data);
    const marked = encode([...packet.data, offsetMark(epoch, ledger.timeline.settled)]);
    for (const socket of recipientsOf(this.nsp, opts)) {
      const link = socket._session;
      const isMarked = link instanceof RecoveryLink;
      if (isMarked && !link.live) continue;
      socket.notifyOutgoingListeners(packet);
      socket.client.write(isMarked ? marked : plain, true);
    }
  }
}
