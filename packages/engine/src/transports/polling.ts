import type { EnginePacket } from "@hawser/protocol";
import type { IncomingMessage, ServerResponse } from "node:http";
import { WheelEntry } from "@hawser/websocket/internal";
import type { TimingWheel } from "@hawser/websocket/internal";
import { EngineError, requestErrors } from "../errors.ts";
import { BodyReader } from "../http/body.ts";
import { chooseEncoding, compressBody } from "../http/compress.ts";
import { replyJson, replyBody } from "../http/reply.ts";
import type { ReplyHeaders } from "../http/reply.ts";
import type { EngineLimits } from "../limits.ts";
import type { HttpCompressionOptions } from "../options.ts";
import type { Outgoing } from "../outgoing.ts";
import type { FlushCallback, Transport, TransportHandler } from "../transport.ts";
import { PollQueue, mayCompress, packetsMaxOf } from "./poll-queue.ts";
import type { Unsent } from "./poll-queue.ts";
import type { PollingCodec } from "./polling-codec.ts";

/** What polling transports of one server share. */
export interface PollingServices {
  readonly wheel: TimingWheel;
  readonly limits: EngineLimits;
  /** Settings of compression; undefined when it is off. */
  readonly httpCompression: HttpCompressionOptions | undefined;
  /** Headers of an answer; `first` for the one that answers the handshake. */
  answerHeaders(request: IncomingMessage, sessionId: string, first: boolean): ReplyHeaders;
}

/** A request and the response that belongs to it. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** Transports with something to send, flushed together once the input at hand has been handled. */
let dirty: PollingTransport[] = [];

function flushDirty(): void {
  const transports = dirty;
  dirty = [];
  let at = 0;
  try {
    while (at < transports.length) (transports[at++] as PollingTransport).flush();
  } finally {
    // Only a listener of the application can have thrown; the others are not to wait for ever because of it.
    for (; at < transports.length; at++) schedule(transports[at] as PollingTransport);
  }
}

function schedule(transport: PollingTransport): void {
  if (dirty.push(transport) === 1) setImmediate(flushDirty);
}

/**
 * HTTP long-polling: at most one GET waits for packets, and at most one POST brings some. Packets queue here until a
 * GET takes them. While an upgrade is being probed the queue is held, and GETs are answered with noops.
 */
export class PollingTransport extends WheelEntry implements Transport {
  readonly name = "polling";
  handler: TransportHandler;
  private readonly sessionId: string;
  private readonly services: PollingServices;
  private readonly codec: PollingCodec;
  private phase: "open" | "held" | "closing" | "closed" = "open";
  private readonly queue = new PollQueue();
  private drainRequested = false;
  private flushScheduled = false;
  /** The GET that waits for packets. */
  private poll: Exchange | undefined = undefined;
  /** The GET whose answer is being compressed. */
  private answering: Exchange | undefined = undefined;
  /** The POST whose body is arriving. */
  private post: Exchange | undefined = undefined;
  private body: BodyReader | undefined = undefined;
  private firstAnswer = true;
  /** GETs that were let go at once while the queue was held. */
  private restedAtOnce = 0;

  constructor(
    sessionId: string,
    services: PollingServices,
    codec: PollingCodec,
    handler: TransportHandler,
  ) {
    super();
    this.sessionId = sessionId;
    this.services = services;
    this.codec = codec;
    this.handler = handler;
  }

  get writable(): boolean {
    return this.phase === "open" && this.poll !== undefined && this.queue.empty;
  }

  write(message: Outgoing): void {
    if (this.queue.size > this.services.limits.bufferedBytesMax) {
      this.overflow();
      return;
    }
    this.queue.push(message);
    if (this.poll === undefined || this.phase !== "open" || this.flushScheduled) return;
    this.flushScheduled = true;
    schedule(this);
  }

  afterFlush(callback: FlushCallback): void {
    if (this.queue.empty) setImmediate(callback);
    else this.queue.pushCallback(callback);
  }

  requestDrain(): void {
    this.drainRequested = true;
  }

  /** Answers the waiting GET with what is queued. */
  flush(): void {
    this.flushScheduled = false;
    if (this.poll === undefined || this.queue.empty) return;
    if (this.phase !== "open" && this.phase !== "closing") return;
    const packetsMax = packetsMaxOf(this.poll.request.headers["user-agent"]);
    const { messages, callbacks } = this.queue.takeSome(packetsMax);
    this.answerPoll(this.codec.encode(messages), mayCompress(messages));
    for (const callback of callbacks) callback();
    if (this.drainRequested && this.queue.empty) {
      this.drainRequested = false;
      this.handler.onTransportDrain();
    }
  }

  /** Takes a GET or POST of the session. */
  onRequest(request: IncomingMessage, response: ServerResponse): void {
    const exchange = { request, response };
    if (this.phase === "closed") refuse(exchange);
    else if (request.method === "GET") this.onGet(exchange);
    else if (request.method === "POST") this.onPost(exchange);
    else {
      response.setHeader("Allow", "GET, POST");
      refuse(exchange, 405);
    }
  }

  /** Keeps the queue back: an upgrade has been probed. */
  hold(): void {
    if (this.phase === "open") this.phase = "held";
  }

  /** Lets the queue go again: the upgrade came to nothing. */
  release(): void {
    if (this.phase !== "held") return;
    this.phase = "open";
    this.flush();
  }

  /** Answers the GET that waits, if there is one, with a noop. */
  rest(): void {
    if (this.poll !== undefined) this.answerPoll(this.codec.noop, false);
  }

  /** Ends the transport in silence, since the connection has moved, and gives back what had not left. */
  retire(): Unsent {
    this.rest();
    this.phase = "closed";
    this.services.wheel.cancel(this);
    this.dropPost();
    return this.queue.take();
  }

  close(): void {
    if (this.phase === "closed" || this.phase === "closing") return;
    this.phase = "closing";
    if (this.poll !== undefined) {
      // The close packet never shares a body with messages: clients would close before they hand these out.
      if (!this.queue.empty) this.flush();
      else {
        this.answerPoll(this.codec.close, false);
        this.end(undefined);
        return;
      }
    }
    this.services.wheel.schedule(this, this.services.limits.closeTimeoutMs);
  }

  overflow(): void {
    this.fail(new EngineError("BUFFER_FULL"));
  }

  discard(): void {
    if (this.phase === "closed") return;
    this.phase = "closing";
    this.flush();
    if (this.poll !== undefined) this.answerPoll(this.codec.close, false);
    this.end(undefined);
  }

  /** The client has not fetched the rest in time. */
  override onExpire(): void {
    this.end(undefined);
  }

  private onGet(exchange: Exchange): void {
    if (this.poll !== undefined || this.answering !== undefined) {
      if (this.poll !== undefined) this.answerPoll(this.codec.close, false);
      refuse(exchange);
      this.fail(new EngineError("POLL_OVERLAP"));
      return;
    }
    this.poll = exchange;
    exchange.response.on("close", this.onPollAborted);
    if (this.phase === "held") this.restAtOnce();
    else if (!this.queue.empty) this.flush();
    else if (this.phase === "closing") {
      this.answerPoll(this.codec.noopClose, false);
      this.end(undefined);
    }
  }

  /** A client polls again before it has seen the answer to its probe: what waits for the upgrade waits for that GET. */
  private restAtOnce(): void {
    if (this.restedAtOnce === this.services.limits.upgradeNoopsMax) return;
    this.restedAtOnce += 1;
    this.rest();
  }

  private onPost(exchange: Exchange): void {
    if (this.post !== undefined) {
      refuse(exchange);
      this.fail(new EngineError("POST_OVERLAP"));
    } else if (isBytes(exchange.request) && !this.codec.takesBytes) {
      refuse(exchange);
      this.fail(new EngineError("BODY_NOT_TEXT"));
    } else {
      const { limits, wheel } = this.services;
      this.post = exchange;
      this.body = new BodyReader(exchange.request, limits, wheel, this);
      this.body.start();
    }
  }

  /** Called by the reader of the POST. */
  onBody(body: Buffer): void {
    const exchange = this.post as Exchange;
    this.post = undefined;
    this.body = undefined;
    let packets: EnginePacket[];
    try {
      packets = this.codec.decode(body, isBytes(exchange.request));
    } catch (error) {
      refuse(exchange);
      this.handler.onInvalidPacket(error as Error);
      return;
    }
    this.dispatchFrom(packets, 0, exchange);
  }

  /** Hands packets up, and answers. If a handler throws, the rest is handed up in the next tick. */
  private dispatchFrom(packets: readonly EnginePacket[], first: number, exchange: Exchange): void {
    let at = first;
    try {
      while (at < packets.length) this.dispatch(packets[at++] as EnginePacket);
    } finally {
      if (at < packets.length) process.nextTick(() => this.dispatchFrom(packets, at, exchange));
      else this.answer(exchange, "text/html", "ok");
    }
  }

  /** Called by the reader of the POST. */
  onBodyRefused(error: EngineError): void {
    const exchange = this.post as Exchange;
    this.post = undefined;
    this.body = undefined;
    refuse(exchange, error.code === "BODY_TOO_LARGE" ? 413 : 400);
    this.fail(error);
  }

  private dispatch(packet: EnginePacket): void {
    const { type, data } = packet;
    if (type === "close") {
      this.rest();
      this.end(undefined);
    } else if (type !== "message") this.handler.onControl(type, data as string | undefined);
    else if (data === undefined || typeof data === "string") this.handler.onText(data ?? "", 0);
    else this.handler.onBinary(data as Buffer);
  }

  private readonly onPollAborted = (): void => {
    this.poll = undefined;
    this.answering = undefined;
    this.fail(new EngineError("POLL_ABORTED"));
  };

  private answerPoll(body: string | Uint8Array, compress: boolean): void {
    const exchange = this.poll as Exchange;
    this.poll = undefined;
    const type = typeof body === "string" ? this.codec.textType : bytesType;
    const settings = this.services.httpCompression;
    const threshold = settings?.threshold ?? this.services.limits.compressionThresholdBytes;
    if (compress && settings !== undefined && Buffer.byteLength(body) >= threshold) {
      const encoding = chooseEncoding(exchange.request);
      if (encoding !== undefined) {
        this.answering = exchange;
        compressBody(body, encoding, settings, (error, compressed) => {
          this.onCompressed(exchange, error, type, compressed, encoding);
        });
        return;
      }
    }
    exchange.response.off("close", this.onPollAborted);
    this.answer(exchange, type, body);
  }

  private onCompressed(
    exchange: Exchange,
    error: Error | null,
    type: string,
    body: Buffer,
    encoding: string,
  ): void {
    this.answering = undefined;
    exchange.response.off("close", this.onPollAborted);
    if (error === null) {
      this.answer(exchange, type, body, { "Content-Encoding": encoding });
    } else {
      refuse(exchange, 500);
      this.fail(new EngineError("COMPRESSION_FAILED", undefined, { cause: error }));
    }
  }

  private answer(
    exchange: Exchange,
    type: string,
    body: string | Uint8Array,
    more?: ReplyHeaders,
  ): void {
    const { request, response } = exchange;
    const headers = this.services.answerHeaders(request, this.sessionId, this.firstAnswer);
    this.firstAnswer = false;
    replyBody(response, 200, type, body, more === undefined ? headers : { ...headers, ...more });
  }

  private dropPost(): void {
    this.body?.cancel();
    if (this.post !== undefined) refuse(this.post);
    this.body = undefined;
    this.post = undefined;
  }

  private fail(error: EngineError): void {
    if (this.phase === "closed") return;
    if (this.poll !== undefined) this.answerPoll(this.codec.close, false);
    this.end(error);
  }

  private end(error: EngineError | undefined): void {
    if (this.phase === "closed") return;
    this.phase = "closed";
    this.services.wheel.cancel(this);
    this.dropPost();
    this.queue.take();
    this.handler.onTransportClose(error);
  }
}

const bytesType = "application/octet-stream";

function isBytes(request: IncomingMessage): boolean {
  return request.headers["content-type"]?.toLowerCase().startsWith(bytesType) === true;
}

function refuse(exchange: Exchange, status = 400): void {
  const { code, message } = requestErrors.BAD_REQUEST;
  replyJson(exchange.response, status, { code, message });
}
