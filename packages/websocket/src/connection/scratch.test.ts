import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Scratch, scratchWith } from "./scratch.ts";
import type { Reserved } from "./scratch.ts";

describe("Scratch", () => {
  it("is used from its start again once nothing of it is spoken for", () => {
    const scratch = new Scratch();
    const [first, second] = [scratch.reserve(100), scratch.reserve(250)];
    expect([first.start, first.end, second.start, second.byteLength]).toEqual([0, 100, 100, 150]);
    scratch.release(first, false);
    expect(scratch.base).toBe(250);
    scratch.release(second, false);
    expect(scratch.base).toBe(0);
  });

  it("leaves to sockets what they still need", () => {
    const scratch = new Scratch();
    const [first, second] = [scratch.reserve(100), scratch.reserve(250)];
    scratch.release(first, true);
    scratch.release(second, false);
    expect(scratch.base).toBe(100);
    scratch.keep(180);
    expect(scratch.base).toBe(180);
  });

  it("extends a reservation that is the last one", () => {
    const scratch = new Scratch();
    const first = scratch.reserve(10);
    expect(scratch.extend(first, 25)).toBe(true);
    expect([first.end, scratch.base]).toEqual([25, 25]);
    scratch.reserve(30);
    expect(scratch.extend(first, 40)).toBe(false);
    expect(new Scratch().extend(first, 40)).toBe(false);
  });

  it("is replaced when there is no room left", () => {
    const scratch = scratchWith(65_536);
    expect(scratchWith(100)).toBe(scratch);
    scratch.keep(65_000);
    expect(scratchWith(100)).toBe(scratch);
    const next = scratchWith(1_000);
    expect(next).not.toBe(scratch);
    expect(next.base).toBe(0);
  });

  it("never gives out bytes that are spoken for", () => {
    const action = fc.tuple(
      fc.constantFrom("reserve", "extend", "done", "keep"),
      fc.nat(1_000),
      fc.nat(),
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        const scratch = new Scratch();
        const live: Reserved[] = [];
        const kept: [number, number][] = [];
        const free = (start: number, end: number): void => {
          for (const other of live) expect(end <= other.start || start >= other.end).toBe(true);
          for (const [from, to] of kept) expect(end <= from || start >= to).toBe(true);
        };
        for (const [what, size, which] of actions) {
          const end = scratch.base + size + 1;
          const chosen = live[which % Math.max(live.length, 1)];
          if (what === "reserve") {
            free(scratch.base, end);
            live.push(scratch.reserve(end));
          } else if (what === "extend" && chosen !== undefined) {
            const before = scratch.base;
            if (scratch.extend(chosen, end)) expect(chosen.end).toBe(end);
            else expect(scratch.base).toBe(before);
          } else if (chosen !== undefined) {
            live.splice(live.indexOf(chosen), 1);
            if (what === "keep") kept.push([chosen.start, chosen.end]);
            scratch.release(chosen, what === "keep");
          }
          free(scratch.base, scratch.base + 1);
        }
      }),
    );
  });
});
