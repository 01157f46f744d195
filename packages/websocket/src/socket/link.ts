import { copyBytesMax } from "../connection/batch.ts";
import { BlobQueue } from "./blob-queue.ts";
import { ABNORMAL } from "../connection/close.ts";
import type { Connection, ConnectionHandler } from "../connection/connection.ts";
import { checkControl } from "../connection/control.ts";
import { WebSocketError } from "../errors.ts";
import type { RawData } from "./events.ts";
import { FIN, OPCODE, PING, PONG } from "../frame/header.ts";
import { Heartbeat } from "../heartbeat/heartbeat.ts";
import { bytesTaken } from "../heartbeat/signs.ts";
import type { LineRules } from "./line-rules.ts";
import { listenerError } from "./listener-error.ts";
import type { SendOptions } from "../options.ts";
import { OwnFrames } from "./own-frames.ts";
import { payloadBytes } from "./payload.ts";
import { contentOf } from "./prepared.ts";
import type { PreparedMessage } from "./prepared.ts";
import type { SendBound } from "../pressure/options.ts";
import { Overflow } from "../pressure/overflow.ts";
import type { WebSocket } from "./websocket.ts";
import type { WrittenCallback } from "../connection/write-queue.ts";

/** How binary messages are handed over. */
export type BinaryType = "nodebuffer" | "arraybuffer" | "fragments" | "blob";

export const CONNECTING = 0;
export const OPEN = 1;
export const CLOSING = 2;
export const CLOSED = 3;

const noReason: Buffer = Buffer.alloc(0);

/** The close code of a server that is overloaded, in the IANA registry. */
const TRY_AGAIN_LATER = 1013;

/** What became of a message: it was refused, or it is on its way, and the line is full or has room for more. */
export type Sent = "refused" | "full" | "room";

/** What a public WebSocket has behind it: its state, its connection, and the road from that to its listeners. */
export class Link implements ConnectionHandler {
  readyState: 0 | 1 | 2 | 3 = CONNECTING;
  binaryType: BinaryType = "nodebuffer";
  /** Valid from OPEN on. */
  connection: Connection | undefined = undefined;
  protocol = "";
  /** Bytes that were sent after the connection had begun to close; they count as buffered for ever. */
  lateBytes = 0;
  /** What waits behind a Blob that is being read. */
  blobs: BlobQueue | undefined = undefined;
  /** Where the application makes masking keys. */
  frames: OwnFrames | undefined = undefined;
  /** Told when the line is gone: the server that keeps a set of its clients. */
  owner: { onGone(socket: WebSocket): void } | undefined = undefined;

  /** Valid while a line is open that has one. */
  heartbeat: Heartbeat | undefined = undefined;
  /** Made when more was sent than may wait. */
  overflow: Overflow | undefined = undefined;
  /** Why this end has cut the line off, once it has: the reason that goes with close code 1006. */
  verdict: string | undefined = undefined;

  private readonly socket: WebSocket;
  /** What may wait to be sent; undefined: anything. */
  private bound: SendBound | undefined = undefined;
  /** Whether a message was sent without its end. */
  private fragmenting = false;

  constructor(socket: WebSocket) {
    this.socket = socket;
  }

  /** The handshake is done. */
  open(connection: Connection, protocol: string, rules: LineRules): void {
    this.connection = connection;
    this.protocol = protocol;
    this.readyState = OPEN;
    this.bound = rules.bound;
    if (rules.heartbeat === undefined) return;
    this.heartbeat = new Heartbeat(this, rules.heartbeat);
    this.heartbeat.start();
  }

  /** Sends a frame of a data message, behind what waits for a Blob. */
  send(
    opcode: number,
    payload: string | Uint8Array,
    options: SendOptions | undefined,
    callback: WrittenCallback | undefined,
  ): Sent {
    if (!this.admits(payload, options?.fin !== false, callback)) return "refused";
    if (this.blobs === undefined) this.sendNow(opcode, payload, options, callback);
    else {
      const kept = typeof payload === "string" ? payload : Buffer.from(payload);
      const send = (): void => this.sendNow(opcode, kept, options, callback);
      this.blobs.addStep(payloadBytes(kept), send, callback);
    }
    return this.room;
  }

  /** Sends a message that was framed before. */
  sendPrepared(
    message: PreparedMessage,
    options: SendOptions | undefined,
    callback: WrittenCallback | undefined,
  ): Sent {
    const content = contentOf(message);
    const { first, frame, payload } = content;
    // Where a frame cannot be shared, the message is sent as any other.
    if (this.blobs !== undefined || this.frames !== undefined || this.fragmenting)
      return this.send(first & OPCODE, payload, options, callback);
    if (!this.admits(payload, true, callback)) return "refused";
    const connection = this.connection as Connection;
    connection.sendShared(first, frame, content, options?.compress);
    if (callback !== undefined) connection.afterFlush(callback);
    return this.room;
  }

  /** Sends the content of a Blob once it is read; what is sent until then waits behind it. */
  sendBlob(
    opcode: number,
    blob: Blob,
    options: SendOptions | undefined,
    callback: WrittenCallback | undefined,
  ): Sent {
    if (!this.admits(blob, options?.fin !== false, callback)) return "refused";
    this.blobs ??= new BlobQueue(this);
    const send = (content?: Uint8Array): void =>
      this.sendNow(opcode, content as Uint8Array, options, callback);
    this.blobs.addBlob(blob, send, callback);
    return this.room;
  }

  private sendNow(
    opcode: number,
    payload: string | Uint8Array,
    options: SendOptions | undefined,
    callback: WrittenCallback | undefined,
  ): void {
    const connection = this.connection as Connection;
    const fin = options?.fin !== false;
    const compress = options?.compress !== false;
    const first = (fin ? FIN : 0) | (this.fragmenting ? 0 : opcode & OPCODE);
    this.fragmenting = !fin;
    if (options?.mask !== undefined || this.frames !== undefined) {
      connection.sendFrames((this.frames ?? OwnFrames.random).frame(first, payload, options?.mask));
    } else if (typeof payload === "string") {
      connection.sendFrame(first, payload, compress);
    } else if (payload.byteLength < copyBytesMax) {
      // Copied now: the application may use its buffer again as soon as `send` has returned.
      connection.sendCopy(first, payload, compress);
    } else {
      connection.sendFrame(first, payload, compress);
      connection.flush();
    }
    if (callback !== undefined) connection.afterFlush(callback);
  }

  /**
   * Sends a ping or a pong.
   *
   * @throws RangeError when the payload is longer than 125 bytes.
   */
  control(
    kind: "ping" | "pong",
    payload: string | Uint8Array,
    callback: WrittenCallback | undefined,
  ): void {
    checkControl(payload);
    if (!this.fits(payload, false) && !this.overflows(true, false, callback)) return;
    // A copy: the application may use its buffer again as soon as this has returned.
    const kept = typeof payload === "string" ? payload : Buffer.from(payload);
    const send = (): void => {
      const { connection } = this;
      if (this.frames === undefined) connection?.[kind](kept);
      else connection?.sendFrames(this.frames.frame(FIN | (kind === "ping" ? PING : PONG), kept));
      if (callback !== undefined) connection?.afterFlush(callback);
    };
    if (this.blobs === undefined) send();
    else this.blobs.addStep(payloadBytes(kept), send, callback);
  }

  /** Starts the close handshake, behind what waits for a Blob. */
  close(code?: number, reason?: string | Uint8Array): void {
    const closeNow = (): void => this.connection?.close(code, reason);
    if (this.blobs === undefined) closeNow();
    else this.blobs.addStep(0, closeNow);
    this.readyState = CLOSING;
  }

  /** Calls back when everything sent so far was taken by the kernel, or with an error when it never will be. */
  afterFlush(callback: WrittenCallback): void {
    const wait = (): void => this.connection?.afterFlush(callback);
    if (this.blobs === undefined) wait();
    else this.blobs.addStep(0, wait, callback);
  }

  /** Whether there is room for more, as the kernel says. */
  private get room(): Sent {
    return this.blobs === undefined && (this.connection as Connection).hasRoom() ? "room" : "full";
  }

  /** Whether a frame of a message may be queued. If not, what becomes of it is done. */
  private admits(
    payload: string | Uint8Array | Blob,
    fin: boolean,
    callback: WrittenCallback | undefined,
  ): boolean {
    if (this.overflow?.dropsRest(fin) === true) {
      if (callback !== undefined)
        process.nextTick(callback, new WebSocketError("WS_BUFFER_FULL", "the message was dropped"));
      return false;
    }
    const begun = this.fragmenting;
    return this.fits(payload, begun) || this.overflows(fin, begun, callback);
  }

  /** Whether what waits stays within the bound. Anything may be sent into a line that has room. */
  private fits(payload: string | Uint8Array | Blob, begun: boolean): boolean {
    const { bound, blobs } = this;
    const connection = this.connection as Connection;
    if (bound === undefined || (!connection.isFull && blobs === undefined)) return true;
    const bytes = payload instanceof Blob ? payload.size : payloadBytes(payload);
    // What has begun cannot be dropped any more, so it is given as much again to come to its end.
    const bytesMax = bound.policy === "drop" && begun ? bound.bytesMax * 2 : bound.bytesMax;
    return connection.heldBytes + (blobs?.bytes ?? 0) + bytes <= bytesMax;
  }

  /** More is sent than may wait; whether it is sent all the same. */
  private overflows(fin: boolean, begun: boolean, callback: WrittenCallback | undefined): boolean {
    const overflow = (this.overflow ??= new Overflow());
    const connection = this.connection as Connection;
    const taken = bytesTaken(connection.socket);
    const verdict = overflow.judge(taken, this.bound as SendBound, begun, performance.now());
    if (verdict === "send") return true;
    if (callback !== undefined) process.nextTick(callback, new WebSocketError("WS_BUFFER_FULL"));
    if (verdict === "close") this.giveUp();
    else {
      overflow.drop(fin);
      if (!overflow.telling) process.nextTick(() => this.onDropped(overflow));
      overflow.telling = true;
    }
    return false;
  }

  private onDropped(overflow: Overflow): void {
    overflow.telling = false;
    this.socket.emit("drop", overflow.dropped);
  }

  /** The peer does not read: what waits is let go. */
  private giveUp(): void {
    const error = new WebSocketError("WS_BUFFER_FULL");
    this.readyState = CLOSING;
    this.verdict = error.message;
    this.blobs?.destroy();
    this.blobs = undefined;
    this.connection?.giveUp(TRY_AGAIN_LATER, "more waits to be sent than may");
    process.nextTick(() => this.fail(error));
  }

  onHeartbeatTimeout(): void {
    const error = new WebSocketError("WS_HEARTBEAT_TIMEOUT");
    this.readyState = CLOSING;
    this.verdict = error.message;
    this.connection?.terminate();
    this.fail(error);
  }

  onDrain(): void {
    this.socket.emit("drain");
  }

  onBlobsSent(): void {
    this.blobs = undefined;
  }

  onBlobFailed(error: Error): void {
    this.blobs?.destroy();
    this.blobs = undefined;
    this.readyState = CLOSING;
    this.fail(error);
    this.connection?.close(1011);
  }

  onTextBytes(bytes: Buffer): void {
    this.socket.emit("message", bytes, false);
  }

  onMessage(data: string | Buffer): void {
    this.socket.emit("message", convert(data as Buffer, this.binaryType), true);
  }

  onPing(data: Buffer): void {
    this.socket.emit("ping", data);
  }

  onPong(data: Buffer): void {
    // Answers to the heartbeat's pings are its own; the application did not ask.
    if (this.heartbeat?.onPong(data) === true) return;
    this.socket.emit("pong", data);
  }

  onError(error: WebSocketError): void {
    this.readyState = CLOSING;
    // A socket that breaks is told by close code 1006 alone, as it always was.
    if (error.fault === "peer") this.fail(listenerError(error));
  }

  onClosing(): void {
    this.readyState = CLOSING;
  }

  onClose(code: number, reason: string): void {
    this.readyState = CLOSED;
    this.heartbeat?.stop();
    this.heartbeat = undefined;
    this.blobs?.destroy();
    this.blobs = undefined;
    if (code === ABNORMAL && reason === "") reason = this.verdict ?? "";
    this.owner?.onGone(this.socket);
    this.socket.emit("close", code, reason === "" ? noReason : Buffer.from(reason));
  }

  /** The handshake failed or was given up. */
  abort(error: Error): void {
    this.readyState = CLOSING;
    process.nextTick(() => {
      this.fail(error);
      this.onClose(ABNORMAL, "");
    });
  }

  /** Emits an error where somebody listens; without a listener it must not end the process. */
  private fail(error: Error): void {
    if (this.socket.listenerCount("error") > 0) this.socket.emit("error", error);
  }
}

function convert(data: Buffer, type: BinaryType): RawData {
  if (type === "nodebuffer") return data;
  if (type === "fragments") return [data];
  const { buffer, byteOffset, byteLength } = data;
  const bytes = buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
  // What asks for a Blob knows that it gets one.
  return type === "blob" ? (new Blob([bytes]) as unknown as ArrayBuffer) : bytes;
}
