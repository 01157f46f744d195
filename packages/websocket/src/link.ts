import { copyBytesMax } from "./batch.ts";
import { ABNORMAL } from "./close.ts";
import type { Connection, ConnectionHandler } from "./connection.ts";
import type { WebSocketError } from "./errors.ts";
import type { BinaryData } from "./events.ts";
import { FIN, OPCODE } from "./frame/header.ts";
import type { WebSocket } from "./websocket.ts";

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

  /** Sends a frame of a data message. */
  send(opcode: number, payload: string | Uint8Array, fin: boolean): void {
    const connection = this.connection as Connection;
    const first = (fin ? FIN : 0) | (this.fragmenting ? 0 : opcode & OPCODE);
    this.fragmenting = !fin;
    if (typeof payload === "string") {
      connection.sendFrame(first, payload);
    } else if (payload.byteLength < copyBytesMax) {
      // Copied now: the application may use its buffer again as soon as `send` has returned.
      connection.sendCopy(first, payload);
    } else {
      connection.sendFrame(first, payload);
      connection.flush();
    }
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
    // A socket that breaks is told by close code 1006 alone, as it always was.
    if (error.fault === "peer") this.fail(error);
  }

  onClosing(): void {
    this.readyState = CLOSING;
  }

  onClose(code: number, reason: string): void {
    this.readyState = CLOSED;
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

function convert(data: Buffer, type: BinaryType): BinaryData {
  if (type === "nodebuffer") return data;
  if (type === "fragments") return [data];
  const { buffer, byteOffset, byteLength } = data;
  const bytes = buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
  return type === "blob" ? new Blob([bytes]) : bytes;
}
