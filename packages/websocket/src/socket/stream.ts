import { Duplex } from "node:stream";
import type { DuplexOptions } from "node:stream";
import type { RawData } from "./events.ts";
import { CLOSED, CONNECTING } from "./link.ts";
import type { WebSocket } from "./websocket.ts";

type Callback = (error?: Error | null) => void;

/**
 * A Duplex over a WebSocket. A chunk that is written becomes one message, and its callback comes when the kernel has
 * taken it; a message becomes one chunk, and while nobody reads, the socket is paused.
 *
 * The stream takes the WebSocket over: `end` closes it, and `finish` comes when everything has left; `destroy`
 * terminates it, and `close` comes when the line is gone. What fails on it is the stream's `error`. With
 * `readableObjectMode` text is read as strings; `objectMode` and `writableObjectMode` are not for messages.
 *
 * @example
 * pipeline(process.stdin, createWebSocketStream(socket, { encoding: "utf8" }), process.stdout, () => {});
 */
export function createWebSocketStream(socket: WebSocket, options: DuplexOptions = {}): Duplex {
  return new WebSocketStream(socket, options);
}

class WebSocketStream extends Duplex {
  private readonly socket: WebSocket;
  /** Whether the socket is to be terminated when the stream is destroyed: not when it has failed by itself. */
  private terminates = true;

  constructor(socket: WebSocket, options: DuplexOptions) {
    super({
      ...options,
      autoDestroy: true,
      emitClose: true,
      objectMode: false,
      writableObjectMode: false,
    });
    this.socket = socket;
    socket.on("message", (data: RawData, isBinary: boolean) => this.onMessage(data, isBinary));
    socket.once("error", (error: Error) => {
      if (this.destroyed) return;
      this.terminates = false;
      this.destroy(error);
    });
    socket.once("close", () => {
      if (!this.destroyed) this.push(null);
    });
  }

  override _read(): void {
    if (this.socket.isPaused) this.socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: Callback): void {
    this.whenOpen(() => this.socket.send(chunk, callback));
  }

  override _writev(chunks: { chunk: Buffer }[], callback: Callback): void {
    this.whenOpen(() => {
      const last = chunks.length - 1;
      chunks.forEach(({ chunk }, index) =>
        this.socket.send(chunk, index === last ? callback : undefined),
      );
    });
  }

  /** `finish` waits until everything that was written, and the close frame, has left. */
  override _final(callback: Callback): void {
    this.whenOpen(() => {
      const { socket } = this;
      const line = socket._socket;
      // Never opened: the error is on its way.
      if (line === null) return;
      // What was written has been called back for by now; only the close frame can be left behind with the line.
      const done = (): void => {
        line.off("finish", done).off("close", done);
        callback();
      };
      if (line.writableFinished || line.closed) callback();
      else line.on("finish", done).on("close", done);
      socket.close();
    });
  }

  /** `close` waits until the line is gone. */
  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    const { socket } = this;
    if (socket.readyState === CLOSED) {
      callback(error);
      return;
    }
    let failure = error;
    socket.once("error", (late: Error) => {
      failure = late;
    });
    socket.once("close", () => callback(failure));
    if (this.terminates) socket.terminate();
  }

  private onMessage(data: RawData, isBinary: boolean): void {
    if (this.destroyed) return;
    const wants = this.push(this.readableObjectMode ? toObject(data, isBinary) : toBytes(data));
    if (!wants) this.socket.pause();
  }

  private whenOpen(act: () => void): void {
    if (this.socket.readyState === CONNECTING) this.socket.once("open", act);
    else act();
  }
}

function toObject(data: RawData, isBinary: boolean): RawData | string {
  return isBinary ? data : (data as Buffer).toString();
}

/** The bytes, whatever `binaryType` says. */
function toBytes(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}
