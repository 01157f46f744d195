import { describe, expect, it } from "vitest";
import { Emitter } from "./emitter.ts";
import type { DefaultEventsMap } from "./events.ts";

class Plain extends Emitter<DefaultEventsMap, DefaultEventsMap> {}

function recorder(): { calls: unknown[][]; listener: (...args: unknown[]) => void } {
  const calls: unknown[][] = [];
  return { calls, listener: (...args) => calls.push(args) };
}

describe("Emitter", () => {
  it("calls listeners in the order in which they were added, with all arguments and itself as this", () => {
    const emitter = new Plain();
    const order: unknown[] = [];
    emitter.on("a", function (this: unknown, ...args: unknown[]) {
      order.push(1, this === emitter, ...args);
    });
    emitter.on("a", () => order.push(2));
    emitter.emit("a", "x", 3);
    expect(order).toEqual([1, true, "x", 3, 2]);
  });

  it("calls a listener added with once only once, even when it emits the same event", () => {
    const emitter = new Plain();
    let calls = 0;
    emitter.once("a", () => {
      calls++;
      emitter.emit("a");
    });
    emitter.emit("a");
    expect(calls).toBe(1);
    expect(emitter.hasListeners("a")).toBe(false);
  });

  it("removes a listener, all of an event, or all", () => {
    const emitter = new Plain();
    const { calls, listener } = recorder();
    emitter.on("a", listener).once("a", listener).on("b", listener).addEventListener("c", listener);
    emitter.off("a", listener).off("a", listener);
    emitter.emit("a");
    expect(calls).toEqual([]);
    emitter.removeAllListeners("b");
    emitter.emit("b");
    expect(calls).toEqual([]);
    emitter.removeListener();
    emitter.emit("c");
    expect(calls).toEqual([]);
  });

  it("removes one of two equal listeners at a time", () => {
    const emitter = new Plain();
    const { calls, listener } = recorder();
    emitter.on("a", listener).on("a", listener).off("a", listener);
    emitter.emit("a", 1);
    expect(calls).toEqual([[1]]);
  });

  it("is not disturbed by listeners that come or go while it calls them", () => {
    const emitter = new Plain();
    const order: string[] = [];
    const second = () => order.push("second");
    emitter.on("a", () => {
      emitter.off("a", second);
      emitter.on("a", () => order.push("late"));
    });
    emitter.on("a", second);
    emitter.emit("a");
    expect(order).toEqual(["second"]);
  });

  it("tells its listeners as they were given", () => {
    const emitter = new Plain();
    const { listener } = recorder();
    emitter.once("a", listener);
    expect(emitter.listeners("a")).toEqual([listener]);
    expect(emitter.listeners("b")).toEqual([]);
  });

  it("takes names that objects inherit as names like any other", () => {
    const emitter = new Plain();
    const { calls, listener } = recorder();
    emitter.emit("constructor").emit("__proto__");
    emitter.on("__proto__", listener);
    emitter.emit("__proto__", 1);
    expect(calls).toEqual([[1]]);
  });
});
