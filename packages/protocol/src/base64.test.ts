import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { protocolError } from "../testing/expect-error.ts";
import type { Base64 } from "./base64.ts";
import { base64, strictBase64 } from "./base64.ts";

const overBuffer = strictBase64({
  encode: (bytes) => Buffer.from(bytes).toString("base64"),
  decode: (text) => Buffer.from(text, "base64"),
});

const implementations: [string, Base64][] = [
  ["base64", base64],
  ["strictBase64 over Buffer", overBuffer],
];

// RFC 4648 section 10.
const vectors = [
  ["", ""],
  ["f", "Zg=="],
  ["fo", "Zm8="],
  ["foo", "Zm9v"],
  ["foob", "Zm9vYg=="],
  ["fooba", "Zm9vYmE="],
  ["foobar", "Zm9vYmFy"],
] as const;

const invalid =
  "A AA AAA AAAAA = == === ==== A=== AA=A =AAA A=AA AAAA= AA==AAAA AAA=AAAA !!!! AQ-_ AQ_A éAAA AAA\u0141"
    .split(" ")
    .concat("AA A", "AAA\n", " AAA")
    // Unused bits that are not zero.
    .concat("Zh==", "Zm9=", "A//=", "/x==");

describe.each(implementations)("%s", (_, codec) => {
  it.each(vectors)("RFC 4648: %o is %o", (plain, encoded) => {
    expect(codec.encode(Buffer.from(plain))).toBe(encoded);
    expect(Buffer.from(codec.decode(encoded)).toString()).toBe(plain);
  });

  it.each(invalid)("refuses %o", (text) => {
    expect(() => codec.decode(text)).toThrow(protocolError("BASE64_INVALID"));
  });

  it("refuses an invalid character at every place of a long text", () => {
    const text = Buffer.alloc(99, 7).toString("base64");
    for (let at = 0; at < text.length; at++) {
      expect(() => codec.decode(`${text.slice(0, at)}*${text.slice(at + 1)}`)).toThrow(
        protocolError("BASE64_INVALID"),
      );
    }
  });

  it("agrees with Node on any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const encoded = codec.encode(bytes);
        expect(encoded).toBe(Buffer.from(bytes).toString("base64"));
        expect(Uint8Array.from(codec.decode(encoded))).toEqual(bytes);
      }),
    );
  });

  it("encodes more than one chunk, and a view into a larger buffer", () => {
    const bytes = Buffer.from(Array.from({ length: 100_003 }, (_, i) => i % 251));
    expect(codec.encode(bytes)).toBe(bytes.toString("base64"));
    const view = bytes.subarray(3, 20_004);
    expect(codec.encode(view)).toBe(view.toString("base64"));
    expect(Buffer.from(codec.decode(view.toString("base64"))).equals(view)).toBe(true);
  });
});

describe("both implementations", () => {
  it("give the same verdict on any text", () => {
    const unit = fc.constantFrom("A", "Q", "g", "w", "9", "+", "/", "=", "-", "_", "é", " ", "Ł");
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 12 }), (units) => {
        const text = units.join("");
        expect(verdict(overBuffer, text)).toEqual(verdict(base64, text));
      }),
      { numRuns: 5_000 },
    );
  });
});

function verdict(codec: Base64, text: string): unknown {
  try {
    return [...codec.decode(text)];
  } catch (error) {
    return (error as { code: string }).code;
  }
}
