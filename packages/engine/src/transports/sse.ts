import { WheelEntry, writeSoon } from "@hawser/websocket/internal";
import type { TimingWheel, Writer } from "@hawser/websocket/internal";
import type { ServerResponse } from "node:http";
import { EngineError } from "../errors.ts";
import { withCookies } from "../http/reply.ts";
import type { ReplyHeaders } from "../http/reply.ts";
import type { EngineLimits } from "../limits.ts";
import type { Outgoing } from "../outgoing.ts";
import type { FlushCallback, Transport, TransportHandler } from "../transport.ts";

/** What streams of one server share. */
export interface SseServices {
  readonly wheel: TimingWheel;
  readonly limits: EngineLimits;
}

/** What one stream has of its own. */
export interface SseForm {
  /** The event as it stands on the wire, with its empty line; empty when there is nothing to say. */
  format(message: Outgoing): string;
  /** Headers of the answer; asked for when it begins. */
  headers(): ReplyHeaders;
}

/** A comment: clients do not show it, and what is between learns that the line is in use. */
const comment = ":\n\n";

/** `no-transform`: what compresses answers would keep events back. `X-Accel-Buffering`: so would nginx. */
const streamHeaders: ReplyHeaders = {
  "Content-Type": "text/event-stream",
  "Cache-Control": "no-store, no-transform",
  "X-Accel-Buffering": "no",
};

/**
 * Server-Sent Events: an HTTP answer that does not end. Messages of one tick leave in one write. It begins with the first
 * message; until then the request can be refused.
 */
export class SseTransport extends WheelEntry implements Transport, Writer {
  readonly name = "sse";
  readonly bare = true;
  handler: TransportHandler;
  private readonly response: ServerResponse;
  private readonly services: SseServices;
  private readonly form: SseForm;
  /** What leaves at the end of the tick. */
  private pending = "";
  private scheduled = false;
  /** Writes that the kernel has not taken. */
  private inFlight = 0;
  /** Called when what is pending, or else what was written last, has left. */
  private callbacks: FlushCallback[] = [];
  private pinged = false;
  private drainRequested = false;
  private ended = false;

  constructor(
    response: ServerResponse,
    services: SseServices,
    form: SseForm,
    handler: TransportHandler,
  ) {
    super();
    this.response = response;
    this.services = services;
    this.form = form;
    this.handler = handler;
    response.on("close", this.onGone);
    response.on("error", this.onGone);
    // A server's time-out of idle sockets is not for what is idle by design.
    response.socket?.setTimeout(0);
  }

  get writable(): boolean {
    return !this.ended && this.pending === "" && this.response.writableLength === 0;
  }

  /** What waits here and in the socket: UTF-16 units, and bytes. */
  get bufferedAmount(): number {
    return this.pending.length + this.response.writableLength;
  }

  write(message: Outgoing): void {
    if (this.ended) return;
    if (this.bufferedAmount > this.services.limits.bufferedBytesMax) this.overflow();
    else this.put(this.form.format(message));
  }

  afterFlush(callback: FlushCallback): void {
    if (this.pending === "" && this.inFlight === 0) setImmediate(callback);
    else this.callbacks.push(callback);
  }

  requestDrain(): void {
    if (this.drainRequested) return;
    this.drainRequested = true;
    this.afterFlush(() => {
      this.drainRequested = false;
      if (!this.ended) this.handler.onTransportDrain();
    });
  }

  /** A client says nothing: that the kernel takes something is the sign of life. */
  ping(): void {
    if (!this.response.headersSent && this.pending === "") {
      this.handler.onControl("pong", undefined);
      return;
    }
    this.pinged = true;
    this.put(comment);
  }

  refuse(status: number, body: string): boolean {
    const { response } = this;
    if (this.ended || response.headersSent || this.pending !== "") return false;
    response.writeHead(status, {
      "Content-Type": "application/json",
      "Content-Length": Buffer.byteLength(body),
      "Cache-Control": "no-store",
    });
    response.end(body);
    this.end(undefined);
    return true;
  }

  /** Ends the answer. A client that does not read is given some time for the rest. */
  close(): void {
    if (this.ended) return;
    this.flush();
    this.response.end();
    this.end(undefined);
    const { wheel, limits } = this.services;
    if (!this.response.closed) wheel.schedule(this, limits.closeTimeoutMs);
  }

  discard(): void {
    this.close();
  }

  overflow(): void {
    this.response.destroy();
    this.end(new EngineError("BUFFER_FULL"));
  }

  /** The rest has not been read. */
  override onExpire(): void {
    this.response.destroy();
  }

  /** The end of the tick. */
  onTick(): void {
    this.scheduled = false;
    if (!this.ended) this.flush();
  }

  private put(text: string): void {
    if (text === "") return;
    // Those before belong to what is on its way.
    if (this.pending === "" && this.inFlight > 0) this.callbacks = [];
    this.pending += text;
    if (this.scheduled) return;
    this.scheduled = true;
    writeSoon(this);
  }

  private flush(): void {
    const { response, pending } = this;
    if (!response.headersSent) this.begin();
    if (pending === "") return;
    this.pending = "";
    this.inFlight++;
    const { callbacks } = this;
    response.write(pending, (error) => this.onWritten(error, callbacks));
  }

  private begin(): void {
    const { response } = this;
    const headers = { ...streamHeaders, ...this.form.headers() };
    const cookies = response.getHeader("set-cookie");
    response.writeHead(200, cookies === undefined ? headers : withCookies(headers, cookies));
  }

  private onWritten(error: Error | null | undefined, callbacks: FlushCallback[]): void {
    this.inFlight--;
    if (error !== undefined && error !== null) return;
    for (const callback of callbacks.splice(0)) callback();
    if (!this.pinged || this.ended) return;
    this.pinged = false;
    this.handler.onControl("pong", undefined);
  }

  private readonly onGone = (error?: Error): void => {
    this.services.wheel.cancel(this);
    this.end(error);
  };

  private end(error: Error | undefined): void {
    if (this.ended) return;
    this.ended = true;
    this.pending = "";
    this.handler.onTransportClose(error);
  }
}
