import { parse } from "node:querystring";
import { PacketType, ProtocolError } from "@hawser/protocol";
import { makeSessionId, WheelEntry } from "@hawser/engine/internal";
import { ClientSockets } from "./client-sockets.ts";
import { callApart } from "./dispatch.ts";
import { addOddClientMembers } from "./odd-members.ts";
import { LinePressure } from "./pressure/line-pressure.ts";
import { outgoingOf } from "./encoder.ts";
import type { IncomingMessage } from "node:http";
import type { CloseReason, Connection, ConnectionHandler } from "@hawser/engine";
import type { Outgoing } from "@hawser/engine/internal";
import type { SocketDecoder, SocketPacket } from "@hawser/protocol";
import type { Recipient } from "./dispatch.ts";
import type { ClientHost, ClientNamespace, ClientSocket } from "./client-host.ts";
import type { DurableVisit } from "./delivery/links.ts";
import type { LinkHost } from "./delivery/session-link-base.ts";
import type { SessionEntry, SessionLink, SessionSocket } from "./session-link.ts";

/** What the dispatcher is given for a packet of which only the text has come. */
const inPieces: SocketPacket = { type: PacketType.EVENT, nsp: "/" };

/**
 * Demultiplexes one connection into namespaces.
 *
 * It is its own entry in the timing wheel: at first the time until CONNECT, later the time of a packet
 * whose attachments are awaited. It is never in need of both at once.
 */
export class Client extends WheelEntry implements ConnectionHandler, Recipient<SocketPacket> {
  readonly conn: Connection;
  /** Whether it cannot acknowledge what it is sent. */
  declare readonly isMute?: boolean;
  /**
   * Where there is one, it looks at a socket that the middlewares have let in, as they did.
   * @internal
   */
  declare _lookAt?: (socket: ClientSocket, next: (error?: Error) => void) => void;
  /** Where there is one, it makes the session's link in the words of the client's dialect. @internal */
  declare _makeLink?: (host: LinkHost, visit: DurableVisit, socket: SessionSocket) => SessionLink;
  protected readonly server: ClientHost;
  /** The sockets of this client by namespace; those that middlewares still look at are in it, too. */
  readonly nsps: ClientSockets = new ClientSockets();
  /** The namespaces that we have disconnected from, until the client comes again. */
  private left: Set<string> | undefined;
  /** A decoder that waits for attachments; valid while a packet is half assembled. */
  private assembling: SocketDecoder | undefined;
  private ownId: string | undefined;
  /** What waits for it; undefined while nobody bounds that. */
  private pressure: LinePressure | undefined;

  constructor(server: ClientHost, conn: Connection) {
    super();
    this.server = server;
    this.conn = conn;
    if (server._pressure.watchesAll) this.pressure = new LinePressure(conn, server._pressure);
    server._wheel.schedule(this, server._connectTimeout);
    // Clients of Socket.IO 2 do not ask for the namespace `/`.
    if (conn.protocol === 3) this.connect("/", undefined);
  }

  /** An id of its own, other than that of the connection; @socket.io/admin-ui shows it. */
  get id(): string {
    return (this.ownId ??= makeSessionId());
  }

  /** The first request of the connection. */
  get request(): IncomingMessage {
    return this.conn.request;
  }

  /** Text of the client: a Socket.IO packet from `offset` on. */
  onText(text: string, offset: number): void {
    if (this.assembling !== undefined) {
      this.refuse(new ProtocolError("TEXT_UNEXPECTED"));
      return;
    }
    const decoder = this.server._decoder;
    let packet: SocketPacket | undefined;
    try {
      packet = decoder.decodeText(text, offset);
    } catch (error) {
      decoder.reset();
      this.refuse(error as Error);
      return;
    }
    if (packet !== undefined) {
      this.onPacket(packet);
    } else {
      // One decoder serves all clients; who needs it for longer than a text takes it along.
      this.assembling = this.server._takeDecoder();
      this.server._dispatcher.push(this, inPieces);
    }
  }

  /** The chunk has been read. Most attachments come with their text: only those that are awaited now need a time. @internal */
  deliver(): void {
    if (this.assembling === undefined) return;
    this.server._wheel.schedule(this, this.server._limits.assemblyTimeoutMs);
  }

  /** An attachment. */
  onBinary(data: Buffer): void {
    if (this.assembling === undefined) {
      this.refuse(new ProtocolError("BINARY_UNEXPECTED"));
      return;
    }
    let packet: SocketPacket | undefined;
    try {
      packet = this.assembling.decodeBinary(data);
    } catch (error) {
      this.refuse(error as Error);
      return;
    }
    if (packet === undefined) return;
    this.server._returnDecoder(this.assembling);
    this.assembling = undefined;
    // A line without a namespace may not stay, whatever it sends.
    if (this.nsps.size > 0) this.server._wheel.cancel(this);
    this.onPacket(packet);
  }

  /** The connection has gone. */
  onClose(reason: CloseReason, description?: unknown): void {
    this.server._wheel.cancel(this);
    this.assembling = undefined;
    this.pressure?.end();
    for (const socket of this.nsps.values()) {
      if (socket.connected) socket._onclose(reason, description);
      else socket._cleanup();
    }
    this.nsps.clear();
  }

  /** The time is over: no CONNECT came, or the attachments did not. */
  override onExpire(): void {
    if (this.assembling !== undefined) this.refuse("attachments that did not come in time");
    else if (this.nsps.size === 0) this.conn.close();
  }

  /** Sends a packet of its own to this client. */
  packet(packet: SocketPacket): void {
    this.put(this.server._encode(packet));
  }

  /** Sends a message; one that is volatile is dropped when the line is not ready. */
  write(outgoing: Outgoing, isVolatile: boolean): void {
    if (isVolatile && !this.conn.writable) return;
    if (this.pressure === undefined) this.conn.sendOutgoing(outgoing);
    else this.pressure.write(outgoing, isVolatile);
  }

  /** Sends an event to one socket of this client alone. */
  send(packet: SocketPacket, isVolatile: boolean, compress?: boolean): void {
    this.write(this.server._encode(packet, compress), isVolatile);
  }

  /** Sends what has a pace and a bound of its own: a replay. */
  writePaced(outgoing: Outgoing): void {
    this.conn.sendOutgoing(outgoing);
  }

  /** Sends a message, or when the line is not ready keeps it until it is, unless a newer one with its key has come. */
  writeLatest(outgoing: Outgoing, key: string): void {
    this.pressure ??= new LinePressure(this.conn, this.server._pressure);
    this.pressure.writeLatest(outgoing, key);
  }

  /** Sends a packet that an adapter has encoded. */
  writeToEngine(
    encoded: readonly (string | Uint8Array)[],
    opts: { volatile?: boolean; compress?: boolean } = {},
  ): void {
    this.write(outgoingOf(encoded, opts.compress), opts.volatile === true);
  }

  /** What one of its sockets goes on with is not there any more: it comes again. @internal */
  _loseSession(): void {
    this.conn.close();
  }

  /** Disconnects all its sockets and closes the connection. @internal */
  _disconnect(): void {
    for (const socket of this.nsps.values()) socket.disconnect();
    this.nsps.clear();
    this.conn.close();
  }

  /** A socket has left its namespace. @internal */
  _remove(socket: ClientSocket): void {
    const { name } = socket.nsp;
    if (this.nsps.get(name) === socket) this.nsps.delete(name);
    // A line without a namespace may not stay; one that has gone must not be held by the wheel.
    if (this.nsps.size === 0 && this.conn.readyState === "open") {
      this.server._wheel.schedule(this, this.server._connectTimeout);
    }
  }

  /**
   * We disconnect from a namespace; the client does not know it yet.
   * @param inOrder sends it behind what is still on its way to this client
   * @internal
   */
  _leave(name: string, inOrder: (send: () => void) => void = (send) => send()): void {
    inOrder(() => this.packet({ type: PacketType.DISCONNECT, nsp: name }));
    (this.left ??= new Set()).add(name);
  }

  /** A whole packet has come. */
  protected onPacket(packet: SocketPacket): void {
    if (packet.type === PacketType.CONNECT) {
      // Clients of Socket.IO 2 put into the query what others put into `auth`.
      const auth = this.conn.protocol === 3 ? parse(packet.query ?? "") : packet.data;
      this.connect(packet.nsp, auth as Record<string, unknown> | undefined);
      return;
    }
    const socket = this.nsps.get(packet.nsp);
    if (socket !== undefined && !socket.connected && packet.type === PacketType.DISCONNECT) {
      // It does not wait for the middlewares.
      socket._cleanup();
      this._remove(socket);
      return;
    }
    if (socket === undefined || !socket.connected) {
      // What the client sent before our DISCONNECT reached it is no offence.
      if (!this.left?.has(packet.nsp)) this.refuse("a packet for a namespace without CONNECT");
      return;
    }
    if (packet.type === PacketType.EVENT || packet.type === PacketType.ACK) {
      this.server._dispatcher.push(socket, packet);
    } else if (packet.type === PacketType.DISCONNECT) {
      socket._onclose("client namespace disconnect");
    } else {
      this.refuse("a packet that only servers send");
    }
  }

  protected connect(name: string, auth: Record<string, unknown> | undefined): void {
    if (this.nsps.has(name)) {
      this.refuse("a second CONNECT for the same namespace");
      return;
    }
    if (this.nsps.size >= this.server._limits.namespacesPerConnectionMax) {
      this.refuse("too many namespaces on one connection");
      return;
    }
    const known = this.server._nsps.get(name);
    if (known !== undefined) this.approach(known, auth);
    else this.askForNamespace(name, auth);
  }

  /** It may be made after a template, by the client's wish. */
  protected askForNamespace(name: string, auth: Record<string, unknown> | undefined): void {
    this.server._checkNamespace(name, auth ?? {}, (namespace) => {
      if (this.conn.readyState !== "open" || this.nsps.has(name)) return;
      if (namespace !== false) {
        this.approach(namespace, auth);
        return;
      }
      this.turnAway(name, "Invalid namespace", "NAMESPACE_UNKNOWN");
    });
  }

  protected approach(namespace: ClientNamespace, auth: Record<string, unknown> | undefined): void {
    if (namespace._recovery === undefined) {
      this.enter(namespace, auth, undefined);
      return;
    }
    namespace._recovery.find(auth, (entry, said) => {
      if (entry instanceof Error) this.turnAway(namespace.name, entry.message, "DELIVERY_OFF");
      else this.enter(namespace, said, entry);
    });
  }

  protected enter(
    namespace: ClientNamespace,
    auth: Record<string, unknown> | undefined,
    entry: SessionEntry | undefined,
  ): void {
    const { name } = namespace;
    if (this.conn.readyState !== "open" || this.nsps.has(name)) {
      // Its line has gone while the session was looked up: it may come again for it.
      entry?.giveBack();
      return;
    }
    this.server._wheel.cancel(this);
    this.left?.delete(name);
    const socket = namespace._add(this, auth, entry);
    this.nsps.set(name, socket);
    this.server._dispatcher.push(namespace, { type: PacketType.CONNECT, nsp: name, data: socket });
  }

  /** Sends what nothing works without: it has no bound but the engine's. */
  protected put(outgoing: Outgoing): void {
    if (this.pressure === undefined) this.conn.sendOutgoing(outgoing);
    else this.pressure.send(outgoing);
  }

  /** It is not let in, and no middleware has been asked. The code is for dialects that have codes. */
  protected turnAway(
    name: string,
    message: string,
    _code: "NAMESPACE_UNKNOWN" | "DELIVERY_OFF",
  ): void {
    this.packet({ type: PacketType.CONNECT_ERROR, nsp: name, data: { message } });
  }

  /** Ends the connection of a client that does not keep to the protocol. */
  protected refuse(cause: string | Error): void {
    this.server.badInput.report(this.conn, cause);
    // What cannot be read is an `error` at each of its sockets, for those who listen.
    if (typeof cause !== "string") {
      for (const socket of this.nsps.values()) callApart(() => socket._onerror(cause));
    }
    this.conn.close();
  }
}

addOddClientMembers(Client.prototype);
