import { WheelEntry } from "@hawser/websocket/internal";
import type { TimingWheel } from "@hawser/websocket/internal";
import type { ServerResponse } from "node:http";
import { EngineError } from "../errors.ts";
import { withCookies } from "../http/reply.ts";
import type { ReplyHeaders } from "../http/reply.ts";
import type { EngineLimits } from "../limits.ts";
import { Outgoing } from "../outgoing.ts";
import type { FlushCallback, Transport, TransportHandler } from "../transport.ts";
import { AnswerBody } from "./answer-body.ts";
import type { Beginning } from "./answer-body.ts";
import { ChunkedBody } from "./chunked-body.ts";
import type { StreamBody } from "./stream-body.ts";

/** What streams of one server share. */
export interface SseServices {
  readonly wheel: TimingWheel;
  readonly limits: EngineLimits;
}

/** A comment: clients do not show it, and what is between learns that the line is in use. */
const comment = new Outgoing(":\n\n", undefined, false);

/** `no-transform`: what compresses answers would keep events back. `X-Accel-Buffering`: so would nginx. */
const streamHeaders: ReplyHeaders = {
  "Content-Type": "text/event-stream",
  "Cache-Control": "no-store, no-transform",
  "X-Accel-Buffering": "no",
};

/**
 * Server-Sent Events: an HTTP answer that does not end. The text of a message stands on the wire as it is, so it is an event
 * with its empty line; an empty one says nothing. The answer begins with the first; until then the request can be refused.
 */
export class SseTransport extends WheelEntry implements Transport, Beginning {
  readonly name = "sse";
  readonly bare = true;
  handler: TransportHandler;
  private readonly response: ServerResponse;
  private readonly services: SseServices;
  /** Headers of the answer; asked for when it begins. */
  private readonly headers: () => ReplyHeaders;
  private body: StreamBody;
  /** Whether something has been said, which may still wait for the end of the tick. */
  private said = false;
  private drainRequested = false;
  private ended = false;

  constructor(
    response: ServerResponse,
    services: SseServices,
    headers: () => ReplyHeaders,
    handler: TransportHandler,
  ) {
    super();
    this.response = response;
    this.services = services;
    this.headers = headers;
    this.handler = handler;
    this.body = new AnswerBody(response, this);
    response.on("close", this.onGone);
    response.on("error", this.onGone);
    // A server's time-out of idle sockets is not for what is idle by design.
    response.socket?.setTimeout(0);
  }

  get writable(): boolean {
    return !this.ended && this.body.empty;
  }

  /** What waits here and in the socket: UTF-16 units, and bytes. */
  get bufferedAmount(): number {
    return this.body.waiting;
  }

  write(message: Outgoing): void {
    if (this.ended || message.size === 0) return;
    this.said = true;
    if (this.body.waiting > this.services.limits.bufferedBytesMax) this.overflow();
    else this.body.put(message);
  }

  afterFlush(callback: FlushCallback): void {
    this.body.afterFlush(callback);
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
    if (!this.said) {
      this.handler.onControl("pong", undefined);
      return;
    }
    this.body.put(comment);
    this.body.afterFlush(() => {
      if (!this.ended) this.handler.onControl("pong", undefined);
    });
  }

  refuse(status: number, body: string): boolean {
    const { response } = this;
    if (this.ended || this.said) return false;
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
    this.body.flush();
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

  /** The head of the answer. @internal */
  begin(): void {
    const { response } = this;
    const headers = { ...streamHeaders, ...this.headers() };
    const cookies = response.getHeader("set-cookie");
    response.writeHead(200, cookies === undefined ? headers : withCookies(headers, cookies));
  }

  /** What was said first has been handed over with the head. @internal */
  onBegun(): void {
    this.body = ChunkedBody.of(this.response) ?? this.body;
  }

  private readonly onGone = (error?: Error): void => {
    this.services.wheel.cancel(this);
    this.end(error);
  };

  private end(error: Error | undefined): void {
    if (this.ended) return;
    this.ended = true;
    this.body.discard();
    this.handler.onTransportClose(error);
  }
}
