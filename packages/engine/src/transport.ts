import type { Outgoing } from "./outgoing.ts";

/** Names of the transports that this package serves. */
export type TransportName = "polling" | "websocket";

/** What a transport tells the layer above: the connection, or an upgrade that is being probed. */
export interface TransportHandler {
  /** One engine packet as text, type digit first. */
  onPacketText(text: string): void;
  /** One binary message. */
  onPacketBinary(data: Buffer): void;
  /** The transport can take packets (again). */
  onTransportDrain(): void;
  /** The transport is gone: called once, last. An `error` says that it failed rather than ended. */
  onTransportClose(error: Error | undefined, description?: unknown): void;
}

/** One wire that carries packets of one connection. */
export interface Transport {
  readonly name: TransportName;
  /** Whether a packet would leave at once: nothing is queued and, for polling, a request is waiting. */
  readonly writable: boolean;
  handler: TransportHandler;
  /** Takes messages in order. Only called while `ready`. */
  send(messages: readonly Outgoing[]): void;
  /** Ends the transport after what it has taken has left. */
  close(): void;
  /** Ends the transport at once. */
  terminate(): void;
}
