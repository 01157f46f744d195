import type { CloseDetails, RawData, WriteOptions } from "../transports/transport.ts";
import type { EngineOptions } from "./options.ts";

/** The layer above a connection. Its methods are called just before the events of the same names. */
export interface LineHandler {
  open(): void;
  message(data: RawData): void;
  ping(): void;
  /** Followed by `close` with "transport error". */
  error(error: Error): void;
  /** The connection is over; nothing follows. */
  close(reason: string, description?: CloseDetails | Error): void;
}

/** What a manager and its sockets ask of a connection. */
export interface Line {
  /** Whom to tell; a manager that is done with the connection takes itself away. */
  handler: LineHandler | undefined;
  /** Whether a packet would leave at once. */
  readonly writable: boolean;
  open(): void;
  send(data: RawData, options?: WriteOptions): unknown;
  /** Closes once everything that was sent has left. */
  close(): unknown;
  /** Whether the heartbeat is overdue although no timer has noticed; then the connection ends soon. */
  isExpired(): boolean;
}

/** How a manager gets a connection. */
export type Connect = (uri: string | undefined, options: EngineOptions) => Line;
