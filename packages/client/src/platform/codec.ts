import type { Codec } from "../codec.ts";
import { createReader } from "../packets/reader.ts";
import { writePacket } from "../packets/writer.ts";

/** Socket.IO's own format, for what is downloaded: small, with errors that say little. `#codec` is the one at hand. */
export function defaultCodec(): Codec {
  return { encode: writePacket, ...createReader() };
}
