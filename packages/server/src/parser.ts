/* oxlint-disable typescript/no-explicit-any -- parsers are written for Socket.IO, whose types say `any` */
import { checkPacketData, PacketType, ProtocolError } from "@hawser/protocol";
import { Client } from "./client.ts";
import { outgoingOfChunks } from "./encoder.ts";
import { ServerError } from "./errors.ts";
import type { CloseReason, Connection } from "@hawser/engine";
import type { Outgoing } from "@hawser/engine/internal";
import type { SocketPacket } from "@hawser/protocol";
import type { ClientHost } from "./client-host.ts";
import type { Codec, PacketEncoder } from "./encoder.ts";

/** Reads packets: `add` is given what came, and `decoded` is emitted for each whole packet. */
export interface PacketDecoder {
  on(event: any, listener: (packet: any) => void): unknown;
  add(chunk: any): void;
  destroy(): void;
}

/** A packet format in place of Socket.IO's own, such as npm `socket.io-msgpack-parser`; clients need the same. */
export interface Parser {
  Encoder: new () => PacketEncoder;
  Decoder: new () => PacketDecoder;
}

/** Encodes with a parser. */
export class ParserCodec implements Codec {
  readonly encoder: PacketEncoder;
  private readonly parser: Parser;

  constructor(parser: Parser) {
    this.parser = parser;
    this.encoder = new parser.Encoder();
  }

  toOutgoing(packet: SocketPacket, compress?: boolean): Outgoing {
    const chunks = this.encoder.encode(packet) as (string | Uint8Array)[];
    if (chunks.slice(1).some((chunk) => typeof chunk === "string")) {
      throw new ServerError("PARSER_OUTPUT");
    }
    return outgoingOfChunks(chunks, compress);
  }

  toPacket(message: Outgoing): SocketPacket {
    const decoder = new this.parser.Decoder();
    let packet: unknown;
    decoder.on("decoded", (decoded) => (packet = decoded));
    if (message.packet !== undefined) decoder.add(message.packet.slice(1));
    for (const attachment of message.attachments) decoder.add(attachment);
    decoder.destroy();
    return checked(packet);
  }
}

/** A client whose packets a parser reads. */
export class ParserClient extends Client {
  private readonly decoder: PacketDecoder;

  constructor(server: ClientHost, conn: Connection, parser: Parser) {
    super(server, conn);
    this.decoder = new parser.Decoder();
    this.decoder.on("decoded", (packet: unknown) => this.onDecoded(packet));
  }

  override onText(text: string, offset: number): void {
    this.read(text.slice(offset));
  }

  override onBinary(data: Buffer): void {
    this.read(data);
  }

  override onClose(reason: CloseReason, description?: unknown): void {
    super.onClose(reason, description);
    this.decoder.destroy();
  }

  private read(chunk: string | Buffer): void {
    try {
      this.decoder.add(chunk);
    } catch (error) {
      this.refuse(error as Error);
    }
  }

  private onDecoded(packet: unknown): void {
    // What stands behind an offence in the same chunk is not read.
    if (this.conn.readyState === "open") this.onPacket(checked(packet));
  }
}

/** A packet as ours are, whatever the parser lets through. @throws ProtocolError */
function checked(decoded: unknown): SocketPacket {
  const { type, nsp, data, id } = (decoded ?? {}) as Partial<SocketPacket>;
  const plain = plainTypes[type as number];
  if (plain === undefined) throw new ProtocolError("PACKET_TYPE");
  if (typeof nsp !== "string") throw new ProtocolError("PACKET_DATA", "the namespace is no text");
  if (id !== undefined && id !== null && !Number.isSafeInteger(id))
    throw new ProtocolError("ACK_ID");
  checkPacketData(plain, data ?? undefined);
  const mark = nsp.indexOf("?");
  return {
    type: plain,
    nsp: mark === -1 ? nsp : nsp.slice(0, mark),
    query: mark === -1 ? undefined : nsp.slice(mark + 1),
    data: data ?? undefined,
    id: id ?? undefined,
  };
}

const plainTypes: readonly PacketType[] = [
  PacketType.CONNECT,
  PacketType.DISCONNECT,
  PacketType.EVENT,
  PacketType.ACK,
  PacketType.CONNECT_ERROR,
  PacketType.EVENT,
  PacketType.ACK,
];
