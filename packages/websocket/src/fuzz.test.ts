import { describe, expect, it } from "vitest";
import { buildFrame, closeBytes, cutAt, masked } from "./testing/frames.ts";
import type { FrameSpec } from "./testing/frames.ts";
import { bytesInUse } from "./testing/memory.ts";
import { Recorder } from "./testing/recorder.ts";

// Mutated streams, in a number that is bounded; HAWSER_FUZZ_STREAMS makes it larger, HAWSER_FUZZ_SEED another.
const streams = Number(process.env["HAWSER_FUZZ_STREAMS"] ?? 20_000);
const firstSeed = Number(process.env["HAWSER_FUZZ_SEED"] ?? 1);

/** A small generator of random numbers (mulberry32), so that a seed gives its stream again. */
function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) % below;
  };
}

function streamOf(random: (below: number) => number, frame: (spec: FrameSpec) => Buffer): Buffer {
  const frames: Buffer[] = [];
  for (let count = random(6); count >= 0; count--) {
    const payload = Buffer.alloc(
      random(4) === 0 ? random(400) : random(12),
      random(2) === 0 ? "a€" : random(256),
    );
    frames.push(
      frame({
        opcode: [1, 2, 0, 9, 10, 8, 1, 0][random(8)] as number,
        fin: random(3) > 0,
        payload:
          random(10) === 0 ? closeBytes(1000 + random(20), payload.subarray(0, 100)) : payload,
      }),
    );
  }
  let bytes = Buffer.concat(frames);
  for (let count = random(5); count > 0; count--) {
    const at = random(bytes.length + 1);
    const how = random(5);
    if (how === 0 && at < bytes.length) bytes[at] = (bytes[at] as number) ^ (1 << random(8));
    else if (how === 1 && at < bytes.length)
      bytes[at] = [0, 0x7e, 0x7f, 0x80, 0xfe, 0xff][random(6)] as number;
    else if (how === 2)
      bytes = Buffer.concat([
        bytes.subarray(0, at),
        bytes.subarray(Math.min(bytes.length, at + random(8))),
      ]);
    else if (how === 3)
      bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(random(at + 1))]);
    else
      bytes = Buffer.concat([
        bytes.subarray(0, at),
        Buffer.alloc(random(9), random(256)),
        bytes.subarray(at),
      ]);
  }
  return bytes;
}

describe(`${streams} mutated streams`, () => {
  it(
    "end in documented ways, the same for every split, in bounded time and memory",
    { timeout: 600_000 },
    async () => {
      const before = await bytesInUse();
      const endings = new Map<string, number>();
      for (let seed = firstSeed; seed < firstSeed + streams; seed++) {
        const random = randomOf(seed);
        const role = random(2) === 0 ? "server" : "client";
        const bytes = streamOf(random, role === "server" ? masked : buildFrame);
        const options = { payloadBytesMax: 600, fragmentsMax: 5 };
        // Nothing may throw: that alone would fail the test.
        const whole = new Recorder(role, options).feed(bytes).events;
        const places = Array.from({ length: random(6) }, () => random(bytes.length + 1));
        const split = new Recorder(role, options).feed(...cutAt(bytes, places)).events;
        if (split.join("\n") !== whole.join("\n")) expect(split, `seed ${seed}`).toEqual(whole);
        const last = whole.at(-1)?.split(" ") ?? ["nothing"];
        const ending = last[0] === "failed" ? (last[1] as string) : (last[0] as string);
        endings.set(ending, (endings.get(ending) ?? 0) + 1);
        const ended = whole.findIndex(
          (event) => event.startsWith("failed") || event.startsWith("close"),
        );
        if (ended !== -1) expect(ended, `seed ${seed}`).toBe(whole.length - 1);
      }
      // The streams reach into every corner, else this would show nothing.
      const expected = [
        "text",
        "close",
        "WS_RESERVED_BITS",
        "WS_RESERVED_OPCODE",
        "WS_CONTROL_FRAGMENTED",
        "WS_UNEXPECTED_CONTINUATION",
        "WS_EXPECTED_CONTINUATION",
        "WS_INVALID_UTF8",
        "WS_CLOSE_CODE",
        "WS_PAYLOAD_TOO_BIG",
        "WS_LENGTH_NOT_MINIMAL",
        "WS_MASK_MISSING",
        "WS_MASK_FORBIDDEN",
      ];
      expect([...endings.keys()]).toEqual(expect.arrayContaining(expected));
      expect((await bytesInUse()) - before).toBeLessThan(5_000_000);
    },
  );
});
