import type { Socket } from "node:net";
import type { Duplex } from "node:stream";

/** Bytes that were read from a socket; undefined when it does not count them. */
export function bytesRead(socket: Duplex): number | undefined {
  return (socket as Partial<Socket>).bytesRead;
}

/** Bytes of a socket that the kernel has taken; undefined when it does not count them. */
export function bytesTaken(socket: Duplex): number | undefined {
  const { bytesWritten } = socket as Partial<Socket>;
  return bytesWritten === undefined ? undefined : bytesWritten - socket.writableLength;
}
