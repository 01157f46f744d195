import { PacketType } from "@hawser/protocol";
import { Adapter } from "../adapter/memory.ts";
import { offsetMark } from "./durable-message.ts";
import { RecoveryLink } from "./links.ts";
import { recipientsOf } from "./recipients.ts";
import type { SocketPacket } from "@hawser/protocol";
import type { AckCallback, BroadcastOptions, BroadcastPacket } from "../adapter/types.ts";
import type { AnySocket } from "../erased.ts";

/**
 * The in-memory adapter of a server with connection state recovery and a log: every event without acknowledgement is
 * logged before it is sent, unless it is volatile.
 */
export class LoggedAdapter extends Adapter {
  override broadcast(packet: BroadcastPacket, opts: BroadcastOptions): void {
    if (packet.type !== PacketType.EVENT || packet.id !== undefined) {
      packet.nsp = this.nsp.name;
      this.sendInOrder(packet, recipientsOf(this.nsp, opts), opts);
    } else if (opts.flags?.volatile === true) {
      this.sendVolatile(packet, opts);
    } else {
      void this.nsp.server._delivery!.say(this.nsp, packet.data, opts);
    }
  }

  override broadcastWithAck(
    packet: BroadcastPacket,
    opts: BroadcastOptions,
    clientCountCallback: (clientCount: number) => void,
    ack: AckCallback,
  ): void {
    const recipients = recipientsOf(this.nsp, opts);
    packet.nsp = this.nsp.name;
    packet.id = this.nsp._ids++;
    // Who cannot answer hears it, and is not waited for.
    const asked = recipients.filter((socket) => socket.client.isMute !== true);
    for (const socket of asked) socket.acks.set(packet.id, ack);
    this.sendInOrder(packet, recipients, opts);
    clientCountCallback(asked.length);
  }

  /** Sends what is not logged behind what was emitted before it and is still on its way into the log. */
  private sendInOrder(
    packet: BroadcastPacket,
    recipients: readonly AnySocket[],
    { flags }: BroadcastOptions,
  ): void {
    const { server } = this.nsp;
    const outgoing = server._encode(packet as SocketPacket, flags?.compress);
    server._delivery!.ledger.timeline.afterTail(() => {
      for (const socket of recipients) {
        socket.notifyOutgoingListeners(packet);
        socket.client.write(outgoing, flags?.volatile === true);
      }
    });
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
