import { describe, expect, it } from "vitest";
import { FrameReader } from "./frame-reader.ts";
import type { WireFrame } from "./frame-reader.ts";

const head = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n";

/** A frame of RFC 6455, by hand. */
function frame(first: number, payload: Buffer, mask?: number[]): Buffer {
  const { length } = payload;
  const size =
    length < 126
      ? [length]
      : length < 65_536
        ? [126, length >> 8, length & 255]
        : [127, 0, 0, 0, 0, 0, length >> 16, (length >> 8) & 255, length & 255];
  if (mask) size[0]! |= 0x80;
  const body = mask ? payload.map((it, i) => it ^ mask[i & 3]!) : payload;
  return Buffer.concat([Buffer.from([first, ...size, ...(mask ?? [])]), body]);
}

function readAll(bytes: Buffer, chunk: number): { heads: string[]; frames: WireFrame[] } {
  const heads: string[] = [];
  const frames: WireFrame[] = [];
  const reader = new FrameReader(
    (it) => heads.push(it),
    (it) => frames.push(it),
  );
  for (let at = 0; at < bytes.length; at += chunk) reader.read(bytes.subarray(at, at + chunk));
  return { heads, frames };
}

describe("frames on the wire", () => {
  const bytes = Buffer.concat([
    Buffer.from(head),
    frame(0x81, Buffer.from("hi"), [1, 2, 3, 4]),
    frame(0x02, Buffer.alloc(300, 7)),
    frame(0xc0, Buffer.alloc(70_000, 9)),
    frame(0x88, Buffer.from([3, 232])),
  ]);

  it.each([1, 7, 1_000, 100_000])("are taken out of chunks of %i bytes", (chunk) => {
    const { heads, frames } = readAll(bytes, chunk);
    expect(heads).toEqual([head.trimEnd()]);
    expect(frames.map((it) => [it.fin, it.rsv1, it.opcode, it.masked, it.payload.length])).toEqual([
      [true, false, 1, true, 2],
      [false, false, 2, false, 300],
      [true, true, 0, false, 70_000],
      [true, false, 8, false, 2],
    ]);
    expect(frames[0]!.payload.toString()).toBe("hi");
  });

  it("are not looked for where there are none", () => {
    const { frames } = readAll(Buffer.alloc(200_000, "x"), 1_000);
    expect(frames).toEqual([]);
  });
});
