import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import { Batch, FRAMED } from "./batch.ts";
import type { WrittenCallback } from "./batch.ts";
import { WebSocketError } from "./errors.ts";

export type { WrittenCallback } from "./batch.ts";

type Item = string | Uint8Array | WrittenCallback;
type Pairs = (number | Item)[];

/** In place of a frame's first byte: the item is a callback. */
const CALLBACK = 0x101;

/** Queues with something to write, flushed together in one tick. */
let dirty: WriteQueue[] = [];

function flushDirty(): void {
  const queues = dirty;
  dirty = [];
  let at = 0;
  try {
    while (at < queues.length) (queues[at++] as WriteQueue).onTick();
  } finally {
    // Only the application's code can have thrown; the others are not to wait for ever because of it.
    for (; at < queues.length; at++) schedule(queues[at] as WriteQueue);
  }
}

function schedule(queue: WriteQueue): void {
  if (dirty.push(queue) === 1) process.nextTick(flushDirty);
}

/**
 * What one connection has to send. Items are queued by reference and become bytes in `flush`, all of them in one write.
 * While the socket is full they stay here, where a text that many connections wait for exists once.
 */
export class WriteQueue {
  /** While a chunk is being parsed: its end will flush, so no tick is asked for. */
  parsing = false;
  /** Whether the socket has had enough until its `drain`. */
  full = false;

  private readonly socket: Duplex;
  /** 0x80 on a client, which masks what it sends. */
  private readonly maskBit: number;
  /** Whether the socket hands bytes to the kernel by itself, so that what it does not keep has been copied. */
  readonly direct: boolean;
  private scheduled = false;
  private count = 0;
  /** The first item, so that one message makes no array; valid while `count` is not 0. */
  private first = 0;
  private item: Item = "";
  /** The items after it, as pairs of first byte and item. */
  private more: Pairs | undefined = undefined;
  /** How many items `queuedBytes` has counted, and the sum of their bytes. */
  private counted = 0;
  private countedBytes = 0;

  constructor(socket: Duplex, client: boolean) {
    this.socket = socket;
    this.maskBit = client ? 0x80 : 0;
    this.direct = socket instanceof Socket && !(socket instanceof TLSSocket);
  }

  /** Queues one frame: its first byte, and its payload, which must not change until it is written. */
  push(first: number, payload: string | Uint8Array): void {
    this.add(first, payload);
  }

  /** Queues bytes that are frames already. */
  pushFrames(frames: Uint8Array): void {
    this.add(FRAMED, frames);
  }

  /** Calls back when everything queued so far was taken by the kernel. */
  pushCallback(callback: WrittenCallback): void {
    this.add(CALLBACK, callback);
  }

  get empty(): boolean {
    return this.count === 0;
  }

  /** Whether chunks that the socket reads are seen by nobody else. Not known of sockets that Node did not make. */
  get ownsInput(): boolean {
    return this.direct || this.socket instanceof Socket;
  }

  /** Payload bytes that wait here; what waits in the socket is not among them. */
  get queuedBytes(): number {
    for (; this.counted < this.count; this.counted++) {
      const item = this.counted === 0 ? this.item : (this.more as Pairs)[this.counted * 2 - 1];
      if (typeof item === "string") this.countedBytes += Buffer.byteLength(item);
      else if (typeof item === "object") this.countedBytes += item.byteLength;
    }
    return this.countedBytes;
  }

  /** Writes all that is queued, unless the socket is full. `force`: even then, since the line is about to end. */
  flush(force = false): void {
    if (this.count === 0 || (this.full && !force)) return;
    const { first, item, more, socket } = this;
    this.clear();
    if (socket.destroyed) {
      callBack(callbacksOf(first, item, more), new WebSocketError("WS_NOT_OPEN"));
      return;
    }
    if (more === undefined && first === FRAMED) socket.write(item);
    else this.write(first, item, more);
    // A write of more than the high-water mark asks for a drain even when the kernel took it at once.
    this.full = socket.writableNeedDrain && socket.writableLength > 0;
  }

  /** Drops all that is queued; callbacks learn of it. */
  destroy(): void {
    if (this.count === 0) return;
    const { first, item, more } = this;
    this.clear();
    callBack(callbacksOf(first, item, more), new WebSocketError("WS_NOT_OPEN"));
  }

  onTick(): void {
    this.scheduled = false;
    this.flush();
  }

  private add(first: number, item: Item): void {
    if (this.count++ === 0) {
      this.first = first;
      this.item = item;
      if (!this.parsing && !this.scheduled && !this.full) {
        this.scheduled = true;
        schedule(this);
      }
    } else if (this.more === undefined) {
      this.more = [first, item];
    } else {
      this.more.push(first, item);
    }
  }

  private clear(): void {
    this.count = 0;
    this.item = "";
    this.more = undefined;
    this.counted = 0;
    this.countedBytes = 0;
  }

  private write(first: number, item: Item, more: Pairs | undefined): void {
    const batch = new Batch(this.socket, this.maskBit, this.direct);
    let called = writeItem(batch, first, item);
    if (more !== undefined) {
      for (let index = 0; index < more.length; index += 2) {
        if (writeItem(batch, more[index] as number, more[index + 1] as Item)) called = true;
      }
    }
    const callbacks = called ? callbacksOf(first, item, more) : undefined;
    batch.end(callbacks === undefined ? undefined : (error) => callBack(callbacks, error));
  }
}

/** Encodes an item; whether it is a callback instead. */
function writeItem(batch: Batch, first: number, item: Item): boolean {
  if (typeof item === "string") batch.text(first, item);
  else if (typeof item === "function") return true;
  else if (first === FRAMED) batch.framed(item);
  else batch.binary(first, item);
  return false;
}

function callbacksOf(first: number, item: Item, more: Pairs | undefined): WrittenCallback[] {
  return [first, item, ...(more ?? [])].filter((entry) => typeof entry === "function");
}

function callBack(callbacks: readonly WrittenCallback[], error?: Error | null): void {
  for (const callback of callbacks) callback(error ?? undefined);
}
