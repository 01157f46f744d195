import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import { Batch } from "./batch.ts";
import type { WrittenCallback } from "./batch.ts";
import { WebSocketError } from "../errors.ts";
import { headerBytesMax } from "../frame/header.ts";
import type { Work } from "./extension.ts";
import { frame, writeBinary } from "../frame/writer.ts";
import { Reserved, scratchWith } from "./scratch.ts";
import { writeSoon } from "./turn.ts";
import type { Writer } from "./turn.ts";

export type { WrittenCallback } from "./batch.ts";

/** A place in the queue for a frame that is still being encoded; nothing behind it is written before. */
export class Place {
  readonly work: Work;
  /** Payload bytes of the frame: as they were given until it is filled. */
  byteLength: number;
  /** Valid once it is filled. */
  first = 0;
  payload: string | Uint8Array | undefined = undefined;

  constructor(work: Work, byteLength: number) {
    this.work = work;
    this.byteLength = byteLength;
  }
}

type Item = string | Uint8Array | Reserved | Place | WrittenCallback;
type Pairs = (number | Item)[];

/** In place of a frame's first byte: the item is frames already, frames in a scratch, a callback, a place, or no frame. */
const FRAMED = 0x100;
const RESERVED = 0x101;
const CALLBACK = 0x102;
const PLACE = 0x103;
const HEAD = 0x104;

/**
 * What one connection has to send. Items are queued by reference and become bytes in `flush`, all of them in one write.
 * While the socket is full they stay here, where a text that many connections wait for exists once.
 */
export class WriteQueue implements Writer {
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
  /** Places that are not filled yet. */
  private encoding = 0;
  /** How many items wait. */
  count = 0;
  /** About the bytes that wait: a text counts one for each UTF-16 unit. */
  roughBytes = 0;
  /** The first item, so that one message makes no array; valid while `count` is not 0. */
  private first = 0;
  private item: Item = "";
  /** The items after it, as pairs of first byte and item. */
  private more: Pairs | undefined = undefined;
  /** What `queuedBytes` has counted so far of the items that are queued now. */
  private tally: { items: number; bytes: number } | undefined = undefined;

  constructor(socket: Duplex, client: boolean) {
    this.socket = socket;
    this.maskBit = client ? 0x80 : 0;
    this.direct = socket instanceof Socket && !(socket instanceof TLSSocket);
  }

  /** Queues one frame: its first byte, and its payload, which must not change until it is written. */
  push(first: number, payload: string | Uint8Array): void {
    this.add(first, payload);
  }

  /** Queues one frame whose payload, a small one, may change as soon as this has returned. */
  pushCopy(first: number, payload: Uint8Array): void {
    if (this.full || this.encoding > 0) {
      // It may wait for long, so it gets memory of its own.
      this.add(FRAMED, frame(first, payload, this.maskBit));
      return;
    }
    const scratch = scratchWith(headerBytesMax + payload.byteLength);
    const { bytes, words, base } = scratch;
    const end = writeBinary(bytes, words, base, first, payload, this.maskBit);
    const last = this.more === undefined ? this.item : this.more[this.more.length - 1];
    if (!(last instanceof Reserved)) this.add(RESERVED, scratch.reserve(end));
    else if (!scratch.extend(last, end)) this.add(RESERVED, scratch.reserve(end));
    else {
      this.roughBytes += end - base;
      if (this.tally?.items === this.count) this.tally.bytes += end - base;
    }
  }

  /** Queues bytes that are frames already. */
  pushFrames(frames: Uint8Array): void {
    this.add(FRAMED, frames);
  }

  /** Queues text that is written as it is, in latin1, with what is sent behind it. */
  pushHead(head: string): void {
    this.add(HEAD, head);
  }

  /** Calls back when everything queued so far was taken by the kernel. */
  pushCallback(callback: WrittenCallback): void {
    this.add(CALLBACK, callback);
  }

  /** Keeps a place for a frame that is still being encoded. */
  pushPlace(place: Place): void {
    this.encoding++;
    this.add(PLACE, place);
  }

  /** The frame is encoded: its first byte and its payload. */
  fill(place: Place, first: number, payload: string | Uint8Array): void {
    place.first = first;
    place.payload = payload;
    const bytes = typeof payload === "string" ? place.byteLength : payload.byteLength;
    this.roughBytes += bytes - place.byteLength;
    place.byteLength = bytes;
    this.tally = undefined;
    this.encoding--;
    this.askForTick();
  }

  get empty(): boolean {
    return this.count === 0;
  }

  /** Whether what is queued waits for a frame that is still being encoded. */
  get blocked(): boolean {
    return this.encoding > 0;
  }

  /** Whether chunks that the socket reads are seen by nobody else. Not known of sockets that Node did not make. */
  get ownsInput(): boolean {
    return this.direct || this.socket instanceof Socket;
  }

  /** Payload bytes that wait here; what waits in the socket is not among them. */
  get queuedBytes(): number {
    if (this.count === 0) return 0;
    const tally = (this.tally ??= { items: 0, bytes: 0 });
    for (; tally.items < this.count; tally.items++) {
      const item = tally.items === 0 ? this.item : (this.more as Pairs)[tally.items * 2 - 1];
      if (typeof item === "string") tally.bytes += Buffer.byteLength(item);
      else if (typeof item === "object") tally.bytes += item.byteLength;
    }
    return tally.bytes;
  }

  /** Writes all that is queued, unless the socket is full. `force`: even then, since the line is about to end. */
  flush(force = false): void {
    if (this.count === 0 || (this.full && !force)) return;
    const { first, item, more, socket } = this;
    if (socket.destroyed) {
      this.destroy();
      return;
    }
    if (this.encoding > 0) {
      this.flushFilled();
      return;
    }
    this.clear();
    if (more === undefined && first === FRAMED) socket.write(item);
    else if (more === undefined && first === RESERVED) this.writeReserved(item as Reserved);
    else this.write(first, item, more);
    // A write of more than the high-water mark asks for a drain even when the kernel took it at once.
    this.full = socket.writableNeedDrain && socket.writableLength > 0;
  }

  /** Writes what stands before the first place that is not filled. */
  private flushFilled(): void {
    const pairs: Pairs = [this.first, this.item, ...(this.more ?? [])];
    let end = 0;
    while (!isUnfilled(pairs[end + 1] as Item)) end += 2;
    if (end === 0) return;
    this.clear();
    this.write(pairs[0] as number, pairs[1] as Item, pairs.slice(2, end));
    for (; end < pairs.length; end += 2) this.add(pairs[end] as number, pairs[end + 1] as Item);
    this.full = this.socket.writableNeedDrain && this.socket.writableLength > 0;
  }

  /** Drops all that is queued; callbacks learn of it. */
  destroy(): void {
    const callbacks = this.discard();
    // An error takes its stack along, which costs more than the whole rest of closing.
    if (callbacks.length > 0) callBack(callbacks, new WebSocketError("WS_NOT_OPEN"));
  }

  /** Drops all that is queued, and returns the callbacks that were waiting for it. */
  discard(): readonly WrittenCallback[] {
    if (this.count === 0) return [];
    const { item, more } = this;
    this.clear();
    this.encoding = 0;
    const callbacks: WrittenCallback[] = [];
    for (const entry of [item, ...(more ?? [])]) {
      if (typeof entry === "function") callbacks.push(entry);
      else if (entry instanceof Reserved) entry.scratch.release(entry, false);
      else if (entry instanceof Place) entry.work.cancel();
    }
    return callbacks;
  }

  /** It is time to write. */
  onTick(): void {
    this.scheduled = false;
    this.flush();
  }

  private add(first: number, item: Item): void {
    if (typeof item === "string") this.roughBytes += item.length;
    else if (typeof item === "object") this.roughBytes += item.byteLength;
    if (this.count++ === 0) {
      this.first = first;
      this.item = item;
      this.askForTick();
    } else if (this.more === undefined) {
      this.more = [first, item];
    } else {
      this.more.push(first, item);
    }
  }

  private askForTick(): void {
    if (this.parsing || this.scheduled || this.full) return;
    this.scheduled = true;
    writeSoon(this);
  }

  private clear(): void {
    this.count = 0;
    this.roughBytes = 0;
    this.item = "";
    this.more = undefined;
    this.tally = undefined;
  }

  private write(first: number, item: Item, more: Pairs | undefined): void {
    const batch = new Batch(this.socket, this.maskBit, this.direct);
    const callbacks: WrittenCallback[] = [];
    writeItem(batch, first, item, callbacks);
    if (more !== undefined) {
      for (let index = 0; index < more.length; index += 2) {
        writeItem(batch, more[index] as number, more[index + 1] as Item, callbacks);
      }
    }
    batch.end(callbacks.length === 0 ? undefined : (error) => callBack(callbacks, error));
  }

  private writeReserved(reserved: Reserved): void {
    const { socket } = this;
    const { bytes, scratch } = reserved;
    // What will wait in the socket takes only as much memory as it needs.
    const waits = !this.direct || socket.writableLength > 0;
    socket.write(waits ? Buffer.from(bytes) : bytes);
    scratch.release(reserved, !waits && socket.writableLength > 0);
  }
}

function writeItem(batch: Batch, first: number, item: Item, callbacks: WrittenCallback[]): void {
  if (typeof item === "string") {
    if (first === HEAD) batch.head(item);
    else batch.text(first, item);
  } else if (typeof item === "function") callbacks.push(item);
  else if (item instanceof Reserved) batch.reserved(item);
  else if (item instanceof Place) writeItem(batch, item.first, item.payload as Item, callbacks);
  else if (first === FRAMED) batch.framed(item);
  else batch.binary(first, item);
}

function isUnfilled(item: Item): boolean {
  return item instanceof Place && item.payload === undefined;
}

/** Calls all of them, with the reason where there is one. */
export function callBack(callbacks: readonly WrittenCallback[], error?: Error | null): void {
  for (const callback of callbacks) callback(error ?? undefined);
}
