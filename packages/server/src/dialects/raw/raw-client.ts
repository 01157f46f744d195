import { PacketType, plainCloseReason, plainCloses, reservedEvents } from "@hawser/protocol";
import { Client } from "../../client.ts";
import { Rate } from "../plain/rate.ts";
import type { CloseReason, Connection } from "@hawser/engine";
import type { PlainCloseName, SocketPacket } from "@hawser/protocol";
import type { Outgoing, PlainWebSocketTransport } from "@hawser/engine/internal";
import type { AnyServer, AnySocket } from "../../erased.ts";
import type { Auth } from "../auth.ts";
import type { ResolvedPlain } from "../options.ts";
import type { RawForms } from "./raw-forms.ts";

/** A client whose protocol is the application's: its frames are events, and events are its frames. */
export class RawClient extends Client {
  override readonly isMute = true;
  private readonly options: ResolvedPlain;
  private readonly messageBytesMax: number;
  private readonly forms: RawForms;
  /** Frames that came before it was let in. */
  private early: (string | Buffer)[] | undefined = [];
  private earlyBytes = 0;
  private mistakes = 0;
  /** Undefined while nobody bounds it. */
  private readonly rate: Rate | undefined;

  constructor(
    server: AnyServer,
    conn: Connection,
    options: ResolvedPlain,
    forms: RawForms,
    auth: Auth,
  ) {
    super(server, conn);
    this.options = options;
    this.forms = forms;
    const { maxHttpBufferSize = 1e6 } = server._opts;
    const { messageBytes, messagesPerSecond } = options.limits;
    this.messageBytesMax = Math.min(messageBytes, maxHttpBufferSize);
    this.rate =
      messagesPerSecond === Infinity ? undefined : new Rate(messagesPerSecond, performance.now());
    this.connect(options.namespace, auth);
  }

  override onText(text: string, offset: number): void {
    this.take(offset === 0 ? text : text.slice(offset), text.length);
  }

  override onBinary(data: Buffer): void {
    this.take(data, data.length);
  }

  override onClose(reason: CloseReason, description?: unknown): void {
    this.early = undefined;
    super.onClose(reason, description);
  }

  override onExpire(): void {
    if (this.nsps.size === 0) this.leave("CONNECT_TIMEOUT");
  }

  override packet(packet: SocketPacket): void {
    if (packet.type === PacketType.CONNECT) this.begin();
    else if (packet.type === PacketType.EVENT) this.send(packet, false);
    else if (packet.type !== PacketType.ACK) this.leave("CLOSED");
  }

  override send({ data }: SocketPacket, isVolatile: boolean, compress?: boolean): void {
    const frame = this.forms.make(data as unknown[], compress);
    if (frame !== false) super.write(frame, isVolatile);
  }

  override write(message: Outgoing, isVolatile: boolean): void {
    const frame = this.forms.of(message);
    if (frame !== false) super.write(frame, isVolatile);
  }

  override writeLatest(message: Outgoing, key: string): void {
    const frame = this.forms.of(message);
    if (frame !== false) super.writeLatest(frame, key);
  }

  override writePaced(message: Outgoing): void {
    const frame = this.forms.of(message);
    if (frame !== false) super.writePaced(frame);
  }

  protected override refuse(cause: string | Error): void {
    this.server.badInput.report(this.conn, cause);
    this.leave("ERRORS_TOO_MANY");
  }

  private leave(name: PlainCloseName): void {
    this.conn.closeWith(plainCloses[name].code, plainCloseReason(name));
  }

  private begin(): void {
    const transport = this.conn.transport as unknown as PlainWebSocketTransport;
    transport.messageBytesMax = this.messageBytesMax;
    const early = this.early ?? [];
    this.early = undefined;
    const { socket } = this;
    if (socket === undefined || early.length === 0) return;
    // Behind the listeners of `connection`.
    const deliver = (): void => {
      for (const frame of early) if (socket.connected) this.hear(socket, frame);
    };
    this.server._dispatcher.push({ deliver }, { type: PacketType.EVENT, nsp: socket.nsp.name });
  }

  private get socket(): AnySocket | undefined {
    return this.nsps.get(this.options.namespace) as AnySocket | undefined;
  }

  private take(frame: string | Buffer, bytes: number): void {
    if (this.rate?.take(performance.now()) === false) {
      this.leave("RATE");
      return;
    }
    const { early, socket } = this;
    if (early === undefined) {
      if (socket?.connected === true) this.hear(socket, frame);
      return;
    }
    this.earlyBytes += bytes;
    const { heldMessages, heldBytes } = this.options.limits;
    if (early.length >= heldMessages || this.earlyBytes > heldBytes) this.leave("OVERLOAD");
    else early.push(frame);
  }

  private hear(socket: AnySocket, frame: string | Buffer): void {
    const { decode } = this.options;
    let event: readonly unknown[] | undefined = ["message", frame];
    if (decode !== undefined) {
      try {
        event = decode(frame, socket);
      } catch {
        // It was made for what somebody else sends: what it cannot read is that one's mistake.
        this.blame();
        return;
      }
    }
    if (event === undefined) return;
    if (!Array.isArray(event) || typeof event[0] !== "string" || reservedEvents.has(event[0])) {
      this.blame();
      return;
    }
    const data = [...(event as unknown[])];
    this.server._dispatcher.push(socket, { type: PacketType.EVENT, nsp: socket.nsp.name, data });
  }

  private blame(): void {
    this.server.badInput.count("RAW_FRAME");
    if (++this.mistakes >= this.options.limits.errorsMax) {
      this.refuse("too many frames that are no events");
    }
  }
}
