import { SocketDecoder, encodeSocketPacketWithBlobs } from "@hawser/protocol";
import type { Codec } from "../codec.ts";
import { decoderLimits } from "../limits.ts";
import type { RawData } from "../transports/transport.ts";

/** Socket.IO's own format, for Node.js: fast with large messages, and its errors say what was wrong. */
export function defaultCodec(): Codec {
  const decoder = new SocketDecoder(decoderLimits);
  return {
    encode(packet) {
      const { text, attachments } = encodeSocketPacketWithBlobs(packet);
      return attachments.length ? [text, ...(attachments as RawData[])] : [text];
    },
    decode: (message) =>
      typeof message === "string"
        ? decoder.decodeText(message)
        : // A Blob (`binaryType`) goes through like any other attachment.
          decoder.decodeBinary(message as ArrayBuffer),
    reset: () => decoder.reset(),
  };
}
