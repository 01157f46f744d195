import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { ABNORMAL } from "./close.ts";
import { checkControl } from "./control.ts";
import { Encoding } from "./encoding.ts";
import { WebSocketError } from "../errors.ts";
import type { Extension, SharedMessage } from "./extension.ts";
import { BINARY, CLOSE, FIN, OPCODE, PING, PONG, TEXT } from "../frame/header.ts";
import { decodeText } from "../frame/utf8.ts";
import {
  failureTimeoutMs,
  flushBytes,
  messageOverheadBytes,
  serverCloseWaitMs,
} from "../limits.ts";
import { Machine } from "./machine.ts";
import type { MachineHandler, MachineOptions } from "./machine.ts";
import { beginChunk, endChunk } from "./turn.ts";
import { callBack, WriteQueue } from "./write-queue.ts";
import type { WrittenCallback } from "./write-queue.ts";

/** What a connection tells the layer above. Called directly; nothing is emitted. */
export interface ConnectionHandler {
  /** A message: a string when it is text, a Buffer when it is binary. */
  onMessage(data: string | Buffer): void;
  /** Where present, text messages come here instead: valid UTF-8, not decoded. `ascii`: known to be ASCII. */
  onTextBytes?(bytes: Buffer, ascii: boolean): void;
  /** A ping, which has been answered already, unless the connection was told not to. */
  onPing?(data: Buffer): void;
  onPong?(data: Buffer): void;
  /** Everything queued was taken by the kernel, after the socket had been full or `requestDrain` was called. */
  onDrain?(): void;
  /** Why the line is about to fail. `onClose` follows. */
  onError?(error: WebSocketError): void;
  /** The peer's close frame came, or the line began to fail: nothing can be sent any more. `onClose` follows. */
  onClosing?(): void;
  /**
   * The line is gone. Called exactly once, last. Code and reason are those of the peer's close frame: 1005 when it had
   * no code, 1006 when the line ended without one.
   */
  onClose(code: number, reason: string): void;
}

/** How a connection is set up. */
export type ConnectionOptions = MachineOptions;

/** Whether a connection has taken the socket. */
export function isTaken(socket: Duplex): boolean {
  return (socket as Line)[kConnection] !== undefined;
}

// Known to both builds, so that neither takes a socket that the other has.
const kConnection: unique symbol = Symbol.for("hawser.connection") as never;
type Line = Duplex & { [kConnection]?: Connection };

/**
 * An open WebSocket connection on a socket: the machine that reads, the queue that writes. All errors of the line go to
 * the handler; nothing throws upward.
 */
export class Connection implements MachineHandler {
  /** May be replaced at any time. */
  handler: ConnectionHandler;
  /** `open`, `closing` from the first close frame or failure on, `closed` once the socket is gone. */
  state: "open" | "closing" | "closed" = "open";

  readonly socket: Line;
  private readonly machine: Machine;
  private readonly queue: WriteQueue;
  private options: ConnectionOptions;
  /** Where an extension was negotiated: what it does to what is sent. */
  private readonly encoding: Encoding | undefined;
  /** The end of a chunk that could not be read yet. */
  private rest: Buffer | undefined = undefined;
  /** The one pong that waits while the socket is full (RFC 6455, section 5.5.3, lets it stand for all). */
  private latestPong: Buffer | undefined = undefined;
  private drainRequested = false;
  private paused = false;
  private timer: NodeJS.Timeout | undefined = undefined;

  constructor(
    socket: Duplex,
    options: ConnectionOptions,
    handler: ConnectionHandler,
    extension?: Extension,
  ) {
    this.socket = socket;
    this.handler = handler;
    this.options = options;
    this.machine = new Machine(options, this, extension?.decoder);
    const queue = (this.queue = new WriteQueue(socket, options.role === "client"));
    this.encoding = extension && new Encoding(extension, queue, (error) => this.onEncoded(error));
  }

  /** Takes the socket over. `head` are bytes of it that were read already. */
  start(head?: Buffer): void {
    const { socket } = this;
    socket[kConnection] = this;
    if (socket instanceof Socket) {
      if (socket.timeout) socket.setTimeout(0);
      socket.setNoDelay(true);
    }
    socket.on("error", onSocketError);
    socket.on("close", onSocketClose);
    socket.on("end", onSocketEnd);
    socket.on("drain", onSocketDrain);
    if (head !== undefined && head.length > 0) {
      socket.unshift(head);
      // Who learns of the connection by a promise is to hear these messages too.
      socket.pause();
      setImmediate(onHeadHeld, this);
    }
    socket.on("data", onSocketData);
    if (socket.isPaused() && !head?.length) socket.resume();
    if (socket.destroyed) queueMicrotask(() => this.onSocketClose());
  }

  /** The `Sec-WebSocket-Extensions` header of the answer; empty when no extension was negotiated. */
  get extensions(): string {
    return this.encoding?.extension.header ?? "";
  }

  /** Replaces the limits, also of the chunk that is being read: from the next frame header on. */
  limit(options: ConnectionOptions): void {
    this.options = options;
    this.machine.options = options;
  }

  /** Bytes that were sent and that the kernel has not taken yet. */
  get bufferedAmount(): number {
    return this.queue.queuedBytes + this.socket.writableLength;
  }

  /** Whether nothing was sent since the last flush, and the kernel took everything. */
  get idle(): boolean {
    return this.queue.empty && this.socket.writableLength === 0;
  }

  /** Whether `pause` was called. */
  get isPaused(): boolean {
    return this.paused;
  }

  /** Whether the kernel has had enough, or an encoder has: what is sent waits in memory. */
  get isFull(): boolean {
    return this.queue.full || (this.queue.blocked && this.queue.roughBytes >= flushBytes);
  }

  /**
   * Whether there is room for more; if not, `onDrain` is called when there is. Much that waits for the end of the tick
   * is offered to the kernel first, so that the answer is the kernel's.
   */
  hasRoom(): boolean {
    const { queue } = this;
    if (queue.full) return false;
    if (queue.roughBytes < flushBytes) return true;
    queue.flush();
    if (!this.isFull) return true;
    if (!queue.full) this.requestDrain();
    return false;
  }

  /** About the memory that takes what waits to be sent: its bytes, and what each message costs beside them. */
  get heldBytes(): number {
    return this.bufferedAmount + this.queue.count * messageOverheadBytes;
  }

  /** Sends a text message. After `close` it is dropped. `compress`: where that was negotiated and is worth it. */
  sendText(text: string, compress = true): void {
    this.sendFrame(FIN | TEXT, text, compress);
  }

  /** Sends a binary message. The bytes must not change until they are written. Otherwise as `sendText`. */
  sendBinary(data: Uint8Array, compress = true): void {
    this.sendFrame(FIN | BINARY, data, compress);
  }

  /**
   * Sends a message that many connections send: `frames` as a server that does not compress it sends it, or `message`,
   * compressed once for all that are set up alike. `first` is the first byte of its frame.
   */
  sendShared(first: number, frames: Uint8Array, message: SharedMessage, compress = true): void {
    if (this.state !== "open") return;
    if (compress && this.encoding?.sendShared(first, message) === true) return;
    if (this.options.role === "server") this.queue.pushFrames(frames);
    else this.queue.push(first, message.payload);
  }

  /** Sends the head of an HTTP answer, in latin1. */
  sendHead(head: string): void {
    this.queue.pushHead(head);
  }

  /**
   * Sends frames made by `frameText` or `frameBinary`. Only on a server: a client's frames are masked one by one. The
   * bytes may be shared by any number of connections.
   */
  sendFrames(frames: Uint8Array): void {
    if (this.state === "open") this.queue.pushFrames(frames);
  }

  /**
   * Sends one frame, given its first byte: FIN and opcode. `compress` of a message's first frame decides for all of it.
   */
  sendFrame(first: number, payload: string | Uint8Array, compress = true): void {
    if (this.state !== "open") return;
    if (this.encoding === undefined || (first & OPCODE) >= CLOSE) this.queue.push(first, payload);
    else this.encoding.send(first, payload, compress);
  }

  /** As `sendFrame`, with a payload of less than 16 KiB, which may change as soon as this has returned. */
  sendCopy(first: number, payload: Uint8Array, compress = true): void {
    if (this.encoding !== undefined) this.sendFrame(first, Buffer.from(payload), compress);
    else if (this.state === "open") this.queue.pushCopy(first, payload);
  }

  /** Sends a ping. @throws RangeError when the data is longer than 125 bytes. */
  ping(data: string | Uint8Array = ""): void {
    if (this.state === "open") this.queue.push(FIN | PING, checkControl(data));
  }

  /** Sends a pong, asked for or not. @throws RangeError when the data is longer than 125 bytes. */
  pong(data: string | Uint8Array = ""): void {
    if (this.state === "open") this.queue.push(FIN | PONG, checkControl(data));
  }

  /** Calls back when everything sent so far was taken by the kernel, or with an error when it never will be. */
  afterFlush(callback: WrittenCallback): void {
    if (this.state !== "open") process.nextTick(callback, new WebSocketError("WS_NOT_OPEN"));
    else this.queue.pushCallback(callback);
  }

  /** Asks for one `onDrain` once everything sent so far was taken by the kernel. */
  requestDrain(): void {
    if (this.drainRequested || this.state !== "open") return;
    this.drainRequested = true;
    this.queue.pushCallback(() => this.drained());
  }

  /** Writes what was sent in this tick now. */
  flush(): void {
    this.queue.flush();
  }

  /**
   * Starts the close handshake: what was sent before goes out first. Messages that the peer has on the way still
   * arrive. If it does not answer within `closeTimeoutMs`, the socket is destroyed.
   *
   * @throws WebSocketError `WS_ARGUMENT` for a code that may not be sent, or a reason of more than 123 bytes.
   */
  close(code?: number, reason?: string | Uint8Array): void {
    if (this.state !== "open") return;
    this.machine.close(code, reason);
    this.state = "closing";
    this.startTimer(this.options.closeTimeoutMs);
  }

  /**
   * Closes a line whose peer does not read. What has not been handed to the socket is given up, and the socket is
   * destroyed when it cannot be emptied soon.
   */
  giveUp(code: number, reason: string): void {
    if (this.state !== "open") return;
    const callbacks = this.queue.discard();
    this.close(code, reason);
    process.nextTick(callBack, callbacks, new WebSocketError("WS_NOT_OPEN"));
    this.startTimer(Math.min(failureTimeoutMs, this.options.closeTimeoutMs));
  }

  /** Destroys the socket at once. */
  terminate(): void {
    if (this.state === "closed") return;
    this.state = "closing";
    this.machine.halt();
    this.socket.destroy();
  }

  /** Stops reading. Messages of the chunk that is being read still arrive. */
  pause(): void {
    this.paused = true;
    this.socket.pause();
  }

  /** Reads on after `pause`. */
  resume(): void {
    this.paused = false;
    if (this.machine.held) return;
    if (this.rest === undefined) this.socket.resume();
    else process.nextTick(onReadOn, this);
  }

  // What follows is called by the machine.

  onText(bytes: Buffer, start: number, end: number, ascii: boolean): void {
    const { handler } = this;
    if (handler.onTextBytes !== undefined) handler.onTextBytes(bytes.subarray(start, end), ascii);
    else handler.onMessage(decodeText(bytes, start, end, ascii));
  }

  onBinary(data: Buffer): void {
    this.handler.onMessage(data);
  }

  onPing(data: Buffer): void {
    this.handler.onPing?.(data);
  }

  onPong(data: Buffer): void {
    this.handler.onPong?.(data);
  }

  onReply(opcode: number, payload: Buffer): void {
    // What waits is a copy, since the payload is part of a chunk.
    const { queue } = this;
    if (opcode === PONG && (queue.full || queue.blocked)) this.latestPong = Buffer.from(payload);
    else queue.push(FIN | opcode, queue.blocked ? Buffer.from(payload) : payload);
  }

  onCloseFrame(): void {
    this.state = "closing";
    this.queue.flush(true);
    const { closeTimeoutMs, role } = this.options;
    if (role === "client" && this.queue.empty) {
      this.startTimer(Math.min(serverCloseWaitMs, closeTimeoutMs));
    } else {
      // Both have said goodbye, and the server closes first. Not at once: what the peer has sent behind its close frame,
      // unread, would reset the line, and with it ours might be lost (RFC 6455, section 7.1.1).
      if (this.idle) this.startTimer(Math.min(failureTimeoutMs, closeTimeoutMs));
      this.end();
    }
    this.handler.onClosing?.();
  }

  onFailure(error: WebSocketError): void {
    this.state = "closing";
    this.startTimer(Math.min(failureTimeoutMs, this.options.closeTimeoutMs));
    this.end();
    this.handler.onError?.(error);
    this.handler.onClosing?.();
  }

  onResume(): void {
    // What a decoder had held up waits until `resume`.
    if (this.paused || this.machine.held) return;
    const { rest } = this;
    this.rest = undefined;
    if (rest !== undefined) this.onSocketData(rest);
    if (!this.machine.held && !this.paused) this.socket.resume();
  }

  // What follows is called by the socket.

  onSocketData(chunk: Buffer): void {
    const { machine, queue } = this;
    if (this.rest !== undefined) {
      chunk = Buffer.concat([this.rest, chunk]);
      this.rest = undefined;
    } else if (!queue.ownsInput) {
      // It is not ours to unmask in place.
      chunk = Buffer.from(chunk);
    }
    let read = false;
    queue.parsing = true;
    const outermost = beginChunk();
    try {
      const used = machine.receive(chunk);
      read = true;
      if (machine.held) {
        if (used < chunk.length) this.rest = chunk.subarray(used);
        this.socket.pause();
      }
      if (outermost) endChunk(true);
    } finally {
      queue.parsing = false;
      queue.flush();
      if (!read) {
        if (outermost) endChunk(false);
        this.afterThrow(chunk);
      }
    }
  }

  onSocketEnd(): void {
    const wasOpen = this.state === "open";
    this.machine.halt();
    this.state = "closing";
    this.end();
    if (wasOpen) this.handler.onClosing?.();
  }

  onSocketError(error: Error): void {
    if (this.state === "closed") return;
    this.state = "closing";
    this.handler.onError?.(new WebSocketError("WS_SOCKET", error.message, { cause: error }));
  }

  onSocketClose(): void {
    if (this.state === "closed") return;
    this.state = "closed";
    clearTimeout(this.timer);
    this.timer = undefined;
    this.rest = undefined;
    this.latestPong = undefined;
    this.machine.halt();
    this.queue.destroy();
    const { code = ABNORMAL, reason = "" } = this.machine.closeReceived ?? {};
    this.handler.onClose(code, reason);
  }

  onSocketDrain(): void {
    const { queue } = this;
    if (!queue.full) return;
    queue.full = false;
    this.sendLatestPong();
    queue.flush();
    if (this.idle) this.drained();
    else if (!queue.full) this.requestDrain();
  }

  /** What waited for an encoder may go out, or never can. */
  private onEncoded(error: Error | undefined): void {
    if (error !== undefined) {
      this.onSocketError(error);
      this.socket.destroy();
    } else if (!this.queue.full) this.sendLatestPong();
  }

  private sendLatestPong(): void {
    if (this.latestPong === undefined || this.queue.blocked) return;
    if (this.state === "open") this.queue.push(FIN | PONG, this.latestPong);
    this.latestPong = undefined;
  }

  private drained(): void {
    this.drainRequested = false;
    if (this.state === "open") this.handler.onDrain?.();
  }

  /** A handler threw. What it has not seen of the chunk comes in the next tick, so that the line stays in step. */
  private afterThrow(chunk: Buffer): void {
    this.rest = chunk.subarray(this.machine.position);
    process.nextTick(() => {
      if (this.rest === undefined || this.state === "closed") return;
      const { rest } = this;
      this.rest = undefined;
      this.onSocketData(rest);
    });
  }

  /** Sends what is left and ends the sending side. What the peer still sends is read and dropped until it ends too. */
  private end(): void {
    const { queue, socket } = this;
    queue.flush(true);
    if (queue.blocked) queue.pushCallback((error) => error ?? this.end());
    else if (!socket.writableEnded) socket.end();
    if (this.timer === undefined) this.startTimer(this.options.closeTimeoutMs);
  }

  private startTimer(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(onTimeout, ms, this);
    this.timer.unref();
  }
}

function onReadOn(connection: Connection): void {
  connection.onResume();
}

function onHeadHeld(connection: Connection): void {
  if (!connection.isPaused) connection.resume();
}

function onTimeout(connection: Connection): void {
  connection.terminate();
}

function onSocketData(this: Line, chunk: Buffer): void {
  this[kConnection]?.onSocketData(chunk);
}

function onSocketEnd(this: Line): void {
  this[kConnection]?.onSocketEnd();
}

function onSocketError(this: Line, error: Error): void {
  this[kConnection]?.onSocketError(error);
}

function onSocketClose(this: Line): void {
  this[kConnection]?.onSocketClose();
}

function onSocketDrain(this: Line): void {
  this[kConnection]?.onSocketDrain();
}
