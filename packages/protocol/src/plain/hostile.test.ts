import { describe, expect, it } from "vitest";
import { thrownBy } from "../../testing/expect-error.ts";
import { target } from "../../testing/fuzz-plain.ts";
import { leastGrowthOf, linearGrowthMax } from "../../testing/growth.ts";
import { randomSource } from "../../testing/wire.ts";
import { defaultPlainLimits } from "../limits.ts";
import { PlainDecoder } from "./decoder.ts";
import { encodePlain } from "./encoder.ts";
import { decodePlainMsgpack, encodePlainMsgpack } from "./msgpack/codec.ts";
import { plainOfSocketIo } from "./splice.ts";

const size = 1_000;
const limits = { ...defaultPlainLimits, messageBytesMax: Infinity, binariesMax: Infinity };
const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "hex"));

// Each is a text of n times something: valid ones, and those meant to make a reader go back.
const texts: Record<string, (n: number) => string> = {
  "a long name": (n) => `{"event":"${"x".repeat(n)}","data":[]}`,
  "a long name that does not end": (n) => `{"event":"${"x".repeat(n)}`,
  "many arguments": (n) => `{"event":"a","data":[${"1,".repeat(n)}1]}`,
  "a list that does not end": (n) => `{"event":"a","data":[${"[],".repeat(n)}]}`,
  "a long id": (n) => `{"event":"a","data":[],"id":${"1".repeat(n)}}`,
  "many unknown keys": (n) => `{${Array.from({ length: n / 10 }, (_, i) => `"k${i}":1`).join()}}`,
  "a long pointer": (n) => `{"event":"a","${"~/".repeat(n)}":1}`,
  "backslashes that escape the end": (n) => `{"event":"${"\\".repeat(2 * n + 1)}"}`,
  "lists that are never closed": (n) => "[".repeat(n),
  "spaces, and no end": (n) => `{"event":"a",${" ".repeat(n)}`,
  "digits, and no end": (n) => `{"ping":${"1".repeat(n)}`,
  "many marks": (n) => `{"event":"a","data":[${'{"$binary":0},'.repeat(n)}1],"binary":1}`,
  "many that only look like marks": (n) =>
    `{"event":"a","data":[${'{"$$binary":0},'.repeat(n)}1],"binary":1}`,
  "a mark with many dollars": (n) =>
    `{"event":"a","data":[{"${"$".repeat(n)}binary":0}],"binary":1}`,
};

const works: Record<string, (n: number) => () => unknown> = {
  "MessagePack of many keys": (n) => {
    const object = Object.fromEntries(Array.from({ length: n / 10 }, (_, i) => [`k${i}`, i]));
    const message = { type: "event", event: "a", data: [object] } as const;
    return () => decodePlainMsgpack(encodePlainMsgpack(message), "client", limits);
  },
  "MessagePack of many values, one of them gone": (n) => {
    const data = Array.from({ length: n }, (_, i) => ({ i, gone: undefined }));
    const message = { type: "event", event: "a", data } as const;
    return () => decodePlainMsgpack(encodePlainMsgpack(message), "client", limits);
  },
  "MessagePack of one long text": (n) => {
    const message = { type: "event", event: "€".repeat(10 * n), data: [] } as const;
    return () => decodePlainMsgpack(encodePlainMsgpack(message), "client", limits);
  },
  "MessagePack that is no UTF-8 at its end": (n) => {
    const bytes = encodePlainMsgpack({ type: "event", event: "€".repeat(10 * n), data: [] });
    bytes[bytes.length - 1] = 0xff;
    return () => thrownBy(() => decodePlainMsgpack(bytes, "client", limits));
  },
  "frames, one by one": (n) => () => {
    const decoder = new PlainDecoder("client", { limits });
    decoder.decodeText(`{"event":"a","binary":${n}}`);
    for (let i = 0; i < n; i++) decoder.decodeBinary(new Uint8Array(1));
  },
  "writing many that look like marks": (n) => {
    const data = [new Uint8Array(1), ...Array.from({ length: n }, () => ({ $binary: 0 }))];
    return () => encodePlain({ type: "event", event: "a", data });
  },
  "splicing many placeholders": (n) => {
    const text = `5${n}-["a"${Array.from({ length: n }, (_, i) => `,{"_placeholder":true,"num":${i}},0`).join("")}]`;
    return () => plainOfSocketIo(text);
  },
  "splicing what is no placeholder": (n) => {
    const text = `51-["a"${',"_placeholder"'.repeat(n)},{"_placeholder":true,"num":0}]`;
    return () => plainOfSocketIo(text);
  },
};

describe("the plain codec is linear in", () => {
  it.each(Object.entries(texts))("%s", (_, make) => {
    const growth = leastGrowthOf(size, (n) => {
      const text = make(n);
      return () => {
        const decoder = new PlainDecoder("client", { limits });
        thrownBy(() => decoder.decodeText(text) ?? decoder.decodeBinary(new Uint8Array(1)));
      };
    });
    expect(growth.hundredfold).toBeLessThan(linearGrowthMax);
  });

  it.each(Object.entries(works))("%s", (_, prepare) => {
    expect(leastGrowthOf(size, prepare).hundredfold).toBeLessThan(linearGrowthMax);
  });
});

describe("the plain codec holds no more than it was sent", () => {
  it.each(["ddffffffff", "dfffffffff", "c6ffffffff", "dbffffffff", "91ddffffffff"])(
    "when %s counts what is not there",
    (text) => {
      const before = process.memoryUsage().arrayBuffers;
      for (let round = 0; round < 1_000; round++) thrownBy(() => decodePlainMsgpack(hex(text)));
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(5_000_000);
    },
  );

  it("says little of a long message", () => {
    const text = `{"event":"a","${"~".repeat(10_000)}":1,"namespace":"/${"n".repeat(10_000)}"}`;
    const error = thrownBy(() => new PlainDecoder().decodeText(text)) as { at: string };
    expect(error.at).toHaveLength(1_024);
    expect(error).toHaveProperty("namespace", undefined);
  });
});

describe("mutated messages", () => {
  it("are read, or refused with a place in them, and each form says the same", () => {
    const random = randomSource(11);
    const seen = new Set<string>();
    for (let round = 0; round < 4_000; round++) {
      const input = Buffer.from(target.seeds[random(target.seeds.length)]!);
      for (let change = random(3); change >= 0; change--) {
        const word = target.words[random(target.words.length)]!;
        const at = 1 + random(input.length - 1);
        if (random(2) === 0) input[at] = random(256);
        else word.copy(input, at);
      }
      target.run(input, (feature) => seen.add(feature));
    }
    expect(seen.size).toBeGreaterThan(15);
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });
});
