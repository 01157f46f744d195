import { enginePacketTypes } from "@hawser/protocol";
import type { EnginePacketType } from "@hawser/protocol";
import type { Connection, PacketEvent } from "./connection.ts";
import type { Outgoing } from "./outgoing.ts";

const digitZero = 48;

/**
 * The events `packetCreate`, `flush` and `drain` of one connection, in the order in which Engine.IO has them. Made when
 * somebody begins to listen; a connection that nobody watches has none.
 */
export class SendEvents {
  private readonly connection: Connection;
  /** Packets that were written, but not yet told of with `flush`. */
  private pending: PacketEvent[] = [];
  /** Whether the transport was asked to say when it has sent everything. */
  private asked = false;
  /** Whether a `flush` waits for its `drain`. */
  private flushed = false;

  constructor(connection: Connection) {
    this.connection = connection;
  }

  /** Packets that were written, but not yet told of with `flush`. */
  get waiting(): readonly PacketEvent[] {
    return this.pending;
  }

  /** Writes a message to the transport. */
  write(message: Outgoing): void {
    const { connection } = this;
    const packets = packetsOf(message, connection.transport.bare === true);
    for (const packet of packets) connection.emit("packetCreate", packet);
    if (!this.asked && connection.transport.writable) this.flush(packets);
    else this.pending.push(...packets);
    connection.transport.write(message);
    if (!this.asked) this.ask();
  }

  /** Writes the open packet, of which only the server tells: nobody can listen to the connection yet. */
  writeFirst(message: Outgoing): void {
    const { connection } = this;
    connection.server.emit("flush", connection, packetsOf(message, false));
    connection.transport.write(message);
    connection.server.emit("drain", connection);
  }

  /** The transport has sent everything and ended. */
  onEnd(): void {
    if (this.asked) this.onSent();
    if (this.asked) this.onSent();
  }

  private flush(packets: readonly PacketEvent[]): void {
    this.flushed = true;
    this.connection.emit("flush", packets);
    this.connection.server.emit("flush", this.connection, packets);
  }

  private ask(): void {
    this.asked = true;
    this.connection.transport.afterFlush(() => this.onSent());
  }

  private onSent(): void {
    if (!this.asked || this.connection.readyState === "closed") return;
    this.asked = false;
    if (this.flushed) {
      this.flushed = false;
      this.connection.emit("drain");
      this.connection.server.emit("drain", this.connection);
    }
    if (this.pending.length === 0) return;
    const packets = this.pending;
    this.pending = [];
    this.flush(packets);
    if (!this.asked) this.ask();
  }
}

function packetsOf(message: Outgoing, bare: boolean): PacketEvent[] {
  const { packet, attachments, compress } = message;
  const packets: PacketEvent[] = [];
  if (packet !== undefined) {
    const type = bare
      ? "message"
      : (enginePacketTypes[packet.charCodeAt(0) - digitZero] as EnginePacketType);
    const data = bare ? packet : packet.slice(1);
    const options = { compress };
    // Projects that check that a broadcast is framed once look at this.
    Object.defineProperty(options, "wsPreEncodedFrame", { get: () => [message.frameBytes[0]] });
    packets.push(data.length > 0 ? { type, data, options } : { type, options });
  }
  for (const data of attachments) packets.push({ type: "message", data, options: { compress } });
  return packets;
}
