import { FrameReader } from "../../../frame/reader.ts";
import type { FrameSink } from "../../../frame/reader.ts";
import { buildFrame, cutAt, masked, ownCopy } from "../../frames.ts";
import type { FuzzTarget } from "../fuzzer.ts";

/** Notes every call as a line, pieces joined to frames, so that any split of the same bytes notes the same. */
class Notes implements FrameSink {
  readonly lines: string[] = [];
  private left = 0;
  private bytes: Buffer[] = [];

  onHeader(first: number, length: number): boolean {
    this.lines.push(`header ${first} ${length}`);
    this.left = length;
    return true;
  }

  onFrame(first: number, bytes: Buffer, start: number, end: number): boolean {
    if (end - start !== this.left) throw new Error("a frame of another length than announced");
    this.lines.push(`frame ${first} ${bytes.toString("hex", start, end)}`);
    return true;
  }

  onPiece(
    first: number,
    length: number,
    bytes: Buffer,
    start: number,
    end: number,
    _seen: number,
    last: boolean,
  ): boolean {
    this.left -= end - start;
    this.bytes.push(Buffer.from(bytes.subarray(start, end)));
    if ((this.left === 0) !== last) throw new Error("the last piece is not the last");
    if (!last) return true;
    const whole = Buffer.concat(this.bytes);
    this.bytes = [];
    if (whole.length !== length) throw new Error("pieces of another length than announced");
    this.lines.push(`frame ${first} ${whole.toString("hex")}`);
    return true;
  }

  onViolation(code: string): void {
    this.lines.push(`violation ${code}`);
  }
}

function linesOf(chunks: readonly Buffer[], isMasked: boolean): string[] {
  const notes = new Notes();
  const reader = new FrameReader(notes, isMasked);
  for (const chunk of chunks) {
    reader.read(chunk);
    if (reader.position > chunk.length) throw new Error("read beyond the chunk");
    if (notes.lines.at(-1)?.startsWith("violation") === true) break;
  }
  return notes.lines;
}

/** The first byte says which side reads and where the bytes are cut. */
export const target: FuzzTarget = {
  name: "frames",
  seeds: [
    Buffer.concat([Buffer.of(0), masked({ opcode: 1, payload: "hello" })]),
    Buffer.concat([Buffer.of(1), buildFrame({ opcode: 2, payload: Buffer.alloc(130, 1) })]),
    Buffer.concat([Buffer.of(7), masked({ opcode: 8, payload: "" }), masked({ opcode: 9 })]),
    Buffer.concat([Buffer.of(9), buildFrame({ opcode: 0, lengthBits: 64, payload: "x" })]),
  ],
  words: [
    masked({ opcode: 1 }),
    buildFrame({ opcode: 2 }),
    Buffer.of(0x7e, 0, 126),
    Buffer.of(0x7f),
  ],
  run(input, note) {
    const [choice = 0] = input;
    const bytes = input.subarray(1);
    const isMasked = (choice & 1) === 0;
    const whole = linesOf([ownCopy(bytes)], isMasked);
    const step = 1 + (choice >> 1);
    const places = Array.from({ length: Math.floor(bytes.length / step) }, (_, at) => at * step);
    const split = linesOf(cutAt(bytes, places), isMasked);
    if (split.join() !== whole.join()) throw new Error(`split otherwise: ${split.join("; ")}`);
    note(
      whole
        .map((line) => line.split(" ", line.startsWith("v") ? 2 : 1).join())
        .slice(-3)
        .join(),
    );
  },
};
