/** A WebSocket frame as it was on the wire, unmasked (RFC 6455, 5.2). */
export interface WireFrame {
  readonly fin: boolean;
  readonly rsv1: boolean;
  readonly opcode: number;
  readonly masked: boolean;
  readonly payload: Buffer;
}

const lineEnds = Buffer.from("\r\n\r\n");
const headBytesMax = 64 * 1024;

/**
 * Takes the frames out of one direction of a connection, whose HTTP head comes first. It only looks: what it cannot
 * follow it stops looking at.
 */
export class FrameReader {
  readonly #onHead: (head: string) => void;
  readonly #onFrame: (frame: WireFrame) => void;
  #held: Buffer = Buffer.alloc(0);
  #state: "head" | "frames" | "blind" = "head";

  constructor(onHead: (head: string) => void, onFrame: (frame: WireFrame) => void) {
    this.#onHead = onHead;
    this.#onFrame = onFrame;
  }

  /** Looks no longer: this connection is not a WebSocket's. */
  stop(): void {
    this.#state = "blind";
    this.#held = Buffer.alloc(0);
  }

  read(chunk: Buffer): void {
    if (this.#state === "blind") return;
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    if (this.#state === "head") this.#readHead();
    while (this.#state === "frames" && this.#readFrame());
  }

  #readHead(): void {
    const end = this.#held.indexOf(lineEnds);
    if (end === -1) {
      if (this.#held.length > headBytesMax) this.stop();
      return;
    }
    const head = this.#held.toString("latin1", 0, end);
    this.#held = Buffer.from(this.#held.subarray(end + lineEnds.length));
    this.#state = "frames";
    // It may say stop.
    this.#onHead(head);
  }

  #readFrame(): boolean {
    const held = this.#held;
    if (held.length < 2) return false;
    const first = held[0]!;
    const second = held[1]!;
    const masked = (second & 0x80) !== 0;
    let length = second & 0x7f;
    let at = 2;
    if (length === 126) {
      if (held.length < 4) return false;
      length = held.readUInt16BE(2);
      at = 4;
    } else if (length === 127) {
      if (held.length < 10) return false;
      length = Number(held.readBigUInt64BE(2));
      at = 10;
    }
    const start = at + (masked ? 4 : 0);
    if (held.length < start + length) return false;
    const payload = Buffer.from(held.subarray(start, start + length));
    if (masked) for (let i = 0; i < length; i += 1) payload[i]! ^= held[at + (i & 3)]!;
    this.#held = held.subarray(start + length);
    this.#onFrame({
      fin: (first & 0x80) !== 0,
      rsv1: (first & 0x40) !== 0,
      opcode: first & 0x0f,
      masked,
      payload,
    });
    return true;
  }
}
