import { constants, deflateRawSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import * as fc from "fast-check";
import type { DecodeFailure } from "../connection/extension.ts";
import { deflateNowBytesMax, finalBlocksMax, inflateNowOutputBytesMax } from "../limits.ts";
import { memoryInUse } from "../testing/memory.ts";
import { InflatingDecoder } from "./decoder.ts";
import { smallestWindowHolds } from "./deflate.ts";
import { DeflatingEncoder } from "./encoder.ts";
import { History } from "./history.ts";
import { checkDeflateOptions } from "./options.ts";
import { zlibQueue } from "./zlib-queue.ts";

const config = checkDeflateOptions({ threshold: 0 });

/** A message as zlib itself makes it, by itself. */
function deflate(data: string | Uint8Array): Buffer {
  return deflateRawSync(data, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
}

function decode(
  decoder: InflatingDecoder,
  payload: Uint8Array,
  bytesMax = Infinity,
): Promise<string> {
  return new Promise((resolve) => {
    decoder.decode(Buffer.from(payload), bytesMax, (result: Buffer | DecodeFailure) =>
      resolve(result.toString()),
    );
  });
}

const fresh = (): InflatingDecoder => new InflatingDecoder(config, undefined);
const keeping = (): InflatingDecoder => new InflatingDecoder(config, new History(32_768));

/** The examples of RFC 7692, section 7.2.3. */
describe("inflates the examples of RFC 7692", () => {
  it.each([
    ["7.2.3.1, a message with the default tables", ["f248cdc9c90700"]],
    ["7.2.3.2, two messages with context taken over", ["f248cdc9c90700", "f200110000"]],
    ["7.2.3.3, a block without compression", ["000500faff48656c6c6f00"]],
    ["7.2.3.4, a final block", ["f348cdc9c9070000"]],
    ["7.2.3.5, two blocks", ["f248050000 00ffffcac9c90700".replace(" ", "")]],
  ])("%s", async (_, messages) => {
    const decoder = keeping();
    for (const hex of messages)
      expect(await decode(decoder, Buffer.from(hex, "hex"))).toBe("Hello");
  });

  it("7.2.3.6, an empty message", async () => {
    expect(await decode(fresh(), Buffer.of(0))).toBe("");
    expect(await decode(fresh(), Buffer.from("0200", "hex"))).toBe("");
  });
});

describe("takes what senders make of it", () => {
  it("no bytes at all", async () => {
    expect(await decode(keeping(), Buffer.of())).toBe("");
  });

  it("a final block at the very end", async () => {
    const decoder = keeping();
    expect(await decode(decoder, deflateRawSync("Hello"))).toBe("Hello");
    expect(await decode(decoder, deflateRawSync("again"))).toBe("again");
  });

  it("several final blocks, which refer back over each other", async () => {
    const text = "said before, and said again; ".repeat(20);
    const first = deflateRawSync(text);
    const second = deflateRawSync(text, { dictionary: Buffer.from(text) });
    expect(second.length).toBeLessThan(20);
    const message = Buffer.concat([first, second, first, Buffer.of(0)]);
    expect(await decode(keeping(), message)).toBe(text + text + text);
    // The same in threads.
    const long = "x".repeat(inflateNowOutputBytesMax + 1);
    const rest = deflateRawSync(text, { dictionary: Buffer.from(long) });
    expect(await decode(keeping(), Buffer.concat([deflateRawSync(long), rest]))).toBe(long + text);
  });

  it("a message that refers back to the start of its window", async () => {
    const decoder = keeping();
    const noise = Buffer.from(Uint8Array.from({ length: 32_768 }, () => Math.random() * 256));
    await decode(decoder, deflate(noise.subarray(0, 20_000)));
    await decode(decoder, deflate(noise.subarray(20_000)));
    const again = deflateRawSync(noise.subarray(300, 600), {
      dictionary: noise,
      finishFlush: constants.Z_SYNC_FLUSH,
    });
    expect(again.length).toBeLessThan(40);
    const told = await new Promise<Buffer>((resolve) => {
      decoder.decode(again.subarray(0, -4), 1_000, (result) => resolve(result as Buffer));
    });
    expect(told.equals(noise.subarray(300, 600))).toBe(true);
  });
});

describe("refuses what is no deflate data", () => {
  const whole = deflate("a message that is long enough to be cut");
  it.each([
    ["a reserved block type", Buffer.of(0x07)],
    ["a stored block with a wrong length", Buffer.from("0005001234", "hex")],
    [
      "a reference to before the beginning",
      deflateRawSync("abcabcabc", {
        dictionary: Buffer.from("abc"),
        finishFlush: constants.Z_SYNC_FLUSH,
      }).subarray(0, -4),
    ],
    ["a message that is cut off", whole.subarray(0, -1)],
    ["a message that is cut off early", whole.subarray(0, 9)],
    ["a tail that was left on", Buffer.concat([whole, Buffer.from("0000ffff", "hex")])],
    ["garbage behind a final block", Buffer.concat([deflateRawSync("x"), Buffer.from("garbage")])],
  ])("%s", async (_, payload) => {
    expect(await decode(fresh(), payload)).toBe("WS_EXTENSION_DATA");
  });

  it("context where none is taken over", async () => {
    const decoder = fresh();
    expect(await decode(decoder, Buffer.from("f248cdc9c90700", "hex"))).toBe("Hello");
    expect(await decode(decoder, Buffer.from("f200110000", "hex"))).toBe("WS_EXTENSION_DATA");
  });

  it("a window that is larger than was agreed on", async () => {
    const noise = Buffer.from(Uint8Array.from({ length: 400 }, () => Math.random() * 256));
    const decoder = new InflatingDecoder(config, new History(256));
    await decode(decoder, deflate(noise));
    const again = deflateRawSync(noise.subarray(0, 100), {
      dictionary: noise,
      finishFlush: constants.Z_SYNC_FLUSH,
    });
    expect(await decode(decoder, again.subarray(0, -4))).toBe("WS_EXTENSION_DATA");
  });

  it("final blocks without end", async () => {
    const blocks = (count: number): Buffer => Buffer.from("0300".repeat(count), "hex");
    expect(await decode(fresh(), blocks(finalBlocksMax - 1))).toBe("");
    expect(await decode(fresh(), blocks(finalBlocksMax + 1))).toBe("WS_EXTENSION_DATA");
    expect(await decode(fresh(), blocks(100_000))).toBe("WS_EXTENSION_DATA");
  });
});

describe("stops at the limit", () => {
  it.each([0, 1, 1_000, inflateNowOutputBytesMax, inflateNowOutputBytesMax + 1, 200_000])(
    "of %i bytes",
    async (limit) => {
      const text = "x".repeat(limit);
      expect((await decode(fresh(), deflate(text), limit)).length).toBe(limit);
      expect(await decode(fresh(), deflate(`${text}x`), limit)).toBe("WS_PAYLOAD_TOO_BIG");
    },
  );

  it("over several final blocks", async () => {
    const part = deflateRawSync("x".repeat(60));
    expect(await decode(fresh(), Buffer.concat([part, part]), 119)).toBe("WS_PAYLOAD_TOO_BIG");
    expect(await decode(fresh(), Buffer.concat([part, part]), 120)).toBe("x".repeat(120));
  });

  it("while it inflates: a bomb of 1 GiB takes no more than a message may have", async () => {
    // 1 MiB of it 1,024 times over.
    const stream = deflateRawSync(Buffer.alloc(1 << 20), { finishFlush: constants.Z_FULL_FLUSH });
    const bomb = Buffer.concat([...Array<Buffer>(1_024).fill(stream), Buffer.of(0)]);
    await decode(fresh(), deflate("warm"), 1_000_000);
    const before = (await memoryInUse()).rss;
    let most = 0;
    const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().rss)), 1);
    const started = performance.now();
    expect(await decode(fresh(), bomb, 1_000_000)).toBe("WS_PAYLOAD_TOO_BIG");
    most = Math.max(most, process.memoryUsage().rss);
    clearInterval(watch);
    expect(most - before).toBeLessThan(24_000_000);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

it("inflates no more at once than some milliseconds of work, then leaves the loop to others", async () => {
  const payload = deflate("x".repeat(30_000));
  const decoder = fresh();
  let atOnce = 0;
  const all: Promise<void>[] = [];
  for (let n = 0; n < 500; n++) {
    all.push(
      new Promise((resolve) => {
        let late = false;
        decoder.decode(payload, 100_000, () => {
          if (!late) atOnce++;
          resolve();
        });
        late = true;
      }),
    );
  }
  await Promise.all(all);
  expect(atOnce).toBeGreaterThan(100);
  expect(atOnce).toBeLessThan(150);
});

it("works on no more messages at a time than it is told, over the process (nodejs/node #8871, ws #1202)", async () => {
  const few = checkDeflateOptions({ concurrencyLimit: 3, threshold: 0 });
  zlibQueue.peak = 0;
  const text = "y".repeat(100_000);
  const payload = deflate(text);
  const decoder = new InflatingDecoder(few, undefined);
  const results = await Promise.all(
    Array.from({ length: 50 }, () => decode(decoder, payload, 200_000)),
  );
  expect(results.every((result) => result === text)).toBe(true);
  expect(zlibQueue.peak).toBe(3);
  await decode(decoder, payload);
  expect(zlibQueue.running).toBeLessThan(2);
});

describe("what an encoder makes", () => {
  /** Encodes a message; undefined: it goes out as it is. */
  function encode(
    encoder: DeflatingEncoder,
    data: string | Uint8Array,
  ): Promise<Buffer | undefined> {
    return new Promise((resolve, reject) => {
      const result = encoder.encode(data, (late) =>
        late instanceof Error ? reject(late) : resolve(late),
      );
      if (result === undefined || result instanceof Uint8Array) resolve(result);
    });
  }

  const message = fc.oneof(
    fc.string({ maxLength: 300 }),
    fc.constantFrom("the same again", "and again ".repeat(50), "x".repeat(deflateNowBytesMax + 1)),
    fc.nat(9_000).map((length) => "some words that come back, ".repeat(400).slice(0, length)),
    fc.uint8Array({ maxLength: 5_000 }).map((bytes) => Buffer.from(bytes).toString("latin1")),
  );

  it.each([8, 9, 12, 15])("is read back, message by message, with %i bits", async (bits) => {
    await fc.assert(
      fc.asyncProperty(fc.array(message, { maxLength: 12 }), fc.boolean(), async (texts, keeps) => {
        const encoder = new DeflatingEncoder(
          config,
          bits,
          keeps ? new History(Math.min(4_096, 2 ** bits), 2 ** bits) : undefined,
        );
        const decoder = new InflatingDecoder(config, keeps ? new History(2 ** bits) : undefined);
        // Encoded without waiting, as a connection does.
        const all = await Promise.all(texts.map((text) => encode(encoder, text)));
        for (const [n, bytes] of all.entries()) {
          if (bytes !== undefined) expect(await decode(decoder, bytes)).toBe(texts[n]);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("of 8 bits refers back by no more than 256 bytes, in what zlib takes for 9", async () => {
    expect(smallestWindowHolds()).toBe(true);
    const unit = Buffer.from(Uint8Array.from({ length: 257 }, () => Math.random() * 256));
    const encoder = new DeflatingEncoder(config, 8, new History(256));
    expect(await encode(encoder, Buffer.concat([unit, unit]))).toBe(undefined);
    const near = Buffer.concat([unit.subarray(0, 200), unit.subarray(0, 200)]);
    expect((await encode(encoder, near))?.length).toBeLessThan(250);
  });

  it("that would become longer goes out as it is, and is not part of the context", async () => {
    const noise = Buffer.from(Uint8Array.from({ length: 500 }, () => Math.random() * 256));
    const encoder = new DeflatingEncoder(config, 15, new History(4_096));
    expect(await encode(encoder, noise)).toBe(undefined);
    expect(await encode(encoder, noise)).toBe(undefined);
    // A large one that a thread works on.
    const large = Buffer.concat(Array<Buffer>(20).fill(noise)).map((byte, at) => byte ^ (at * 7));
    const alone = new DeflatingEncoder(config, 15, undefined);
    expect(await encode(alone, large)).toBe(undefined);
  });

  it("becomes shorter the second time where context is taken over", async () => {
    const text = '{"event":"moved","player":"somebody","x":123.5,"y":17.25}';
    const encoder = new DeflatingEncoder(config, 15, new History(4_096));
    const [first, second] = [await encode(encoder, text), await encode(encoder, text)];
    expect(second?.length).toBeLessThan((first?.length ?? 0) / 4);
  });

  it("finds a long message again that is much the same as the one before", async () => {
    const state = Array.from({ length: 400 }, (_, n) => `{"id":${(n * 7_919) % 9_973},"x":${n}}`);
    const encoder = new DeflatingEncoder(config, 15, new History(4_096, 32_768));
    const decoder = new InflatingDecoder(config, new History(32_768));
    const sizes: number[] = [];
    for (let n = 0; n < 4; n++) {
      state[n * 90] = `{"id":${n},"moved":true}`;
      const bytes = await encode(encoder, state.join());
      expect(await decode(decoder, bytes as Buffer)).toBe(state.join());
      sizes.push(bytes?.length ?? 0);
    }
    for (const size of sizes.slice(1)) expect(size).toBeLessThan((sizes[0] as number) / 10);
  });

  it("for several connections that send the same text in a tick is made once", async () => {
    const encoder = new DeflatingEncoder(config, 15, undefined);
    const text = "the same for all, ".repeat(30);
    const [one, two] = await Promise.all([encode(encoder, text), encode(encoder, text)]);
    expect(one).toBe(two);
    const long = text.repeat(20);
    const [three, four] = await Promise.all([encode(encoder, long), encode(encoder, long)]);
    expect(three).toBe(four);
    expect(await encode(encoder, text)).not.toBe(one);
  });

  it("is worth it from the threshold on, in bytes", () => {
    const encoder = new DeflatingEncoder(checkDeflateOptions({}), 15, undefined);
    expect(encoder.wants("x".repeat(1_023))).toBe(false);
    expect(encoder.wants("x".repeat(1_024))).toBe(true);
    expect(encoder.wants("é".repeat(511))).toBe(false);
    expect(encoder.wants("é".repeat(512))).toBe(true);
    expect(encoder.wants(Buffer.alloc(1_023))).toBe(false);
    expect(encoder.wants(Buffer.alloc(1_024))).toBe(true);
    const keeping = new DeflatingEncoder(checkDeflateOptions({}), 15, new History(4_096));
    expect(keeping.wants("x")).toBe(true);
    expect(keeping.wants("")).toBe(false);
  });
});
