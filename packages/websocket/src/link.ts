import { copyBytesMax } from "./batch.ts";
import { BlobQueue } from "./blob-queue.ts";
import { ABNORMAL } from "./close.ts";
import type { Connection, ConnectionHandler } from "./connection.ts";
import { checkControl } from "./control.ts";
import type { WebSocketError } from "./errors.ts";
import type { RawData } from "./events.ts";
import { FIN, OPCODE, PING, PONG } from "./frame/header.ts";
import { listenerError } from "./listener-error.ts";
import type { SendOptions } from "./options.ts";
import { OwnFrames } from "./own-frames.ts";
import { payloadBytes } from "./payload.ts";
import type { WebSocket } from "./websocket.ts";
import type { WrittenCallback } from "./write-queue.ts";

/** How binary messages are handed over. */
export type BinaryType = "nodebuffer" | "arraybuffer" | "fragments" | "blob";

export const CONNECTING = 0;
export const OPEN = 1;
export const CLOSING = 2;
export const CLOSED = 3;

const noReason: Buffer = Buffer.alloc(0);

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

  private readonly socket: WebSocket;
  /** Whether a message was sent without its end. */
  private fragmenting = false;

  constructor(socket: WebSocket) {
    this.socket = socket;
  }

  /** The handshake is done. */
  open(connection: Connection, protocol: string): void {
    this.connection = connection;
    this.protocol = protocol;
    this.readyState = OPEN;
  }

  /** Sends a frame of a data message, behind what waits for a Blob. */
  send(
    opcode: number,
    payload: string | Uint8Array,
    options: SendOptions | undefined,
    callback: WrittenCallback | undefined,
  ): void {
    if (this.blobs === undefined) this.sendNow(opcode, payload, options, callback);
    else {
      const kept = typeof payload === "string" ? payload : Buffer.from(payload);
      const send = (): void => this.sendNow(opcode, kept, options, callback);
      this.blobs.addStep(payloadBytes(kept), send, callback);
    }
  }

  /** Sends the content of a Blob once it is read; what is sent until then waits behind it. */
  sendBlob(
    opcode: number,
    blob: Blob,
    options: SendOptions | undefined,
    callback: WrittenCallback | undefined,
  ): void {
    this.blobs ??= new BlobQueue(this);
    const send = (content?: Uint8Array): void =>
      this.sendNow(opcode, content as Uint8Array, options, callback);
    this.blobs.addBlob(blob, send, callback);
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
    this.blobs?.destroy();
    this.blobs = undefined;
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
