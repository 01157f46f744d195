import { addressOf, resolveEndpoint } from "../engine/endpoint.ts";
import type { ConnectionEvents } from "../engine/connection-events.ts";
import { createHeartbeat } from "../engine/heartbeat.ts";
import type { Heartbeat } from "../engine/heartbeat.ts";
import type { Line, LineHandler } from "../engine/line.ts";
import type { EngineOptions, HandshakeData } from "../engine/options.ts";
import { onPage } from "../engine/page.ts";
import { timersFor } from "../engine/timers.ts";
import { Emitter } from "../emitter.ts";
import { ClientError, TransportError } from "../errors.ts";
import type { NoEvents } from "../events.ts";
import type { CloseDetails, RawData } from "../transports/transport.ts";

type LineEvents = Pick<ConnectionEvents, keyof LineHandler>;

/** An Engine.IO connection that is a websocket from its beginning to its end. */
export class WebSocketLine extends Emitter<NoEvents, NoEvents, LineEvents> implements Line {
  /** Set by the handshake. */
  declare id: string | undefined;
  readyState: "opening" | "open" | "closed" = "closed";
  /** How binary messages are handed over; read when the connection is opened. */
  binaryType: BinaryType = "arraybuffer";
  declare handler: LineHandler | undefined;
  /** What the transport of other connections is asked for most. */
  readonly transport = { name: "websocket" };
  writable = false;

  readonly #uri: string | undefined;
  readonly #opts: EngineOptions;
  readonly #heartbeat: Heartbeat;
  #heartbeatMs = 0;
  #socket: WebSocket | undefined;
  #unwatchPage: (() => void) | undefined;

  constructor(uri: string | undefined, options: EngineOptions) {
    super();
    this.#uri = uri;
    this.#opts = options;
    this.#heartbeat = createHeartbeat(timersFor(options.useNativeTimers, options.autoUnref), () =>
      this.#end("ping timeout"),
    );
  }

  open(): void {
    const { protocols = [] } = this.#opts;
    const endpoint = resolveEndpoint(this.#uri, this.#opts, globalThis.location);
    Object.assign(endpoint.query, { EIO: "4", transport: "websocket" });
    this.readyState = "opening";
    this.#unwatchPage = onPage("offline", () => {
      if (endpoint.hostname !== "localhost") this.#lose("network connection lost");
    });
    try {
      this.#listen(new WebSocket(addressOf("ws", endpoint), protocols));
    } catch (error) {
      queueMicrotask(() => this.#fail(new TransportError("websocket error", error)));
    }
  }

  send(data: RawData): void {
    if (this.readyState === "open") this.#send(typeof data === "string" ? "4" + data : data);
  }

  close(): void {
    this.#end("forced close");
  }

  isExpired(): boolean {
    return this.#heartbeat.isExpired();
  }

  #send(message: RawData): void {
    this.#socket!.send(message as string);
    // Packets of the same tick may follow, but volatile ones stop here.
    this.writable = false;
    queueMicrotask(() => (this.writable = this.readyState === "open"));
  }

  #listen(socket: WebSocket): void {
    this.#socket = socket;
    socket.onopen = () => {
      socket.binaryType = this.binaryType;
    };
    socket.onmessage = ({ data }) => this.#receive(data as RawData);
    socket.onerror = (event) => this.#fail(new TransportError("websocket error", event));
    socket.onclose = (event) => this.#lose("websocket connection closed", event);
  }

  #receive(data: RawData): void {
    if (typeof data !== "string") {
      this.#tell("message", data);
    } else if (data[0] === "4") {
      this.#tell("message", data.slice(1));
    } else if (data[0] === "2") {
      this.#heartbeat.restart(this.#heartbeatMs);
      this.#send("3");
      this.#tell("ping");
    } else if (data[0] === "0") {
      this.#onHandshake(data.slice(1));
    }
  }

  #lose(description: string, context?: unknown): void {
    this.#end("transport close", { description, context });
  }

  #onHandshake(text: string): void {
    try {
      const { sid, pingInterval, pingTimeout } = JSON.parse(text) as HandshakeData;
      this.id = sid;
      this.#heartbeatMs = pingInterval + pingTimeout;
    } catch (cause) {
      this.#fail(new ClientError("server error", cause));
      return;
    }
    this.#heartbeat.restart(this.#heartbeatMs);
    this.readyState = "open";
    this.writable = true;
    this.#tell("open");
  }

  #fail(error: Error): void {
    if (this.readyState === "closed") return;
    this.#tell("error", error);
    this.#end("transport error", error);
  }

  #end(reason: string, description?: CloseDetails | Error): void {
    if (this.readyState === "closed") return;
    this.readyState = "closed";
    this.writable = false;
    this.#heartbeat.stop();
    this.#unwatchPage?.();
    this.#socket?.close();
    this.#tell("close", reason, description);
  }

  #tell<Ev extends keyof LineHandler>(event: Ev, ...args: Parameters<LineHandler[Ev]>): void {
    (this.handler?.[event] as ((...args: unknown[]) => void) | undefined)?.(...args);
    this.emitReserved(event, ...(args as Parameters<LineEvents[Ev]>));
  }
}
