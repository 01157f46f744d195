import { constants, deflateRawSync } from "node:zlib";
import { expect, it } from "vitest";
import * as fc from "fast-check";
import type { Role } from "../connection/machine.ts";
import { buildFrame, cutAt, testKey } from "../testing/frames.ts";
import { Recorder } from "../testing/recorder.ts";
import { InflatingDecoder } from "./decoder.ts";
import { History } from "./history.ts";
import { checkDeflateOptions } from "./options.ts";

const config = checkDeflateOptions({});

interface Said {
  readonly text: string;
  readonly binary: boolean;
  readonly compressed: boolean;
  /** Where its payload is cut into frames. */
  readonly cuts: readonly number[];
  readonly ping: boolean;
}

const said: fc.Arbitrary<Said> = fc.record({
  text: fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 60 }),
    fc.constantFrom("", "again and again ".repeat(30)),
  ),
  binary: fc.boolean(),
  compressed: fc.boolean(),
  cuts: fc.array(fc.nat(80), { maxLength: 3 }),
  ping: fc.boolean(),
});

/** The bytes of these messages, compressed by one zlib stream's worth of context. */
function bytesOf(messages: readonly Said[], role: Role): Buffer {
  let context = Buffer.alloc(0);
  const key = role === "server" ? { key: testKey } : {};
  const frames: Buffer[] = [];
  for (const message of messages) {
    let payload: Buffer = Buffer.from(message.text);
    if (message.compressed) {
      const dictionary = context.length === 0 ? {} : { dictionary: context };
      const plain = payload;
      payload = deflateRawSync(plain, { ...dictionary, finishFlush: constants.Z_SYNC_FLUSH });
      payload = payload.subarray(0, -4);
      context = Buffer.concat([context, plain]).subarray(-32_768);
    }
    const pieces = message.cuts.length === 0 ? [payload] : cutAt(payload, message.cuts);
    for (const [n, piece] of pieces.entries()) {
      const opcode = n > 0 ? 0 : message.binary ? 2 : 1;
      const rsv = n === 0 && message.compressed ? 4 : 0;
      frames.push(
        buildFrame({ opcode, rsv, fin: n === pieces.length - 1, payload: piece, ...key }),
      );
      if (message.ping && n === 0) frames.push(buildFrame({ opcode: 9, payload: "p", ...key }));
    }
  }
  return Buffer.concat(frames);
}

it.each<Role>(["server", "client"])(
  "any split of compressed messages gives the same events, on a %s",
  (role) => {
    fc.assert(
      fc.property(
        fc.array(said, { minLength: 1, maxLength: 8 }),
        fc.array(fc.nat(2_000), { maxLength: 20 }),
        (messages, places) => {
          const told = (chunks: Buffer[]): string[] =>
            new Recorder(role, {}, new InflatingDecoder(config, new History(32_768))).feed(
              ...chunks,
            ).events;
          const bytes = bytesOf(messages, role);
          const whole = told([bytes]);
          expect(whole.filter((event) => /^(text|binary)/.test(event))).toHaveLength(
            messages.length,
          );
          expect(whole.some((event) => event.startsWith("failed"))).toBe(false);
          expect(told(cutAt(bytes, places))).toEqual(whole);
        },
      ),
      { numRuns: 200 },
    );
  },
);

it("nothing that is done to the bytes throws, and what is told is told once", () => {
  fc.assert(
    fc.property(
      fc.array(said, { minLength: 1, maxLength: 6 }),
      fc.array(fc.tuple(fc.nat(2_000), fc.nat(255)), { minLength: 1, maxLength: 6 }),
      (messages, changes) => {
        const bytes = bytesOf(messages, "server");
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        const decoder = new InflatingDecoder(config, new History(32_768));
        const recorder = new Recorder("server", { payloadBytesMax: 30_000 }, decoder).feed(bytes);
        expect(recorder.events.filter((event) => event.startsWith("failed")).length).toBeLessThan(
          2,
        );
      },
    ),
    { numRuns: 500 },
  );
});
