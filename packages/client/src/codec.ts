import type { SocketPacket } from "@hawser/protocol";
import type { Parser } from "./options.ts";
import type { RawData, WriteOptions } from "./transports/transport.ts";

/** A packet on its way out. */
export interface OutgoingPacket extends SocketPacket {
  options?: WriteOptions;
}

/** Turns packets into messages of the connection and back. */
export interface Codec {
  /** The messages of a packet, in order. @throws what the packet cannot say in JSON */
  encode(packet: OutgoingPacket): readonly RawData[];
  /** The packet that `message` completes, if it does. @throws for what is no packet */
  decode(message: RawData): SocketPacket | undefined;
  /** Forgets a packet that is half there. */
  reset(): void;
}

/** The format of a parser package. */
export function parserCodec(parser: Parser): Codec {
  const encoder = new parser.Encoder();
  const decoder = new parser.Decoder();
  let decoded: SocketPacket | undefined;
  decoder.on("decoded", (packet: SocketPacket) => {
    decoded = packet;
  });
  return {
    encode: ({ options: _options, ...packet }) => encoder.encode(packet) as RawData[],
    decode(message) {
      decoded = undefined;
      decoder.add(message);
      return decoded;
    },
    reset: () => decoder.destroy(),
  };
}
