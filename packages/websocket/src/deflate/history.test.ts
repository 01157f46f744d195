import { describe, expect, it } from "vitest";
import * as fc from "fast-check";
import { History } from "./history.ts";

describe("the history of one direction", () => {
  it("is nothing at first", () => {
    expect(new History(256).dictionary).toBe(undefined);
  });

  it("is the end of all that was added, whatever the pieces", () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 700 }), { maxLength: 30 });
    fc.assert(
      fc.property(fc.constantFrom(256, 1024, 4096), pieces, (windowBytes, added) => {
        const history = new History(windowBytes);
        for (const piece of added) history.add(piece);
        const all = Buffer.concat(added);
        const expected = all.subarray(Math.max(0, all.length - windowBytes));
        expect(Buffer.from(history.dictionary ?? []).equals(expected)).toBe(true);
      }),
    );
  });

  it("keeps more when it is told to, where it may, and gives the end of it", () => {
    const history = new History(256, 1_024);
    const said = (bytes: number, value: number): void => history.add(Buffer.alloc(bytes, value));
    said(400, 1);
    expect(history.dictionary).toHaveLength(256);
    history.widen(10_000);
    said(700, 2);
    said(200, 3);
    expect(history.dictionary).toEqual(
      Buffer.concat([Buffer.alloc(124, 1), Buffer.alloc(700, 2), Buffer.alloc(200, 3)]),
    );
    expect(history.last(201)).toEqual(Buffer.concat([Buffer.of(2), Buffer.alloc(200, 3)]));
    history.widen(10);
    expect(history.dictionary).toHaveLength(1_024);
  });

  it("takes no more memory than a window and a quarter, and little while little was said", () => {
    const history = new History(32_768);
    history.add(Buffer.alloc(10));
    expect(history.dictionary?.buffer.byteLength).toBe(1_024);
    for (let n = 0; n < 5_000; n++) history.add(Buffer.alloc(97));
    history.add(Buffer.alloc(1_000_000));
    expect(history.dictionary).toHaveLength(32_768);
    expect(history.dictionary?.buffer.byteLength).toBe(40_960);
  });
});
