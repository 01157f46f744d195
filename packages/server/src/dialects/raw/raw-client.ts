import { PacketType, plainCloseReason, plainCloses } from "@hawser/protocol";
import { Outgoing } from "@hawser/engine/internal";
import { Client } from "../../client.ts";
import { callApart } from "../../dispatch.ts";
import type { CloseReason, Connection } from "@hawser/engine";
import type { PlainCloseName, SocketPacket } from "@hawser/protocol";
import type { PlainWebSocketTransport } from "@hawser/engine/internal";
import type { AnyServer, AnySocket } from "../../erased.ts";
import type { Auth } from "../auth.ts";
import type { ResolvedPlain } from "../options.ts";

/** Where the form of a message stands among its forms, when no `encode` makes it. */
const bareIndex = 4;
/** It has no form here. */
const nothing = new Outgoing(undefined, []);

/** A client whose protocol is the application's: its frames are events, and events are its frames. */
export class RawClient extends Client {
  override readonly isMute = true;
  private readonly options: ResolvedPlain;
  private readonly messageBytesMax: number;
  private readonly toPacket: (message: Outgoing) => SocketPacket;
  /** Frames that came before it was let in. */
  private early: (string | Buffer)[] | undefined = [];
  private earlyBytes = 0;

  constructor(server: AnyServer, conn: Connection, options: ResolvedPlain, auth: Auth | undefined) {
    super(server as never, conn);
    this.options = options;
    const { maxHttpBufferSize = 1e6 } = server._opts;
    this.messageBytesMax = Math.min(options.limits.messageBytes, maxHttpBufferSize);
    this.toPacket = (message) => server._codec.toPacket(message);
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

  override packet(packet: SocketPacket): void {
    if (packet.type === PacketType.CONNECT) this.begin();
    else if (packet.type === PacketType.EVENT) this.send(packet, false);
    else if (packet.type !== PacketType.ACK) this.leave("CLOSED");
  }

  override send({ data }: SocketPacket, isVolatile: boolean, compress?: boolean): void {
    const frame = this.frameOf(data as unknown[], compress);
    if (frame !== nothing) super.write(frame, isVolatile);
  }

  override write(message: Outgoing, isVolatile: boolean): void {
    const frame = this.formOf(message);
    if (frame !== nothing) super.write(frame, isVolatile);
  }

  override writeLatest(message: Outgoing, key: string): void {
    const frame = this.formOf(message);
    if (frame !== nothing) super.writeLatest(frame, key);
  }

  override writePaced(message: Outgoing): void {
    const frame = this.formOf(message);
    if (frame !== nothing) super.writePaced(frame);
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
    const socket = this.socket;
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
      event = undefined;
      callApart(() => {
        event = decode(frame, socket);
      });
    }
    if (event === undefined) return;
    const data = [...event];
    this.server._dispatcher.push(socket, { type: PacketType.EVENT, nsp: socket.nsp.name, data });
  }

  /** What goes to many: one form for all bare clients, one for each `encode`. */
  private formOf(message: Outgoing): Outgoing {
    const { encode } = this.options;
    if (encode !== undefined)
      return this.frameOf(this.toPacket(message).data as unknown[], message.compress);
    const forms = (message.forms ??= []);
    return (forms[bareIndex] ??= this.frameOf(
      this.toPacket(message).data as unknown[],
      message.compress,
    ));
  }

  private frameOf([event, ...args]: readonly unknown[], compress: boolean | undefined): Outgoing {
    const [only] = args;
    if (event === "message" && args.length === 1) {
      if (typeof only === "string") return new Outgoing(only, undefined, compress);
      if (ArrayBuffer.isView(only)) {
        const { buffer, byteOffset, byteLength } = only;
        return new Outgoing(undefined, [new Uint8Array(buffer, byteOffset, byteLength)], compress);
      }
    }
    const { encode } = this.options;
    if (encode === undefined) return nothing;
    let frame: string | Uint8Array | undefined;
    callApart(() => {
      frame = encode(String(event), args);
    });
    if (frame === undefined) return nothing;
    return typeof frame === "string"
      ? new Outgoing(frame, undefined, compress)
      : new Outgoing(undefined, [frame], compress);
  }
}
