// oxlint-disable-next-line no-restricted-imports -- the seam between browsers and Node.js, inside this package
import { bytes } from "#bytes";
// oxlint-disable-next-line no-restricted-imports -- the same
import { transports as platform } from "#transports";
import { Emitter } from "../emitter.ts";
import { ClientError } from "../errors.ts";
import type { NoEvents } from "../events.ts";
import type {
  BinaryKind,
  CloseDetails,
  CookieJar,
  Packet,
  RawData,
  Transport,
  TransportCtor,
  TransportHandler,
  WriteOptions,
} from "../transports/transport.ts";
import { batchSize } from "./batch.ts";
import type { ConnectionEvents, ConnectionHandler } from "./connection-events.ts";
import { resolveEndpoint } from "./endpoint.ts";
import type { Endpoint } from "./endpoint.ts";
import { Heartbeat } from "./heartbeat.ts";
import type { EngineOptions, HandshakeData } from "./options.ts";
import { watchPage } from "./page.ts";
import { timersFor } from "./timers.ts";
import { Upgrade } from "./upgrade.ts";

const compressed: WriteOptions = { compress: true };

/**
 * One connection to an Engine.IO server, over one transport at a time: `socket.io.engine`. It opens with the first
 * transport, moves to a better one, watches the heartbeat, and ends once; it does not come back by itself.
 */
export class Connection extends Emitter<NoEvents, NoEvents, ConnectionEvents> {
  /** Whether a websocket worked the last time (`rememberUpgrade`). */
  static priorWebsocketSuccess: boolean = false;

  /** Set by the handshake. */
  id: string | undefined;
  /** The transport in use. */
  transport!: Transport;
  readyState: "opening" | "open" | "closing" | "closed" = "closed";
  /** Packets that have not left yet. */
  writeBuffer: Packet[] = [];
  /** How binary messages are handed over; read when a transport is made. */
  binaryType: BinaryKind = bytes.binaryType;
  readonly opts: EngineOptions;
  /** Names of the transports that may be used, the next one to try first. */
  readonly transports: string[] = [];
  /** The layer above, which a manager that is done with the connection takes away. */
  handler: ConnectionHandler | undefined;

  readonly #endpoint: Endpoint;
  readonly #ctors: Record<string, TransportCtor>;
  readonly #cookieJar: CookieJar | undefined;
  readonly #heartbeat: Heartbeat;
  #unwatchPage: (() => void) | undefined;
  // Candidates of the upgrade.
  #upgrades: Upgrade[] = [];
  // The one that is about to take over; packets wait meanwhile.
  #winner: Upgrade | undefined;
  // From the handshake.
  #upgradeNames: string[] = [];
  #heartbeatMs = 0;
  #payloadBytesMax = Infinity;
  // Packets at the head of the buffer that a request is carrying.
  #inFlight = 0;
  // What transports say while they are ours.
  readonly #fromTransport: TransportHandler = {
    onOpen() {},
    onPacket: (packet) => this.#guard(packet),
    onDrain: () => this.#onDrain(),
    onError: (error) => this.#onError(error),
    onClose: (details) => this.#end("transport close", details),
  };

  constructor(uri: string | undefined, options: EngineOptions = {}) {
    super();
    this.opts = options;
    this.#endpoint = resolveEndpoint(uri, options, globalThis.location);
    this.#ctors = { ...platform.byName };
    for (const given of options.transports ?? Object.keys(platform.byName)) {
      const name = typeof given === "string" ? given : given.prototype.name;
      if (typeof given !== "string") this.#ctors[name] = given;
      if (Object.hasOwn(this.#ctors, name)) this.transports.push(name);
    }
    this.#cookieJar = options.withCredentials ? platform.createCookieJar?.() : undefined;
    this.#heartbeat = new Heartbeat(timersFor(options), () => this.#end("ping timeout"));
  }

  /** Connects. A connection is opened once. */
  open(): void {
    this.readyState = "opening";
    this.#unwatchPage = watchPage(
      () => {
        if (this.#endpoint.hostname !== "localhost") {
          this.#end("transport close", { description: "network connection lost" });
        }
      },
      this.opts.closeOnBeforeunload ? () => this.transport.close() : undefined,
    );
    this.#openTransport();
  }

  /**
   * Sends a message. In the buffer until the connection is open, and while the transport changes.
   * @param sent called when it has been handed to the transport
   */
  send(data: RawData, options?: WriteOptions, sent?: () => void): this {
    this.#sendPacket({ type: "message", data, options: options ?? compressed }, sent);
    return this;
  }

  /** The same as {@link send}. */
  write(data: RawData, options?: WriteOptions, sent?: () => void): this {
    return this.send(data, options, sent);
  }

  /** Closes once everything in the buffer has left. */
  close(): this {
    if (this.readyState === "opening") {
      this.#end("forced close");
    } else if (this.readyState === "open") {
      this.readyState = "closing";
      if (!this.#winner) this.#dropUpgrades();
      this.#endWhenIdle();
    }
    return this;
  }

  /** Whether a better transport is taking over. */
  get upgrading(): boolean {
    return !!this.#winner;
  }

  /** Whether a packet would leave at once. */
  get writable(): boolean {
    return (
      this.readyState === "open" &&
      !this.#winner &&
      !this.writeBuffer.length &&
      this.transport.writable
    );
  }

  /** Whether the heartbeat is overdue although no timer has noticed; then the connection ends soon. */
  isExpired(): boolean {
    return this.#heartbeat.isExpired();
  }

  #openTransport(): void {
    const name =
      this.opts.rememberUpgrade &&
      Connection.priorWebsocketSuccess &&
      this.transports.includes("websocket")
        ? "websocket"
        : this.transports[0];
    if (name === undefined) {
      queueMicrotask(() => this.#onError(new ClientError("NO_TRANSPORTS")));
      return;
    }
    this.transport = this.#createTransport(name);
    this.transport.handler = this.#fromTransport;
    this.transport.open();
  }

  #createTransport(name: string): Transport {
    const { opts, id } = this;
    const endpoint = this.#endpoint;
    const special: Record<string, EngineOptions> | undefined = opts.transportOptions;
    return new this.#ctors[name]!({
      ...opts,
      ...endpoint,
      query: { ...endpoint.query, EIO: "4", transport: name, ...(id && { sid: id }) },
      binaryType: this.binaryType,
      cookieJar: this.#cookieJar,
      ...special?.[name],
    });
  }

  // What a listener throws goes to the platform, as from any event; the transport must not stumble over it, since it
  // may hold more packets.
  #guard(packet: Packet): void {
    try {
      this.#onPacket(packet);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }

  #onPacket(packet: Packet): void {
    if (this.readyState === "closed") return;
    this.emitReserved("packet", packet);
    this.emitReserved("heartbeat");
    const { data = "" } = packet;
    if (packet.type === "message") {
      this.emitReserved("data", data);
      this.handler?.onMessage(data);
      this.emitReserved("message", data);
    } else if (packet.type === "ping") {
      this.#heartbeat.restart(this.#heartbeatMs);
      this.#sendPacket({ type: "pong" });
      this.handler?.onPing();
      this.emitReserved("ping");
      this.emitReserved("pong");
    } else if (packet.type === "open" && this.readyState === "opening") {
      this.#onHandshake(data as string);
    }
  }

  #onHandshake(text: string): void {
    let data: HandshakeData;
    try {
      data = JSON.parse(text) as HandshakeData;
      this.id = this.transport.query["sid"] = data.sid;
      this.#upgradeNames = data.upgrades.filter((name) => this.transports.includes(name));
    } catch (cause) {
      this.#onError(new ClientError("SERVER_ERROR", { cause }));
      return;
    }
    this.emitReserved("handshake", data);
    this.#heartbeatMs = data.pingInterval + data.pingTimeout;
    this.#payloadBytesMax = data.maxPayload || Infinity;
    this.#heartbeat.restart(this.#heartbeatMs);
    this.readyState = "open";
    Connection.priorWebsocketSuccess = this.transport.name === "websocket";
    this.handler?.onOpen();
    this.emitReserved("open");
    this.#flush();
    if (this.readyState === "open" && this.opts.upgrade !== false) this.#probe();
  }

  #sendPacket(packet: Packet, sent?: () => void): void {
    if (this.readyState === "closing" || this.readyState === "closed") return;
    this.emitReserved("packetCreate", packet);
    this.writeBuffer.push(packet);
    if (sent) this.once("flush", sent);
    this.#flush();
  }

  #flush(): void {
    const { transport, writeBuffer } = this;
    if (this.readyState === "opening" || this.#winner || !writeBuffer.length) return;
    if (transport.pipelined) {
      this.writeBuffer = [];
      transport.send(writeBuffer);
    } else if (transport.writable) {
      this.#inFlight = batchSize(writeBuffer, this.#payloadBytesMax);
      transport.send(writeBuffer.slice(0, this.#inFlight));
    } else {
      return;
    }
    this.emitReserved("flush");
  }

  #onDrain(): void {
    this.writeBuffer.splice(0, this.#inFlight);
    this.#inFlight = 0;
    if (this.writeBuffer.length) this.#flush();
    else this.emitReserved("drain");
    this.#endWhenIdle();
  }

  #probe(): void {
    for (const name of this.#upgradeNames) {
      const upgrade = new Upgrade(
        {
          onProbed: (winner) => this.#onProbed(winner),
          onUpgraded: (winner) => this.#onUpgraded(winner),
          onUpgradeFailed: (loser, error) => this.#onUpgradeFailed(loser, error),
        },
        this.transport,
        this.#createTransport(name),
      );
      this.#upgrades.push(upgrade);
      upgrade.start();
    }
  }

  #onProbed(winner: Upgrade): boolean {
    if (this.readyState !== "open" || this.#winner) return false;
    this.#winner = winner;
    this.emitReserved("upgrading", winner.candidate);
    return true;
  }

  #onUpgraded(winner: Upgrade): void {
    const { candidate } = winner;
    this.#winner = undefined;
    // The old one is at rest and its session is the candidate's: it is let go, not closed.
    this.transport.handler = undefined;
    this.transport = candidate;
    candidate.handler = this.#fromTransport;
    this.#upgrades = this.#upgrades.filter((other) => other !== winner);
    this.#dropUpgrades();
    Connection.priorWebsocketSuccess = candidate.name === "websocket";
    this.emitReserved("upgrade", candidate);
    this.#flush();
    this.#endWhenIdle();
  }

  #onUpgradeFailed(loser: Upgrade, error: Error): void {
    this.#upgrades = this.#upgrades.filter((other) => other !== loser);
    if (this.#winner === loser) this.#winner = undefined;
    this.emitReserved("upgradeError", error);
    this.#flush();
    this.#endWhenIdle();
  }

  #dropUpgrades(): void {
    for (const upgrade of this.#upgrades) upgrade.abort();
    this.#upgrades = [];
    this.#winner = undefined;
  }

  #onError(error: Error): void {
    if (this.readyState === "closed") return;
    Connection.priorWebsocketSuccess = false;
    if (this.readyState === "opening" && this.opts.tryAllTransports && this.transports.length > 1) {
      this.transports.shift();
      this.#openTransport();
      return;
    }
    this.handler?.onError(error);
    this.emitReserved("error", error);
    this.#end("transport error", error);
  }

  #endWhenIdle(): void {
    if (this.readyState === "closing" && !this.writeBuffer.length && !this.#winner) {
      this.#end("forced close");
    }
  }

  #end(reason: string, description?: CloseDetails | Error): void {
    if (this.readyState === "closed") return;
    this.readyState = "closed";
    this.#heartbeat.stop();
    this.#unwatchPage?.();
    this.#dropUpgrades();
    this.transport?.close();
    this.id = undefined;
    this.handler?.onClose(reason, description);
    this.emitReserved("close", reason, description);
    // Only now, so that listeners can still look at what was not sent.
    this.writeBuffer = [];
  }
}
