import { describe, expect, it } from "vitest";
import { TypingSignal } from "./typing-signal.ts";

describe("TypingSignal", () => {
  it("tells at once, then now and then, then that it is over", () => {
    const told: boolean[] = [];
    const signal = new TypingSignal((on) => told.push(on));
    signal.typed(0);
    signal.typed(1000);
    expect(told).toEqual([true]);
    signal.typed(2500);
    expect(told).toEqual([true, true]);
    signal.tick(6000);
    expect(told).toEqual([true, true]);
    signal.tick(6500);
    expect(told).toEqual([true, true, false]);
    signal.stopped();
    signal.tick(9000);
    expect(told).toHaveLength(3);
  });
});
