import type { IncomingMessage } from "node:http";
import { WheelEntry } from "@hawser/websocket/internal";
import type { TimingWheel } from "@hawser/websocket/internal";
import { EngineError } from "../errors.ts";

/** What becomes of a request body: one of the two is called, once. */
export interface BodyHandler {
  onBody(body: Buffer): void;
  onBodyRefused(error: EngineError): void;
}

/** Bounds of a request body. */
export interface BodyLimits {
  readonly messageBytesMax: number;
  readonly requestBodyTimeoutMs: number;
}

/** Reads a request body. Size and time are bounded while it arrives: what is too much is never held. */
export class BodyReader extends WheelEntry {
  private readonly request: IncomingMessage;
  private readonly handler: BodyHandler;
  private readonly wheel: TimingWheel;
  private readonly bytesMax: number;
  private chunks: Buffer[] = [];
  private bytes = 0;
  private settled = false;

  constructor(
    request: IncomingMessage,
    limits: BodyLimits,
    wheel: TimingWheel,
    handler: BodyHandler,
  ) {
    super();
    this.request = request;
    this.handler = handler;
    this.wheel = wheel;
    this.bytesMax = limits.messageBytesMax;
    wheel.schedule(this, limits.requestBodyTimeoutMs);
  }

  /** Begins to read; a length that is too large is refused before the first byte. */
  start(): void {
    const { request } = this;
    if (Number(request.headers["content-length"]) > this.bytesMax) {
      this.refuse("BODY_TOO_LARGE");
      return;
    }
    request.on("data", this.onData);
    request.on("end", this.onEnd);
    request.on("close", this.onAborted);
    request.on("error", this.onAborted);
  }

  /** Stops caring: neither handler method is called any more. */
  cancel(): void {
    if (this.settled) return;
    this.settled = true;
    this.chunks = [];
    this.wheel.cancel(this);
    const { request } = this;
    request.off("data", this.onData);
    request.off("end", this.onEnd);
    request.off("close", this.onAborted);
    // The error listener stays: a request that fails later must not find nobody.
  }

  override onExpire(): void {
    this.refuse("POST_TIMEOUT");
  }

  private readonly onData = (chunk: Buffer | string): void => {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    this.bytes += bytes.length;
    if (this.bytes > this.bytesMax) this.refuse("BODY_TOO_LARGE");
    else this.chunks.push(bytes);
  };

  private readonly onEnd = (): void => {
    const [first] = this.chunks;
    const whole =
      this.chunks.length === 1 ? (first as Buffer) : Buffer.concat(this.chunks, this.bytes);
    this.cancel();
    this.handler.onBody(whole);
  };

  private readonly onAborted = (): void => {
    this.refuse("POST_ABORTED");
  };

  private refuse(code: "BODY_TOO_LARGE" | "POST_TIMEOUT" | "POST_ABORTED"): void {
    if (this.settled) return;
    this.cancel();
    this.handler.onBodyRefused(new EngineError(code));
  }
}
