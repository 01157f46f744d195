import type { Extension, SharedMessage, Work } from "./extension.ts";
import { CONTINUATION, FIN, OPCODE } from "../frame/header.ts";
import type { WriteQueue } from "./write-queue.ts";
import { Place } from "./write-queue.ts";

/** Sends the messages of one connection through its extension. Made only where one was negotiated. */
export class Encoding {
  readonly extension: Extension;
  private readonly queue: WriteQueue;
  /** Told when what was held up may go out, or why it never can. */
  private readonly onEncoded: (error?: Error) => void;
  /** Whether the message that is sent in several frames is encoded. */
  private inPieces = false;

  constructor(extension: Extension, queue: WriteQueue, onEncoded: (error?: Error) => void) {
    this.extension = extension;
    this.queue = queue;
    this.onEncoded = onEncoded;
  }

  /** Sends one frame of a data message. The payload must not change until it is written. */
  send(first: number, payload: string | Uint8Array, compress: boolean): void {
    const { encoder } = this.extension;
    const begins = (first & OPCODE) !== CONTINUATION;
    if (begins) this.inPieces = compress && encoder.wants(payload);
    if (!this.inPieces) {
      this.queue.push(first, payload);
      return;
    }
    const ends = first >= FIN;
    if (ends) this.inPieces = false;
    const reserved = begins ? encoder.reservedBits : 0;
    this.encode(first, reserved, payload, (done) =>
      begins && ends ? encoder.encode(payload, done) : encoder.encodePiece(payload, ends, done),
    );
  }

  /** Sends a message that others send too; whether it did: it is not one to be encoded otherwise. */
  sendShared(first: number, message: SharedMessage): boolean {
    const { encoder } = this.extension;
    const { payload } = message;
    if (!encoder.wants(payload)) return false;
    this.encode(first, encoder.reservedBits, payload, (done) =>
      encoder.encodeShared(message, done),
    );
    return true;
  }

  private encode(
    first: number,
    reserved: number,
    payload: string | Uint8Array,
    start: (done: (late: Buffer | Error | undefined) => void) => Buffer | Work | undefined,
  ): void {
    const { queue } = this;
    let place: Place | undefined = undefined;
    const result = start((late) => {
      if (late instanceof Error) {
        this.onEncoded(late);
        return;
      }
      if (late === undefined) queue.fill(place as Place, first, payload);
      else queue.fill(place as Place, first | reserved, late);
      this.onEncoded();
    });
    if (result === undefined) queue.push(first, payload);
    else if (result instanceof Uint8Array) queue.push(first | reserved, result);
    else {
      const bytes = typeof payload === "string" ? Buffer.byteLength(payload) : payload.byteLength;
      place = new Place(result, bytes);
      queue.pushPlace(place);
    }
  }
}
