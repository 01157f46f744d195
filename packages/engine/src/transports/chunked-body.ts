import { WriteQueue } from "@hawser/websocket/internal";
import { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Outgoing } from "../outgoing.ts";
import type { FlushCallback } from "../transport.ts";
import type { StreamBody } from "./stream-body.ts";

/**
 * Goes past an answer that has begun, as chunks right into its socket: one that many streams get is made once, and those
 * of one tick are one write. Node's own way makes three of each.
 */
export class ChunkedBody implements StreamBody {
  private readonly socket: Socket;
  private readonly queue: WriteQueue;

  /** Undefined where that cannot be: over HTTP/2, to a client of HTTP/1.0, or where somebody wants to see what is written. */
  static of(response: ServerResponse): ChunkedBody | undefined {
    const { socket } = response;
    const isWatched = Object.hasOwn(response, "write") || !(response instanceof ServerResponse);
    if (socket === null || isWatched || !response.chunkedEncoding) return undefined;
    return new ChunkedBody(response, socket);
  }

  private constructor(response: ServerResponse, socket: Socket) {
    this.socket = socket;
    this.queue = new WriteQueue(socket, false);
    socket.on("drain", this.onDrain);
    // The line goes on to the next request.
    response.once("close", () => socket.off("drain", this.onDrain));
  }

  get empty(): boolean {
    return this.queue.empty && this.socket.writableLength === 0;
  }

  get waiting(): number {
    return this.queue.roughBytes + this.socket.writableLength;
  }

  put({ chunkBytes }: Outgoing): void {
    this.queue.pushFrames(chunkBytes);
  }

  afterFlush(callback: FlushCallback): void {
    if (this.empty) setImmediate(callback);
    else this.queue.pushCallback((error) => error ?? callback());
  }

  flush(): void {
    this.queue.flush(true);
  }

  discard(): void {
    this.queue.discard();
  }

  private readonly onDrain = (): void => {
    if (!this.queue.full) return;
    this.queue.full = false;
    this.queue.flush();
  };
}
