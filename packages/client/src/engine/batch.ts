import { isBlob, utf8Length } from "@hawser/protocol";
import type { Packet } from "../transports/transport.ts";

/** python-engineio refuses a request with more packets than this. */
const packetsMax = 16;

/**
 * How many of `packets` fit into one polling request of `bytesMax` bytes. At least one: a single packet that is
 * larger goes anyway, for the server to judge.
 */
export function batchSize(packets: readonly Packet[], bytesMax: number): number {
  let bytes = 0;
  for (let i = 0; i < packets.length; i++) {
    // The type, and the separator that stands between packets.
    bytes += bodyLength(packets[i]!) + (i > 0 ? 2 : 1);
    if (i > 0 && (bytes > bytesMax || i === packetsMax)) return i;
  }
  return packets.length;
}

function bodyLength({ data }: Packet): number {
  if (typeof data === "string") return utf8Length(data);
  if (data === undefined) return 0;
  return Math.ceil((isBlob(data) ? data.size : data.byteLength) / 3) * 4;
}
