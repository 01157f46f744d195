import { EventEmitter, once } from "node:events";
import { describe, expect, it } from "vitest";
import { LazyEmitter } from "./lazy-emitter.ts";

class Line extends LazyEmitter<{ ring: [times: number]; error: [error: Error] }> {
  readonly heard: (string | symbol)[] = [];

  onListen(event: string | symbol): void {
    this.heard.push(event);
  }
}

class Bare extends LazyEmitter<{ ring: [times: number] }> {}

describe("LazyEmitter", () => {
  it("is an EventEmitter that holds nothing until somebody listens", () => {
    const bare = new Bare();
    expect(bare).toBeInstanceOf(EventEmitter);
    expect(Object.keys(bare)).toEqual([]);
    expect(bare.emit("ring", 1)).toBe(false);
    expect(bare.listenerCount("ring")).toBe(0);
    expect(bare.eventNames()).toEqual([]);
    bare.removeAllListeners();
    bare.off("ring", () => {});
    expect(bare.emit("ring", 1)).toBe(false);
  });

  it("emits to listeners of every kind", async () => {
    const line = new Line();
    const rings: string[] = [];
    line.on("ring", (times) => rings.push(`on ${times}`));
    line.addListener("ring", (times) => rings.push(`added ${times}`));
    line.once("ring", (times) => rings.push(`once ${times}`));
    line.prependListener("ring", (times) => rings.push(`first ${times}`));
    line.prependOnceListener("ring", (times) => rings.push(`first once ${times}`));
    const awaited = once(line, "ring");
    expect(line.emit("ring", 1)).toBe(true);
    line.emit("ring", 2);
    expect(await awaited).toEqual([1]);
    expect(rings).toEqual([
      "first once 1",
      "first 1",
      "on 1",
      "added 1",
      "once 1",
      "first 2",
      "on 2",
      "added 2",
    ]);
  });

  it("tells the class about every listener", () => {
    const line = new Line();
    line.on("ring", () => {});
    line.addListener("ring", () => {});
    line.once("ring", () => {});
    line.prependListener("ring", () => {});
    line.prependOnceListener("error", () => {});
    expect(line.heard).toEqual(["ring", "ring", "ring", "ring", "error"]);
  });
});
