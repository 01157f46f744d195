import type { EnginePacketType } from "@hawser/protocol";
import type { Outgoing } from "./outgoing.ts";

/** Names of the transports that this package serves. */
export type TransportName = "polling" | "websocket";

/** Why a transport is ended, where the client has not asked for it: some can say so. */
export type Parting = "ping timeout" | "server close";

/** Packets that carry no message of the application. */
export type ControlType = Exclude<EnginePacketType, "message">;

/** What a transport tells the layer above: a connection, or the upgrade that is trying the transport. */
export interface TransportHandler {
  /** A text message; it starts at `offset`. */
  onText(text: string, offset: number): void;
  /** A binary message. */
  onBinary(data: Buffer): void;
  onControl(type: ControlType, data: string | undefined): void;
  /** Something came that is no packet. */
  onInvalidPacket(error: Error): void;
  /** What had been written has left. */
  onTransportDrain(): void;
  /** The transport is gone: once, last. With an error it failed, without one it ended. */
  onTransportClose(error: Error | undefined): void;
}

/** Called when what was written before has left, or never will. */
export type FlushCallback = () => void;

/** One wire that carries the packets of one connection. It reports to `handler`, which may be replaced at any time. */
export interface Transport {
  readonly name: TransportName | "sse";
  /** Whether text stands on the wire without the type digit of Engine.IO. */
  readonly bare?: boolean;
  /** Whether a packet would leave with the next flush, with nothing before it. */
  readonly writable: boolean;
  handler: TransportHandler;
  /** Takes a message; messages leave in order, those of one tick together. */
  write(message: Outgoing): void;
  /** Calls back when what was written so far has left; not at all when the transport ends before. */
  afterFlush(callback: FlushCallback): void;
  /** Asks for one `onTransportDrain` when what was written so far has left. */
  requestDrain(): void;
  /** Ends the transport after what was written has left. `onTransportClose` follows. */
  close(): void;
  /** Ends the transport without waiting for the client. `onTransportClose` follows. */
  discard(why?: Parting): void;
  /** Ends the transport at once and gives up what waits: the client does not read. `onTransportClose` follows. */
  overflow(): void;
  /** As `close`, with a code and a reason, where the wire has them. */
  closeWith?(code: number, reason: string): void;
  /** Asks for a sign of life below the packets, where the wire has one. A control packet `pong` follows. */
  ping?(): void;
  /** Answers the request with this status instead, as long as it has no answer. `onTransportClose` follows. */
  refuse?(status: number, body: string): boolean;
}

function isTransport(value: unknown): boolean {
  return typeof value === "object" && value !== null && "afterFlush" in value;
}

/** Stands for the class of that name in npm engine.io, for programs that import it: `instanceof` holds for transports. */
export const Transport: abstract new () => Transport = Object.defineProperty(
  function Transport() {},
  Symbol.hasInstance,
  { value: isTransport },
) as unknown as abstract new () => Transport;
