import type { SocketPacket } from "@hawser/protocol";
import type { Connection } from "@hawser/engine";
import type { Adapter } from "./adapter/memory.ts";
import type { Room, SocketId } from "./adapter/types.ts";
import type { DurableMessage } from "./delivery/durable-message.ts";
import type { SocketDelivery } from "./delivery/socket-delivery.ts";
import type { DisconnectReason } from "./socket-types.ts";

/** A socket as its session sees it. */
export interface SessionSocket {
  readonly id: SocketId;
  data: unknown;
  user?: unknown;
  readonly rooms: Set<Room>;
  readonly client: { readonly conn: Connection };
  readonly nsp: { readonly name: string; readonly adapter: Adapter };
}

/** What is between a socket and its session; sockets without a session have none. */
export interface SessionLink {
  /** Whether events without acknowledgement go through the adapter, which keeps them for the time without a line. */
  readonly keepsEvents: boolean;
  /** What the application sees of it; undefined when there is nothing to be seen. */
  readonly delivery: SocketDelivery | undefined;
  /** The socket is let in: false when its session cannot go on, which ends its line. */
  admit(): boolean;
  /** What CONNECT says beside the socket's id. */
  greeting(): object;
  /** CONNECT has been sent. */
  greeted(): void;
  /** The socket is refused. */
  abandon(): void;
  /** The line of the socket has gone; it is still in its rooms. */
  onLineClosed(reason: DisconnectReason): void;
  /** The socket leaves. */
  end(): void;
  /** It has joined rooms; `done` is the adapter's answer. */
  joined(rooms: Iterable<Room>, done: Promise<void> | void): Promise<void> | void;
  left(room: Room): void;
  /** A packet of the client, before the application. @returns whether it was for the session */
  takes(packet: SocketPacket): boolean;
  /** Sends a logged message, when it has not had it. */
  deliver(message: DurableMessage): void;
  /** Sends something behind what was emitted before it. */
  inOrder(send: () => void): void;
}

/** What a client comes in with: a session, an old one or a new one. */
export interface SessionEntry {
  /** Whether it goes on with the id, the rooms and the data of an earlier socket. */
  readonly recovered: boolean;
  readonly skipsMiddlewares: boolean;
  /** Valid when recovered. */
  readonly sid: SocketId;
  readonly rooms: readonly Room[];
  readonly data: unknown;
  /** Links it to the socket that has been made for it. */
  begin(socket: SessionSocket): SessionLink;
  /** The line has gone before a socket was made. */
  giveBack(): void;
}

/**
 * Looks up the session that a client says it had, and gives its `auth` without what is secret in it.
 * An Error refuses the client.
 */
export interface SessionFinder {
  find(
    auth: Record<string, unknown> | undefined,
    found: (
      entry: SessionEntry | Error | undefined,
      auth: Record<string, unknown> | undefined,
    ) => void,
  ): void;
}
