// Streams of frames that were right once: built from the grammar, then changed at random places.
import { constants, deflateRawSync } from "node:zlib";
import { closeBody, encode, op } from "./frame.ts";
import type { Random } from "../../support/random.ts";
import type { FrameSpec } from "./frame.ts";

const texts = [
  "",
  "a",
  "hello",
  "grüße",
  "€😀",
  "x".repeat(125),
  "y".repeat(126),
  "z€".repeat(300),
];
const codes = [
  1000, 1001, 1002, 1003, 1007, 1011, 1014, 3000, 4999, 0, 999, 1004, 1005, 1006, 1015, 5000,
];

function payloadOf(random: Random): Buffer {
  const text = Buffer.from(texts[random(texts.length)] as string);
  return random(5) > 0 ? text : Buffer.from(Array.from({ length: random(200) }, () => random(256)));
}

function message(random: Random, compressed: boolean): FrameSpec[] {
  const opcode = random(3) > 0 ? op.text : op.binary;
  const plain = payloadOf(random);
  const squeeze = compressed && random(3) > 0;
  const payload = squeeze
    ? deflateRawSync(plain, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4)
    : plain;
  const rsv = squeeze ? 4 : 0;
  const cut = random(payload.length + 1);
  const ping: FrameSpec = { opcode: random(2) > 0 ? op.ping : op.pong, payload: "p" };
  if (random(3) > 0) return [{ opcode, rsv, payload }];
  return [
    { opcode, rsv, payload: payload.subarray(0, cut), fin: false },
    ...(random(2) > 0 ? [ping] : []),
    { opcode: op.continuation, payload: payload.subarray(cut) },
  ];
}

/** Frames that are right, with a close at the end of some. */
export function validFrames(random: Random, compressed: boolean): FrameSpec[] {
  const frames: FrameSpec[] = [];
  for (let count = 1 + random(5); count > 0; count -= 1)
    frames.push(...message(random, compressed));
  if (random(2) > 0)
    frames.push({ opcode: op.close, payload: closeBody(codes[random(9)] as number, "bye") });
  return frames;
}

function change(bytes: Buffer, random: Random): Buffer {
  const at = random(bytes.length + 1);
  const byte = (): number =>
    [0, 0x7e, 0x7f, 0x80, 0xfe, 0xff, 0x88, random(256)][random(8)] as number;
  switch (random(6)) {
    case 0:
      if (at < bytes.length) bytes[at] = (bytes[at] as number) ^ (1 << random(8));
      return bytes;
    case 1:
      if (at < bytes.length) bytes[at] = byte();
      return bytes;
    case 2:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + random(8))]);
    case 3:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(random(at + 1))]);
    case 4:
      return Buffer.concat([
        bytes.subarray(0, at),
        Buffer.alloc(random(9), byte()),
        bytes.subarray(at),
      ]);
    default:
      return bytes.subarray(0, at);
  }
}

/** The bytes of such frames, spoiled by up to `changesMax` changes. */
export function mutatedStream(
  random: Random,
  { masked, compressed, changesMax }: { masked: boolean; compressed: boolean; changesMax: number },
): Buffer {
  const frames = validFrames(random, compressed).map((frame): FrameSpec => {
    if (random(12) > 0) return frame;
    const which = random(4);
    if (which === 0) return { ...frame, opcode: random(16) };
    if (which === 1) return { ...frame, rsv: random(8) };
    if (which === 2) return { ...frame, fin: random(2) === 0 };
    return { ...frame, saidLength: BigInt([0, 125, 126, 70_000, 2 ** 40][random(5)] as number) };
  });
  let bytes: Buffer = Buffer.concat(frames.map((frame) => encode(frame, masked)));
  for (let count = random(changesMax + 1); count > 0; count -= 1) bytes = change(bytes, random);
  return bytes;
}

/** Cuts bytes at random places. */
export function cuts(bytes: Buffer, random: Random, most: number): Buffer[] {
  const places = Array.from({ length: random(most + 1) }, () => random(bytes.length + 1));
  const ends = [...new Set([...places, bytes.length])].toSorted((a, b) => a - b);
  return ends
    .map((end, at) => bytes.subarray(ends[at - 1] ?? 0, end))
    .filter((piece) => piece.length > 0);
}
