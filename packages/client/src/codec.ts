import { SocketDecoder, encodeSocketPacketWithBlobs } from "@hawser/protocol";
import type { SocketPacket } from "@hawser/protocol";
import { decoderLimits } from "./limits.ts";
import type { Parser } from "./options.ts";
import type { RawData, WriteOptions } from "./transports/transport.ts";

/** A packet on its way out. */
export interface OutgoingPacket extends SocketPacket {
  options?: WriteOptions;
}

/** Turns packets into messages of the connection and back. */
export interface Codec {
  /** Hands the messages of a packet to `write`, in order. @throws what the packet cannot say in JSON */
  encode(packet: OutgoingPacket, write: (message: RawData) => void): void;
  /** The packet that `message` completes, if it does. @throws for what is no packet */
  decode(message: RawData): SocketPacket | undefined;
  /** Forgets a packet that is half there. */
  reset(): void;
}

/** Socket.IO's own format. */
export function defaultCodec(): Codec {
  const decoder = new SocketDecoder(decoderLimits);
  return {
    encode(packet, write) {
      const { text, attachments } = encodeSocketPacketWithBlobs(packet);
      write(text);
      for (const attachment of attachments) write(attachment as RawData);
    },
    decode: (message) =>
      typeof message === "string"
        ? decoder.decodeText(message)
        : // A Blob (`binaryType`) goes through like any other attachment.
          decoder.decodeBinary(message as ArrayBuffer),
    reset: () => decoder.reset(),
  };
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
    encode(packet, write) {
      const { options: _options, ...plain } = packet;
      for (const message of encoder.encode(plain) as RawData[]) write(message);
    },
    decode(message) {
      decoded = undefined;
      decoder.add(message);
      return decoded;
    },
    reset: () => decoder.destroy(),
  };
}
