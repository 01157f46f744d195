import type { Outgoing, TimingWheel } from "@hawser/engine/internal";
import type { CloseReason, Connection, ConnectionHandler } from "@hawser/engine";
import type { SocketDecoder, SocketPacket } from "@hawser/protocol";
import type { Dispatcher, Recipient } from "./dispatch.ts";
import type { ServerLimits } from "./limits.ts";
import type { ServerPressure } from "./pressure/server-pressure.ts";
import type { SessionEntry, SessionFinder } from "./session-link.ts";

/** What a client needs of the server. */
export interface ClientHost {
  readonly badInput: {
    report(conn: Connection, cause: string | Error): void;
    count(kind: string): void;
  };
  readonly _dispatcher: Dispatcher<SocketPacket>;
  readonly _wheel: TimingWheel;
  readonly _limits: ServerLimits;
  readonly _connectTimeout: number;
  /** What waits for all clients. */
  readonly _pressure: ServerPressure;
  /** The decoder that all clients share while no attachments are awaited. */
  readonly _decoder: SocketDecoder;
  /** Gives the shared decoder, which has begun a packet, to the client that waits for the rest. */
  _takeDecoder(): SocketDecoder;
  /** Takes a decoder back whose packet is complete. */
  _returnDecoder(decoder: SocketDecoder): void;
  _encode(packet: SocketPacket, compress?: boolean): Outgoing;
  /** The namespaces by name. */
  readonly _nsps: ReadonlyMap<string, ClientNamespace>;
  /** Finds the namespace that a client asks for, or makes it after a template. */
  _checkNamespace(
    name: string,
    auth: Record<string, unknown>,
    found: (namespace: ClientNamespace | false) => void,
  ): void;
}

/** What a client needs of a namespace. */
export interface ClientNamespace extends Recipient<SocketPacket> {
  readonly name: string;
  /** Finds sessions; undefined while there are none. */
  readonly _recovery: SessionFinder | undefined;
  /** Makes the socket of a client that asks to be let in; `deliver` goes on with it. */
  _add(
    client: ConnectionHandler,
    auth: Record<string, unknown> | undefined,
    entry: SessionEntry | undefined,
  ): ClientSocket;
}

/** What a client needs of a socket of its own. */
export interface ClientSocket extends Recipient<SocketPacket> {
  readonly connected: boolean;
  readonly nsp: { readonly name: string };
  disconnect(): unknown;
  _onerror(error: Error): void;
  _onclose(reason: CloseReason | "client namespace disconnect", description?: unknown): unknown;
  _cleanup(): void;
}
