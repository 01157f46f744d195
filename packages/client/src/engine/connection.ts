// oxlint-disable-next-line no-restricted-imports -- the seam between browsers and Node.js, inside this package
import { bytes } from "#bytes";
import { Emitter } from "../emitter.ts";
import { ClientError } from "../errors.ts";
import type { NoEvents } from "../events.ts";
import type {
  BinaryKind,
  CloseDetails,
  Packet,
  RawData,
  Transport,
  TransportCtor,
  TransportHandler,
  WriteOptions,
} from "../transports/transport.ts";
import type { ConnectionEvents } from "./connection-events.ts";
import { resolveEndpoint } from "./endpoint.ts";
import type { Endpoint } from "./endpoint.ts";
import { createHeartbeat } from "./heartbeat.ts";
import type { Heartbeat } from "./heartbeat.ts";
import type { Line, LineHandler } from "./line.ts";
import type { EngineOptions, HandshakeData } from "./options.ts";
import { onPage } from "./page.ts";
import { timersFor } from "./timers.ts";
import { createUpgrades } from "./upgrades.ts";
import type { Upgrades } from "./upgrades.ts";

/**
 * One connection to an Engine.IO server, over one transport at a time: `socket.io.engine`. It opens with the first
 * transport, moves to a better one, watches the heartbeat, and ends once; it does not come back by itself.
 */
export class Connection
  extends Emitter<NoEvents, NoEvents, ConnectionEvents>
  implements Line, TransportHandler
{
  /** Whether a websocket worked the last time (`rememberUpgrade`). */
  static priorWebsocketSuccess: boolean = false;

  /** Set by the handshake. */
  declare id: string | undefined;
  /** The transport in use. */
  declare transport: Transport;
  readyState: "opening" | "open" | "closing" | "closed" = "closed";
  /** Packets that have not left yet. */
  writeBuffer: Packet[] = [];
  /** How binary messages are handed over; by a websocket, as it is when that opens. */
  binaryType: BinaryKind = bytes.binaryType;
  declare readonly opts: EngineOptions;
  /** Names of the transports that may be used, the next one to try first. */
  readonly transports: string[] = [];
  /** The layer above, which a manager that is done with the connection takes away. */
  declare handler: LineHandler | undefined;

  readonly #endpoint: Endpoint;
  readonly #ctors: Record<string, TransportCtor> = {};
  readonly #heartbeat: Heartbeat;
  readonly #upgrades: Upgrades;
  // Listeners on the page, to be taken away.
  #stops: (() => void)[] = [];
  // From the handshake.
  #heartbeatMs = 0;
  #payloadBytesMax = Infinity;
  // Packets at the head of the buffer that a request is carrying.
  #inFlight = 0;

  constructor(
    uri: string | undefined,
    options: EngineOptions,
    transports: Record<string, TransportCtor>,
  ) {
    super();
    this.opts = options;
    this.#endpoint = resolveEndpoint(uri, options, globalThis.location);
    for (const given of options.transports ?? Object.keys(transports)) {
      const ctor = typeof given === "string" ? transports[given] : given;
      // Names such as "constructor" are none.
      const name = ctor?.prototype?.name;
      if (ctor && name) {
        this.#ctors[name] = ctor;
        this.transports.push(name);
      }
    }
    this.#heartbeat = createHeartbeat(timersFor(options.useNativeTimers, options.autoUnref), () =>
      this.#end("ping timeout"),
    );
    this.#upgrades = createUpgrades({
      onUpgrading: (candidate) => this.emitReserved("upgrading", candidate),
      onUpgraded: (candidate) => this.#move(candidate),
      onUpgradeFailed: (error) => {
        this.emitReserved("upgradeError", error);
        this.#settle();
      },
    });
  }

  /** Connects. A connection is opened once. */
  open(): void {
    this.readyState = "opening";
    // The second only on demand: a page with such a listener is not kept for the back button.
    this.#stops = [
      onPage("offline", () => this.#onOffline()),
      onPage("beforeunload", this.opts.closeOnBeforeunload && (() => this.transport.close())),
    ];
    this.#openTransport();
  }

  /**
   * Sends a message. In the buffer until the connection is open, and while the transport changes.
   * @param sent called when it has been handed to the transport
   */
  send(data: RawData, options?: WriteOptions, sent?: () => void): this {
    this.#sendPacket({ type: "message", data, options }, sent);
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
      if (!this.upgrading) this.#upgrades.abort();
      this.#endWhenIdle();
    }
    return this;
  }

  /** Whether a better transport is taking over. */
  get upgrading(): boolean {
    return this.#upgrades.isMoving();
  }

  /** Whether a packet would leave at once. */
  get writable(): boolean {
    return (
      this.readyState === "open" &&
      !this.upgrading &&
      !this.writeBuffer.length &&
      this.transport.writable
    );
  }

  /** Whether the heartbeat is overdue although no timer has noticed; then the connection ends soon. */
  isExpired(): boolean {
    return this.#heartbeat.isExpired();
  }

  #tell<Ev extends keyof LineHandler>(event: Ev, ...args: Parameters<LineHandler[Ev]>): void {
    (this.handler?.[event] as ((...args: unknown[]) => void) | undefined)?.(...args);
    this.emitReserved(event, ...(args as Parameters<ConnectionEvents[Ev]>));
  }

  #onOffline(): void {
    if (this.#endpoint.hostname === "localhost") return;
    this.#end("transport close", { description: "network connection lost" });
  }

  #openTransport(): void {
    const remembered = this.opts.rememberUpgrade && Connection.priorWebsocketSuccess;
    const known = remembered && this.transports.find((each) => each === "websocket");
    const name = known || this.transports[0];
    if (name === undefined) {
      queueMicrotask(() => this.onError(new ClientError("No transports available")));
      return;
    }
    this.#use(this.#createTransport(name));
    this.transport.open();
  }

  #createTransport(name: string): Transport {
    const { opts, id } = this;
    const endpoint = this.#endpoint;
    const kind = () => this.binaryType;
    return new this.#ctors[name]!({
      ...opts,
      ...endpoint,
      query: { ...endpoint.query, EIO: "4", transport: name, ...(id && { sid: id }) },
      ...opts.transportOptions?.[name],
      // Users set it when the first transport is made already.
      get binaryType() {
        return kind();
      },
    });
  }

  /** @internal */
  onOpen(): void {}

  // What a listener throws goes to the platform, as from any event; the transport must not stumble over it, since it
  // may hold more packets.
  /** @internal */
  onPacket(packet: Packet): void {
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
    if (this.readyState === "opening") {
      // Nothing else counts before it.
      if (packet.type === "open") this.#onHandshake(data as string);
    } else if (packet.type === "message") {
      this.emitReserved("data", data);
      this.#tell("message", data);
    } else if (packet.type === "ping") {
      this.#heartbeat.restart(this.#heartbeatMs);
      this.#sendPacket({ type: "pong" });
      this.#tell("ping");
      this.emitReserved("pong");
    }
  }

  #onHandshake(text: string): void {
    let data: HandshakeData;
    let better: string[];
    try {
      data = JSON.parse(text) as HandshakeData;
      this.id = this.transport.query["sid"] = data.sid;
      better = data.upgrades.filter((name) => this.transports.includes(name));
    } catch (cause) {
      this.onError(new ClientError("server error", cause));
      return;
    }
    this.emitReserved("handshake", data);
    this.#heartbeatMs = data.pingInterval + data.pingTimeout;
    this.#payloadBytesMax = data.maxPayload || Infinity;
    this.#heartbeat.restart(this.#heartbeatMs);
    this.readyState = "open";
    this.#tell("open");
    this.#settle();
    if (this.opts.upgrade === false) return;
    for (const name of better) {
      if (this.readyState !== "open") return;
      this.#upgrades.probe(this.#createTransport(name), this.transport);
    }
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
    if (this.readyState === "opening" || this.upgrading || !writeBuffer.length) return;
    if (!transport.pipelined && !transport.writable) return;
    // Before it is sent: what a websocket says to that may lead to more.
    if (transport.pipelined) this.writeBuffer = [];
    const taken = transport.send(writeBuffer, this.#payloadBytesMax);
    if (!transport.pipelined) this.#inFlight = taken;
    this.emitReserved("flush");
  }

  /** @internal */
  onDrain(): void {
    this.writeBuffer.splice(0, this.#inFlight);
    this.#inFlight = 0;
    if (this.writeBuffer.length) this.#flush();
    else this.emitReserved("drain");
    this.#endWhenIdle();
  }

  #move(candidate: Transport): void {
    // The old one is at rest and its session is the candidate's: it is let go, not closed.
    this.transport.handler = undefined;
    this.#use(candidate);
    this.emitReserved("upgrade", candidate);
    this.#settle();
  }

  #use(transport: Transport): void {
    this.transport = transport;
    transport.handler = this;
  }

  // Packets have waited for this transport, and `close` may have, too.
  #settle(): void {
    Connection.priorWebsocketSuccess = this.transport.name === "websocket";
    this.#flush();
    this.#endWhenIdle();
  }

  /** @internal */
  onClose(details?: CloseDetails): void {
    this.#end("transport close", details);
  }

  /** @internal */
  onError(error: Error): void {
    if (this.readyState === "closed") return;
    Connection.priorWebsocketSuccess = false;
    if (this.readyState === "opening" && this.opts.tryAllTransports && this.transports.length > 1) {
      this.transports.shift();
      this.#openTransport();
      return;
    }
    this.#tell("error", error);
    this.#end("transport error", error);
  }

  #endWhenIdle(): void {
    if (this.readyState === "closing" && this.transport.writable && !this.upgrading) {
      this.#end("forced close");
    }
  }

  #end(reason: string, description?: CloseDetails | Error): void {
    if (this.readyState === "closed") return;
    this.readyState = "closed";
    this.#heartbeat.stop();
    for (const stop of this.#stops) stop();
    this.#upgrades.abort();
    this.transport?.close();
    this.id = undefined;
    this.#tell("close", reason, description);
    // Only now, so that listeners can still look at what was not sent.
    this.writeBuffer = [];
  }
}
