import { writeSoon } from "@hawser/websocket/internal";
import type { Writer } from "@hawser/websocket/internal";
import type { WebSocketLine, WebSocketLineHandler } from "../transports/websocket-base.ts";
import type { UwsWebSocket } from "./types.ts";

type Frame = readonly [data: string | Uint8Array, isBinary: boolean, compress: boolean];
type Callback = (error?: Error) => void;

/** A WebSocket of µWebSockets.js as our transports want it: what is sent in one tick leaves in one write. */
export class UwsLine implements WebSocketLine, Writer {
  /** Undefined once it is closed: any use of it would throw then. */
  /** Undefined once it is closed. */
  webSocket: UwsWebSocket | undefined;
  private readonly handler: WebSocketLineHandler;
  /** What waits for the flush. */
  private frames: Frame[] | undefined = undefined;
  private queuedBytes = 0;
  private waiting: Callback[] | undefined = undefined;
  private drainRequested = false;

  constructor(webSocket: UwsWebSocket, handler: WebSocketLineHandler) {
    this.webSocket = webSocket;
    this.handler = handler;
  }

  get idle(): boolean {
    return this.frames === undefined && (this.webSocket?.getBufferedAmount() ?? 0) === 0;
  }

  get bufferedAmount(): number {
    return this.queuedBytes + (this.webSocket?.getBufferedAmount() ?? 0);
  }

  sendText(text: string, compress = true): void {
    this.queue(text, false, compress, text.length);
  }

  sendBinary(data: Uint8Array, compress = true): void {
    this.queue(data, true, compress, data.byteLength);
  }

  afterFlush(callback: Callback): void {
    if (this.idle) process.nextTick(callback);
    else (this.waiting ??= []).push(callback);
  }

  requestDrain(): void {
    if (this.drainRequested) return;
    this.drainRequested = true;
    this.afterFlush((error) => {
      this.drainRequested = false;
      if (error === undefined) this.handler.onDrain();
    });
  }

  close(): void {
    this.flush();
    this.webSocket?.end();
  }

  terminate(): void {
    this.webSocket?.close();
  }

  /** It is time to write. */
  onTick(): void {
    this.flush();
  }

  /** Hands everything over. */
  flush(): void {
    const { frames, webSocket } = this;
    if (frames === undefined || webSocket === undefined) return;
    this.frames = undefined;
    this.queuedBytes = 0;
    if (frames.length === 1) sendAll(webSocket, frames);
    else webSocket.cork(() => sendAll(webSocket, frames));
    this.onDrain();
  }

  // What follows is called by the app.

  onMessage(message: ArrayBuffer, isBinary: boolean): void {
    // The message is µWebSockets.js' own memory, which is used again.
    const bytes = Buffer.from(message);
    this.handler.onMessage(isBinary ? Buffer.from(bytes) : bytes.toString());
  }

  /** The kernel has taken something. */
  onDrain(): void {
    const { waiting } = this;
    if (waiting === undefined || !this.idle) return;
    this.waiting = undefined;
    for (const callback of waiting) callback();
  }

  onClose(): void {
    this.webSocket = undefined;
    this.frames = undefined;
    const waiting = this.waiting ?? [];
    this.waiting = undefined;
    for (const callback of waiting) callback(new Error("the websocket is closed"));
    this.handler.onClose();
  }

  private queue(
    data: string | Uint8Array,
    isBinary: boolean,
    compress: boolean,
    bytes: number,
  ): void {
    if (this.webSocket === undefined) return;
    this.queuedBytes += bytes;
    const frame: Frame = [data, isBinary, compress];
    if (this.frames !== undefined) this.frames.push(frame);
    else {
      this.frames = [frame];
      writeSoon(this);
    }
  }
}

function sendAll(webSocket: UwsWebSocket, frames: readonly Frame[]): void {
  for (const [data, isBinary, compress] of frames) webSocket.send(data, isBinary, compress);
}
