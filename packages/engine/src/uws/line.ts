import type { WebSocketLine, WebSocketLineHandler } from "../transports/websocket-base.ts";
import type { UwsWebSocket } from "./types.ts";

type Frame = readonly [data: string | Uint8Array, isBinary: boolean, compress: boolean];

/** Lines with something to send, flushed together in one tick. */
let dirty: UwsLine[] = [];

function flushDirty(): void {
  const lines = dirty;
  dirty = [];
  for (const line of lines) line.flush();
}

/** A WebSocket of µWebSockets.js as our transports want it: what is sent in one tick leaves in one write. */
export class UwsLine implements WebSocketLine {
  /** Undefined once it is closed: any use of it would throw then. */
  private webSocket: UwsWebSocket | undefined;
  private readonly handler: WebSocketLineHandler;
  private frames: Frame[] = [];
  private queuedBytes = 0;
  private waiting: ((error?: Error) => void)[] = [];
  private drainRequested = false;

  constructor(webSocket: UwsWebSocket, handler: WebSocketLineHandler) {
    this.webSocket = webSocket;
    this.handler = handler;
  }

  get idle(): boolean {
    return this.frames.length === 0 && (this.webSocket?.getBufferedAmount() ?? 0) === 0;
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

  afterFlush(callback: (error?: Error) => void): void {
    if (this.idle) process.nextTick(callback);
    else this.waiting.push(callback);
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

  /** Hands everything over. */
  flush(): void {
    const { frames, webSocket } = this;
    if (frames.length === 0 || webSocket === undefined) return;
    this.frames = [];
    this.queuedBytes = 0;
    webSocket.cork(() => {
      for (const [data, isBinary, compress] of frames) webSocket.send(data, isBinary, compress);
    });
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
    if (!this.idle) return;
    const { waiting } = this;
    this.waiting = [];
    for (const callback of waiting) callback();
  }

  onClose(): void {
    this.webSocket = undefined;
    this.frames = [];
    const { waiting } = this;
    this.waiting = [];
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
    this.frames.push([data, isBinary, compress]);
    this.queuedBytes += bytes;
    if (this.frames.length === 1 && dirty.push(this) === 1) process.nextTick(flushDirty);
  }
}
