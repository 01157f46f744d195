/* oxlint-disable typescript/no-explicit-any -- acknowledgement arguments are free-form */

import type { PacketType } from "@hawser/protocol";

/** The id of a socket. */
export type SocketId = string;
/** The secret id of a session, for connection state recovery. */
export type PrivateSessionId = string;
/** The name of a room. */
export type Room = string;

/** How a broadcast is to be sent. */
export interface BroadcastFlags {
  /** Dropped for sockets whose line is not ready. */
  volatile?: boolean;
  /** Where the line is not ready, only the newest packet with this key is sent when it is. */
  latest?: string;
  /** Whether the packet may be compressed; default true. */
  compress?: boolean;
  /** To this node's sockets alone. */
  local?: boolean;
  broadcast?: boolean;
  binary?: boolean;
  /** How long acknowledgements are awaited, in ms. */
  timeout?: number;
  /** Whether one socket is expected to answer, as a RemoteSocket's. */
  expectSingleResponse?: boolean;
}

/** Who is meant by a broadcast: everyone in any of `rooms` (all when empty), less those in `except`. */
export interface BroadcastOptions {
  rooms: Set<Room>;
  except?: Set<Room>;
  flags?: BroadcastFlags;
}

/** A packet on its way through an adapter; the adapter sets `nsp` and, for acknowledgements, `id`. */
export interface BroadcastPacket {
  type: PacketType;
  data: unknown[];
  nsp?: string;
  id?: number;
}

/** What is kept of a socket for its session to be resumed. */
export interface SessionToPersist {
  sid: SocketId;
  pid: PrivateSessionId;
  rooms: Room[];
  data: unknown;
}

/** A kept session and the packets that its socket missed. */
export type Session = SessionToPersist & { missedPackets: unknown[][] };

export type AckCallback = (...args: any[]) => void;
