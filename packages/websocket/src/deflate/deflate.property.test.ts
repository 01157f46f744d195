import { constants, deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InflatingDecoder } from "./decoder.ts";
import { History } from "./history.ts";
import { checkDeflateOptions } from "./options.ts";
import type { MessageDecoder } from "../connection/extension.ts";
import type { Role } from "../connection/machine.ts";
import { eventsOf } from "../testing/feed.ts";
import { buildFrame, cutAt, masked } from "../testing/frames.ts";

const config = checkDeflateOptions({});
const limits = { payloadBytesMax: 40_000, fragmentsMax: 50 };
const windowBytes = 2 ** 15;

const decoderFor = (takesOver: boolean): MessageDecoder =>
  new InflatingDecoder(config, takesOver ? new History(windowBytes) : undefined);

/** A message, whether it is compressed, and where it is cut into fragments. The long ones are inflated in a thread. */
const messages = fc.record({
  text: fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 40 }),
    fc.constantFrom("so much of the same ".repeat(20), "grüße € 😀 ".repeat(2_000)),
  ),
  compressed: fc.boolean(),
  cuts: fc.array(fc.nat(100), { maxLength: 3 }),
  ping: fc.boolean(),
});
type Message = typeof messages extends fc.Arbitrary<infer One> ? One : never;

/** The frames of messages, compressed by zlib itself; with the earlier ones as a dictionary where that was agreed on. */
function streamOf(list: readonly Message[], role: Role, takesOver: boolean): Buffer {
  const frame = role === "server" ? masked : buildFrame;
  let earlier: Buffer = Buffer.alloc(0);
  const frames = list.flatMap(({ text, compressed, cuts, ping }) => {
    const plain = Buffer.from(text);
    const options = {
      finishFlush: constants.Z_SYNC_FLUSH,
      ...(takesOver && earlier.length > 0 ? { dictionary: earlier } : {}),
    };
    const payload = compressed ? deflateRawSync(plain, options).subarray(0, -4) : plain;
    if (compressed) earlier = Buffer.concat([earlier, plain]).subarray(-windowBytes);
    const pieces = cutAt(payload, cuts);
    return pieces.flatMap((piece, at) => [
      ...(ping ? [frame({ opcode: 9, payload: "p" })] : []),
      frame({
        opcode: at === 0 ? 1 : 0,
        rsv: at === 0 && compressed ? 4 : 0,
        fin: at === pieces.length - 1,
        payload: piece,
      }),
    ]);
  });
  return Buffer.concat(frames);
}

const roles = fc.constantFrom<Role>("server", "client");

describe("any split of a compressed stream gives the same events", { timeout: 60_000 }, () => {
  it("for valid streams, and they are the messages that were sent", async () => {
    await fc.assert(
      fc.asyncProperty(
        roles,
        fc.boolean(),
        fc.array(messages, { maxLength: 5 }),
        fc.array(fc.nat(3_000), { maxLength: 20 }),
        async (role, takesOver, list, places) => {
          const bytes = streamOf(list, role, takesOver);
          const split = await eventsOf(cutAt(bytes, places), role, limits, decoderFor(takesOver));
          const plain = list.map((one) => ({ ...one, compressed: false }));
          const sent = await eventsOf([streamOf(plain, role, false)], role, limits, undefined);
          const isMessage = (event: string): boolean => event.startsWith("text");
          expect(split.filter(isMessage)).toEqual(sent.filter(isMessage));
          const whole = await eventsOf([Buffer.from(bytes)], role, limits, decoderFor(takesOver));
          expect(split).toEqual(whole);
        },
      ),
      { numRuns: 200 },
    );
  });

  it("for streams that were spoiled", async () => {
    const spoils = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(
        roles,
        fc.boolean(),
        fc.array(messages, { minLength: 1, maxLength: 3 }),
        spoils,
        fc.array(fc.nat(1_000), { maxLength: 20 }),
        async (role, takesOver, list, changes, places) => {
          const bytes = streamOf(list, role, takesOver);
          for (const [place, byte] of changes) bytes[place % bytes.length] = byte;
          const whole = await eventsOf([Buffer.from(bytes)], role, limits, decoderFor(takesOver));
          const split = await eventsOf(cutAt(bytes, places), role, limits, decoderFor(takesOver));
          expect(split).toEqual(whole);
        },
      ),
      { numRuns: 400 },
    );
  });
});
