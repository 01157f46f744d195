import type { IncomingMessage } from "node:http";
import { gunzipSync, inflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { chooseEncoding, compressBody } from "./compress.ts";

function accepting(encodings: string | undefined): IncomingMessage {
  return { headers: { "accept-encoding": encodings } } as IncomingMessage;
}

describe("chooseEncoding", () => {
  const choices: [accept: string | undefined, chosen: string | undefined][] = [
    [undefined, undefined],
    ["", undefined],
    ["gzip", "gzip"],
    ["gzip, deflate, br", "gzip"],
    ["deflate, gzip, br", "deflate"],
    ["br", undefined],
    ["gzip;q=0.2, deflate;q=0.8", "deflate"],
    ["gzip;q=0", undefined],
    ["identity, gzip;q=0.5", undefined],
    ["*", "gzip"],
  ];
  for (const [accept, chosen] of choices) {
    it(`takes ${chosen} for ${JSON.stringify(accept)}`, () => {
      expect(chooseEncoding(accepting(accept))).toBe(chosen);
    });
  }
});

describe("compressBody", () => {
  const body = Buffer.from("hawser ".repeat(1_000));

  it("compresses with either encoding, and hands settings on to zlib", async () => {
    for (const [encoding, open] of [
      ["gzip", gunzipSync],
      ["deflate", inflateSync],
    ] as const) {
      const sizes: number[] = [];
      for (const level of [0, 9]) {
        const packed = await new Promise<Buffer>((resolve, reject) => {
          compressBody(body, encoding, { threshold: 1, level }, (error, made) => {
            if (error === null) resolve(made);
            else reject(error);
          });
        });
        expect(open(packed)).toEqual(body);
        sizes.push(packed.length);
      }
      expect(sizes[0]).toBeGreaterThan(body.length);
      expect(sizes[1]).toBeLessThan(body.length / 10);
    }
  });
});
