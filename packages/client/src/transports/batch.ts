import type { Packet } from "./transport.ts";
import { isBlob } from "./wire.ts";

/** python-engineio refuses a request with more packets than this. */
const packetsMax = 16;

/**
 * How many of `packets` fit into one polling request of `bytesMax` bytes. At least one: a single packet that is
 * larger goes anyway, for the server to judge.
 */
export function batchSize(packets: readonly Packet[], bytesMax: number): number {
  let bytes = -1;
  const count = packets.findIndex((packet, i) => {
    // The type, and the separator that stands between packets.
    bytes += bodyLength(packet) + 2;
    return i > 0 && (bytes > bytesMax || i === packetsMax);
  });
  return count < 0 ? packets.length : count;
}

function bodyLength({ data = "" }: Packet): number {
  if (typeof data === "string") return new TextEncoder().encode(data).length;
  return Math.ceil((isBlob(data) ? data.size : data.byteLength) / 3) * 4;
}
