import { randomFillSync } from "node:crypto";
import { frame } from "../frame/writer.ts";
import { mask } from "../frame/mask.ts";

/** Frames whose masking the application has a say in: `generateMask`, and the option `mask` of `send`. */
export class OwnFrames {
  /** With random keys. */
  static readonly random: OwnFrames = new OwnFrames(undefined, false);

  private readonly generateMask: (key: Buffer) => void;
  private readonly masked: boolean;

  /** @param masked Whether frames are masked where nothing else is said, as those of a client are. */
  constructor(generateMask: ((key: Buffer) => void) | undefined, masked: boolean) {
    this.generateMask = generateMask ?? ((key) => randomFillSync(key));
    this.masked = masked;
  }

  frame(first: number, payload: string | Uint8Array, masked: boolean = this.masked): Buffer {
    const bytes = frame(first, payload, 0);
    if (!masked) return bytes;
    const key = Buffer.alloc(4);
    this.generateMask(key);
    const start =
      bytes.length -
      (typeof payload === "string" ? Buffer.byteLength(payload) : payload.byteLength);
    bytes[1] = (bytes[1] as number) | 0x80;
    mask(bytes, undefined, start, bytes.length, key.readInt32LE(0));
    return Buffer.concat([bytes.subarray(0, start), key, bytes.subarray(start)]);
  }
}
