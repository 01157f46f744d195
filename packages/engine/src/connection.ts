import type { IncomingMessage } from "node:http";
import type { TimingWheel } from "@hawser/websocket/internal";
import type { Socket } from "node:net";
import { EngineError } from "./errors.ts";
import type { AnyDescription } from "./erased.ts";
import type { CloseReason } from "./errors.ts";
import type { Heartbeat, HeartbeatTarget, HeartbeatTimes } from "./heartbeat.ts";
import { LazyEmitter } from "./lazy-emitter.ts";
import { Outgoing } from "./outgoing.ts";
import type { Revision } from "./revision.ts";
import { SavedRequest } from "./saved-request.ts";
import { SendEvents } from "./send-events.ts";
import type { BaseServer } from "./base-server.ts";
import type { ControlType, Parting, Transport, TransportHandler } from "./transport.ts";
import type { PollingTransport } from "./transports/polling.ts";
import { Upgrade } from "./upgrade.ts";
import type { UpgradeHost, UpgradeTimes } from "./upgrade.ts";

/** The layer above a connection. Set it in `BaseServer.onConnection`, before the first message can arrive. */
export interface ConnectionHandler {
  /** A text message; it starts at `offset`, behind the engine's type digit where there is one: nothing is sliced. */
  onText(text: string, offset: number): void;
  /** A binary message. */
  onBinary(data: Buffer): void;
  /** Packets can leave again after the transport had been full. */
  onDrain?(): void;
  /** The connection is gone: once, last. */
  onClose(reason: CloseReason, description?: unknown): void;
}

export interface SendOptions {
  /** Whether the transport may compress this message. Default true. */
  compress?: boolean | undefined;
}

export type SendCallback = (transport: Transport) => void;

/** `closing`: what is queued is leaving, and nothing more is taken in either direction. */
export type ReadyState = "opening" | "open" | "closing" | "closed";

/** A packet as the events for users show it. */
export interface PacketEvent {
  type: string;
  data?: string | Uint8Array | undefined;
  options?: SendOptions | undefined;
}

/** Events for users of `socket.conn`; none of them costs anything without a listener. */
export interface ConnectionEvents {
  packet: [packet: PacketEvent];
  packetCreate: [packet: PacketEvent];
  data: [data: string | Buffer];
  message: [data: string | Buffer];
  heartbeat: [];
  flush: [packets: readonly PacketEvent[]];
  drain: [];
  upgrading: [transport: Transport];
  upgrade: [transport: Transport];
  close: [reason: CloseReason, description?: AnyDescription];
}

/** What connections of one server share. */
export interface ConnectionServices {
  readonly wheel: TimingWheel;
  readonly times: HeartbeatTimes & UpgradeTimes;
  /** The connection is gone: forget its id. */
  onConnectionClosed(connection: Connection): void;
}

/** Events that stand on the road of a message; while nobody listens to one of them, the road does not look. */
const roadEvents: ReadonlySet<string | symbol> = new Set([
  "packet",
  "packetCreate",
  "data",
  "message",
  "flush",
  "drain",
]);

const ping = new Outgoing("2");

/**
 * One client's line: an id, a heartbeat, and one transport at a time. Layers below and above are called directly; the
 * emitter is for users.
 */
export class Connection
  extends LazyEmitter<ConnectionEvents>
  implements TransportHandler, UpgradeHost, HeartbeatTarget
{
  readonly id: string;
  readonly server: BaseServer;
  /** Revision of the Engine.IO protocol. */
  readonly protocol: 3 | 4;
  /** Address of the other end of the first request's socket. */
  readonly remoteAddress: string;
  /** The transport in use; replaced by an upgrade. */
  transport: Transport;
  /** The layer above. */
  handler: ConnectionHandler | undefined = undefined;
  readyState: ReadyState = "opening";
  /** Whether it has moved to another transport. */
  upgraded = false;
  private upgrade: Upgrade | undefined = undefined;
  /** Made when somebody listens to what stands on the road of a message. */
  private observed: SendEvents | undefined = undefined;
  private readonly services: ConnectionServices;
  private readonly heartbeat: Heartbeat;
  private firstRequest: IncomingMessage | SavedRequest;
  /** That of the first request. */
  private readonly socket: Socket;
  private requestSeen = false;

  /** @internal Connections are made by the handshake. */
  constructor(
    id: string,
    server: BaseServer,
    services: ConnectionServices,
    transport: Transport,
    request: IncomingMessage,
    revision: Pick<Revision, "number" | "makeHeartbeat">,
  ) {
    super();
    this.id = id;
    this.server = server;
    this.services = services;
    this.transport = transport;
    this.firstRequest = request;
    this.socket = request.socket;
    this.remoteAddress = request.socket.remoteAddress ?? "";
    this.protocol = revision.number;
    this.heartbeat = revision.makeHeartbeat(this, services.wheel, services.times);
  }

  /** The first request of the session. */
  get request(): IncomingMessage {
    this.requestSeen = true;
    if (this.firstRequest instanceof SavedRequest) {
      this.firstRequest = this.firstRequest.restore(this.socket);
    }
    return this.firstRequest;
  }

  /** Socket.IO's page on memory sets it to null, which is not needed here: nobody but who has seen it keeps it. */
  set request(request: IncomingMessage | null) {
    if (request !== null) this.firstRequest = request;
  }

  /** Whether a packet would leave at once: false from the first packet of a tick until its flush. */
  get writable(): boolean {
    return this.readyState === "open" && this.transport.writable;
  }

  /**
   * Packets that have not been handed to the transport, from the first look on: nobody keeps a list for a connection that
   * nobody looks at. What waits in bytes is bounded by `maxBufferedBytes`.
   */
  get writeBuffer(): readonly PacketEvent[] {
    this.observe();
    return this.observed!.waiting;
  }

  /** Whether an upgrade has been probed and is not over. */
  get upgrading(): boolean {
    return this.upgrade?.phase === "probing";
  }

  /** Sends a message that is already encoded. Messages after `close` are dropped. */
  sendOutgoing(message: Outgoing): void {
    if (this.readyState !== "open") return;
    this.put(message);
  }

  /** Sends one message. `callback` is called when it has left; not at all when the connection ends before. */
  send(
    data: string | Uint8Array | ArrayBuffer,
    options?: SendOptions | SendCallback,
    callback?: SendCallback,
  ): this {
    if (typeof options === "function") return this.send(data, undefined, options);
    const compress = options?.compress !== false;
    let message: Outgoing;
    if (data instanceof Uint8Array) message = new Outgoing(undefined, [data], compress);
    else if (data instanceof ArrayBuffer) {
      message = new Outgoing(undefined, [new Uint8Array(data)], compress);
    } else if (ArrayBuffer.isView(data)) {
      const { buffer, byteOffset, byteLength } = data as ArrayBufferView;
      message = new Outgoing(undefined, [new Uint8Array(buffer, byteOffset, byteLength)], compress);
    } else {
      const digit = this.transport.bare === true ? "" : "4";
      message = new Outgoing(`${digit}${data ?? ""}`, undefined, compress);
    }
    this.sendOutgoing(message);
    if (callback !== undefined && this.readyState === "open") {
      this.transport.afterFlush(() => callback(this.transport));
    }
    return this;
  }

  /** The same as {@link send}. */
  write(
    data: string | Uint8Array | ArrayBuffer,
    options?: SendOptions | SendCallback,
    callback?: SendCallback,
  ): this {
    return this.send(data, options, callback);
  }

  /**
   * Ends the connection after what is queued has left, or at once with `discard`. Over polling the rest is given 15
   * seconds to be fetched. Idempotent; the reason is `forced close`.
   */
  close(discard = false): void {
    if (this.readyState === "closed") return;
    if (discard) {
      this.fail("forced close", undefined);
      return;
    }
    if (this.readyState === "closing") return;
    this.readyState = "closing";
    // A client in the middle of an upgrade may not poll any more: wait for its end, which has a bound.
    if (!this.upgrading) this.transport.close();
  }

  /**
   * As {@link close}, with a code and a reason for the client. Engine.IO has neither, so there it is the same.
   *
   * @param code a close code of RFC 6455
   * @param reason at most 123 bytes
   */
  closeWith(code: number, reason: string): void {
    if (this.readyState !== "open" || this.transport.closeWith === undefined) {
      this.close();
      return;
    }
    this.readyState = "closing";
    this.transport.closeWith(code, reason);
  }

  /**
   * Answers a request for a stream with a refusal instead, and ends the connection.
   *
   * @param body JSON
   * @returns false when it is too late for that, or it is no stream
   */
  refuseStream(status: number, body: string): boolean {
    if (this.readyState !== "open" || this.transport.refuse === undefined) return false;
    this.readyState = "closing";
    if (this.transport.refuse(status, body)) return true;
    this.readyState = "open";
    return false;
  }

  /** @internal The server closes: ends the connection at once. */
  shutDown(): void {
    this.fail("forced close", undefined, "server close");
  }

  /** @internal More waits for the client than may: ends the line at once, and what waits is given up. */
  overflow(): void {
    if (this.readyState !== "closed") this.transport.overflow();
  }

  /** @internal Called by the emitter when somebody begins to listen. */
  onListen(event: string | symbol): void {
    if (roadEvents.has(event)) this.observe();
  }

  /** @internal Somebody listens to `packetCreate`, `flush` and the like, here or at the server. */
  observe(): void {
    this.observed ??= new SendEvents(this);
  }

  /** @internal Begins the session: the open packet, where there is one, is the first to leave. */
  open(openPacket: Outgoing | undefined, initialPacket: Outgoing | undefined): void {
    this.readyState = "open";
    this.heartbeat.start();
    if (this.server.watchesPackets) this.observe();
    if (openPacket === undefined) return;
    if (this.observed === undefined) this.transport.write(openPacket);
    else this.observed.writeFirst(openPacket);
    if (initialPacket !== undefined) this.put(initialPacket);
  }

  /** @internal Keeps the first request in a small form, unless somebody has seen it and may have left something on it. */
  releaseRequest(): void {
    if (this.requestSeen || this.firstRequest instanceof SavedRequest) return;
    this.firstRequest = SavedRequest.from(this.firstRequest) ?? this.firstRequest;
  }

  /** @internal Whether a candidate transport may be tried now. */
  get upgradable(): boolean {
    return (
      this.readyState === "open" && this.upgrade === undefined && this.transport.name === "polling"
    );
  }

  /** @internal Lets a candidate transport try to take over. Only while {@link upgradable}. */
  tryUpgrade(candidate: Transport): void {
    this.upgrade = new Upgrade(this, candidate, this.services.wheel, this.services.times);
  }

  // What follows is called by the transport.

  /** @internal */
  onText(text: string, offset: number): void {
    if (this.readyState !== "open") return;
    this.heartbeat.heard = true;
    if (this.observed !== undefined) this.emitMessage(offset === 0 ? text : text.slice(offset));
    this.handler?.onText(text, offset);
  }

  /** @internal */
  onBinary(data: Buffer): void {
    if (this.readyState !== "open") return;
    this.heartbeat.heard = true;
    if (this.observed !== undefined) this.emitMessage(data);
    this.handler?.onBinary(data);
  }

  /** @internal */
  onControl(type: ControlType, data: string | undefined): void {
    if (this.readyState === "closed") return;
    this.heartbeat.heard = true;
    if (this.observed !== undefined)
      this.emit("packet", data === undefined ? { type } : { type, data });
    if (type === "pong") this.heartbeat.onPong();
    else if (type === "ping") this.heartbeat.onPing(data);
  }

  /** @internal */
  onInvalidPacket(error: Error): void {
    this.fail("parse error", error);
  }

  /** @internal */
  onTransportDrain(): void {
    if (this.readyState === "closed") return;
    this.handler?.onDrain?.();
  }

  /** @internal */
  onTransportClose(error: Error | undefined): void {
    if (this.readyState === "closing") {
      if (error === undefined) this.observed?.onEnd();
      this.finish("forced close", error);
    } else this.finish(error === undefined ? "transport close" : "transport error", error);
  }

  // What follows is called by the heartbeat.

  /** @internal */
  sendPing(): void {
    const { transport } = this;
    if (transport.ping === undefined) this.put(ping);
    else transport.ping();
  }

  /** @internal */
  sendPong(data: string | undefined): void {
    this.put(new Outgoing(`3${data ?? ""}`));
  }

  /** @internal */
  onBeat(): void {
    this.emit("heartbeat");
  }

  /** @internal */
  onWrongBeat(): void {
    this.fail("transport error", new EngineError("HEARTBEAT_DIRECTION"));
  }

  /** @internal */
  onPingTimeout(): void {
    this.fail("ping timeout", undefined, "ping timeout");
  }

  // What follows is called by the upgrade, which only begins on polling.

  /** @internal */
  onUpgradeProbed(candidate: Transport): void {
    (this.transport as PollingTransport).hold();
    this.emit("upgrading", candidate);
  }

  /** @internal */
  restPolling(): void {
    (this.transport as PollingTransport).rest();
  }

  /** @internal */
  onUpgradeDone(candidate: Transport): void {
    const unsent = (this.transport as PollingTransport).retire();
    this.upgrade = undefined;
    this.upgraded = true;
    this.transport = candidate;
    candidate.handler = this;
    for (const message of unsent.messages) candidate.write(message);
    for (const callback of unsent.callbacks) candidate.afterFlush(callback);
    this.emit("upgrade", candidate);
    if (this.readyState === "closing") candidate.close();
  }

  /** @internal */
  onUpgradeFailed(): void {
    this.upgrade = undefined;
    (this.transport as PollingTransport).release();
    if (this.readyState === "closing") this.transport.close();
  }

  /** Ends the connection from this side, without waiting. */
  private fail(reason: CloseReason, error: Error | undefined, why?: Parting): void {
    if (this.readyState === "closed") return;
    this.readyState = "closed";
    this.transport.discard(why);
    this.settle(reason, error);
  }

  /** Ends the connection, whose transport has gone. */
  private finish(reason: CloseReason, error: Error | undefined): void {
    if (this.readyState === "closed") return;
    this.readyState = "closed";
    this.settle(reason, error);
  }

  private settle(reason: CloseReason, description: Error | undefined): void {
    this.heartbeat.stop();
    this.upgrade?.abandon();
    this.upgrade = undefined;
    this.services.onConnectionClosed(this);
    this.handler?.onClose(reason, description);
    this.emit("close", reason, description);
  }

  private emitMessage(data: string | Buffer): void {
    this.emit("packet", { type: "message", data });
    this.emit("data", data);
    this.emit("message", data);
  }

  private put(message: Outgoing): void {
    if (this.observed === undefined) this.transport.write(message);
    else this.observed.write(message);
  }
}
