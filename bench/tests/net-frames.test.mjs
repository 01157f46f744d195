import assert from "node:assert/strict";
import { test } from "node:test";
import { readFrames, textFrame } from "../servers/net-frames.mjs";

function maskedFrame(data, mask) {
  const header =
    data.length < 126
      ? [0x81, 0x80 | data.length]
      : [0x81, 0xfe, data.length >> 8, data.length & 255];
  const masked = data.map((byte, i) => byte ^ mask[i & 3]);
  return Buffer.concat([Buffer.from(header), Buffer.from(mask), masked]);
}

test("frames of every length come back unmasked, at every alignment", () => {
  for (let length = 0; length < 300; length++) {
    const data = Buffer.from(Array.from({ length }, (_, i) => 97 + ((i * 7 + length) % 26)));
    const frame = maskedFrame(data, [length & 255, 0x80, 3, 0xff]);
    const memory = Buffer.alloc(frame.length + 8);
    const at = length % 5;
    frame.copy(memory, at);
    const { replies, rest } = readFrames(memory.subarray(at, at + frame.length));
    assert.deepEqual(replies, textFrame(data.toString()), `length ${length}`);
    assert.equal(rest, undefined);
  }
});

test("a cut frame is kept for later", () => {
  const whole = maskedFrame(Buffer.from("hello"), [1, 2, 3, 4]);
  for (let cut = 0; cut < whole.length; cut++) {
    const first = readFrames(Buffer.concat([whole, whole.subarray(0, cut)]));
    assert.deepEqual(first.replies, textFrame("hello"));
    const second = readFrames(Buffer.concat([first.rest ?? Buffer.alloc(0), whole.subarray(cut)]));
    assert.deepEqual(second.replies, textFrame("hello"));
  }
});
