import { describe, expect, it } from "vitest";
import { CatchAll } from "./catch-all.ts";
import type { DefaultEventsMap, NoEvents } from "./events.ts";

class Plain extends CatchAll<DefaultEventsMap, DefaultEventsMap, NoEvents> {
  receive(...args: unknown[]): void {
    this.tell(this.listenersAny(), args);
  }
  transmit(...args: unknown[]): void {
    this.tell(this.listenersAnyOutgoing(), args);
  }
}

describe("CatchAll", () => {
  it("tells incoming and outgoing events apart, prepended listeners first", () => {
    const plain = new Plain();
    const heard: unknown[][] = [];
    plain.onAny((...args) => heard.push(["in", ...args]));
    plain.prependAny((...args) => heard.push(["in first", ...args]));
    plain.onAnyOutgoing((...args) => heard.push(["out", ...args]));
    plain.prependAnyOutgoing((...args) => heard.push(["out first", ...args]));
    plain.receive("a", 1);
    plain.transmit("b", 2);
    expect(heard).toEqual([
      ["in first", "a", 1],
      ["in", "a", 1],
      ["out first", "b", 2],
      ["out", "b", 2],
    ]);
  });

  it("removes one listener or all", () => {
    const plain = new Plain();
    const one = () => {};
    const two = () => {};
    plain.onAny(one).onAny(two).onAny(one).offAny(one);
    expect(plain.listenersAny()).toEqual([two, one]);
    plain.offAny(() => {});
    expect(plain.listenersAny()).toHaveLength(2);
    plain.offAny();
    expect(plain.listenersAny()).toEqual([]);
    plain.onAnyOutgoing(one).offAnyOutgoing(one);
    expect(plain.listenersAnyOutgoing()).toEqual([]);
    plain.onAnyOutgoing(one).offAnyOutgoing();
    expect(plain.listenersAnyOutgoing()).toEqual([]);
  });

  it("gives the lists themselves, which may be changed", () => {
    const plain = new Plain();
    let heard = 0;
    plain.onAny(() => heard++);
    plain.listenersAny().length = 0;
    plain.receive("a");
    expect(heard).toBe(0);
  });

  it("is not disturbed by a listener that removes itself", () => {
    const plain = new Plain();
    const heard: string[] = [];
    const first = () => {
      heard.push("first");
      plain.offAny(first);
    };
    plain.onAny(first).onAny(() => heard.push("second"));
    plain.receive("a");
    expect(heard).toEqual(["first", "second"]);
  });
});
