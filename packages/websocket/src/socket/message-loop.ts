import { ABNORMAL } from "../connection/close.ts";
import { WebSocketError } from "../errors.ts";
import type { RawData } from "./events.ts";
import { loopBytesMax, loopMessagesMax } from "../limits.ts";
import type { WebSocket } from "./websocket.ts";

/** A message, as `for await` gives it: text as a string, binary as `binaryType` says. */
export type ReceivedMessage =
  | { readonly data: string; readonly isBinary: false }
  | { readonly data: RawData; readonly isBinary: true };

interface Waiting {
  resolve(result: IteratorResult<ReceivedMessage, undefined>): void;
  reject(error: Error): void;
}

/** Sockets that a loop reads, which are read by one at a time. */
const looped = new WeakSet<WebSocket>();
/** What a loop that was left had not taken yet: the next one begins with it. */
const leftOver = new WeakMap<WebSocket, ReceivedMessage[]>();

/**
 * The messages of a socket as an async iterator. While the loop's body is slow, messages wait here up to 64 or 64 KiB;
 * beyond that the socket is paused, and what was in the chunk that was being read still comes.
 */
export class MessageLoop implements AsyncIterableIterator<ReceivedMessage, undefined> {
  private readonly socket: WebSocket;
  private messages: ReceivedMessage[];
  private bytes = 0;
  private paused = false;
  private ended = false;
  /** Why it ended, until it is thrown. */
  private error: Error | undefined = undefined;
  private readonly waiting: Waiting[] = [];

  /** @throws WebSocketError `WS_ARGUMENT` when another loop reads the socket. */
  constructor(socket: WebSocket) {
    if (looped.has(socket))
      throw new WebSocketError("WS_ARGUMENT", "another loop reads this socket already");
    this.socket = socket;
    this.messages = leftOver.get(socket) ?? [];
    leftOver.delete(socket);
    if (socket.readyState === socket.CLOSED) {
      this.ended = true;
      return;
    }
    looped.add(socket);
    socket.on("message", this.onMessage).on("error", this.onError).on("close", this.onClose);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<ReceivedMessage, undefined>> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.serve();
    });
  }

  /** Leaves the loop: the socket stays open. */
  return(): Promise<IteratorResult<ReceivedMessage, undefined>> {
    if (this.messages.length > 0) leftOver.set(this.socket, this.messages);
    this.messages = [];
    this.bytes = 0;
    this.error = undefined;
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Hands over what there is to those who wait. */
  private serve(): void {
    while (this.waiting.length > 0) {
      const message = this.messages.shift();
      if (message !== undefined) {
        this.bytes -= byteLength(message.data);
        this.waiting.shift()?.resolve({ done: false, value: message });
      } else if (this.error !== undefined) {
        const { error } = this;
        this.error = undefined;
        this.waiting.shift()?.reject(error);
      } else if (this.ended) {
        this.waiting.shift()?.resolve({ done: true, value: undefined });
      } else {
        break;
      }
    }
    if (this.paused && this.messages.length === 0) this.setPaused(false);
  }

  private end(): void {
    this.ended = true;
    const { socket } = this;
    looped.delete(socket);
    socket.off("message", this.onMessage).off("error", this.onError).off("close", this.onClose);
    if (this.paused) this.setPaused(false);
    this.serve();
  }

  private setPaused(paused: boolean): void {
    this.paused = paused;
    if (paused) this.socket.pause();
    else this.socket.resume();
  }

  private readonly onMessage = (data: RawData, isBinary: boolean): void => {
    const message: ReceivedMessage = isBinary
      ? { data, isBinary }
      : { data: (data as Buffer).toString(), isBinary };
    this.messages.push(message);
    this.bytes += byteLength(message.data);
    this.serve();
    if (this.paused || this.messages.length === 0) return;
    if (this.messages.length >= loopMessagesMax || this.bytes >= loopBytesMax) this.setPaused(true);
  };

  private readonly onError = (error: Error): void => {
    this.error = error;
    this.end();
  };

  private readonly onClose = (code: number, reason: Buffer): void => {
    // What the application itself has cut off is no surprise.
    if (code === ABNORMAL && this.socket["link"].verdict !== "")
      this.error = new WebSocketError("WS_LINE_LOST", reason.toString() || undefined);
    this.end();
  };
}

function byteLength(data: string | RawData): number {
  if (typeof data === "string") return data.length;
  if (Array.isArray(data)) return data.reduce((bytes, part) => bytes + part.byteLength, 0);
  return data instanceof Blob ? data.size : data.byteLength;
}
