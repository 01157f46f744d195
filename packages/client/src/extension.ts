import type { NamespaceHandler } from "./base-manager.ts";
import type { OutgoingPacket } from "./codec.ts";
import type { Untyped } from "./events.ts";
import type { Socket } from "./socket.ts";

/**
 * What comes between a socket and its manager, such as durable delivery, which is an entry of its own. It may replace
 * the methods of `handler`, by which the socket hears of its manager, and send packets of its own.
 */
export type SocketExtension = (
  socket: Socket<Untyped, Untyped>,
  handler: NamespaceHandler,
  send: (packet: OutgoingPacket) => void,
) => void;
