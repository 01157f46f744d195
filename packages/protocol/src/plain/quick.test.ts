import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mutate, randomSource } from "../../testing/wire.ts";
import { thrownBy } from "../../testing/expect-error.ts";
import { request } from "../../testing/plain.ts";
import { defaultPlainLimits } from "../limits.ts";
import { encodePlain } from "./encoder.ts";
import { readQuickly } from "./quick.ts";
import { readRequest } from "./request.ts";

const fully = (text: string): unknown =>
  readRequest(JSON.parse(text), "frames", defaultPlainLimits);

const seeds = [
  '{"event":"chat","data":["hi",1]}',
  '{"event": "chat", "data": ["hi", [1]], "id": 70}',
  '{"event":"chat","data":[],"id":0}',
  '{"ack":7,"data":["ok"]}',
  '{"ack": 12, "data": []}',
  '{"event":"a","data":["],\\"id\\":7}"]}',
  '{"event":"a","data":[1],"data":[2],"id":3}',
  '{"event":"a","data":["\\\\"],"id":[3]}',
];

describe("readQuickly", () => {
  it("takes the frequent forms", () => {
    for (const text of seeds.slice(0, 6)) {
      expect(readQuickly(text, 0)).toEqual(fully(text));
      expect(readQuickly(`4${text}`, 1)).toEqual(fully(text));
    }
  });

  it.each([
    '{"event":"chat"}',
    '{"event":"a\\u0062","data":[]}',
    '{"event":"a\n","data":[]}',
    '{"event":"disconnect","data":[]}',
    '{"event":"a","data":[],"id":01}',
    '{"event":"a","data":[],"id":-1}',
    '{"event":"a","data":[],"id":9007199254740993}',
    '{"event":"a","data":[],"binary":1}',
    '{"event":"a","data":[],"namespace":"/a"}',
    '{"event":"a","data":[1],"x":[2]}',
    '{"event":"a","data":{"x":[2]}}',
    '{"event":"a","data":[1]]}',
    '{"event":"a","data":[1]} ',
    '{"event":"a","data":[1]',
    '{"ack":-7,"data":[]}',
    '{"ack":07,"data":[]}',
    '{"ack":7}',
    '{"ack":7.5,"data":[]}',
    '{"event":"a',
    '{"event":',
    "}",
  ])("leaves %s to the parser", (text) => {
    expect(readQuickly(text, 0)).toBeUndefined();
  });

  it("reads nothing that the parser would read otherwise", () => {
    const random = randomSource(5);
    let quick = 0;
    for (let round = 0; round < 50_000; round++) {
      const text = mutate(seeds[random(seeds.length)]!, random);
      const message = readQuickly(text, 0);
      if (message === undefined) continue;
      quick++;
      expect({ text, message }).toEqual({ text, message: fully(text) });
    }
    expect(quick).toBeGreaterThan(1_000);
  });

  it("reads what is written as it was meant", () => {
    fc.assert(
      fc.property(request, (message) => {
        const { text, attachments } = encodePlain(message);
        fc.pre(attachments.length === 0);
        const quick = readQuickly(text, 0);
        if (quick !== undefined) expect(quick).toEqual(fully(text));
        else expect(thrownBy(() => fully(text))).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });
});
