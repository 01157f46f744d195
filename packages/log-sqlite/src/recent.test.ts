import { describe, expect, it } from "vitest";
import { Recent } from "./recent.ts";

describe("Recent", () => {
  it("keeps what was added last, up to its bound", () => {
    const recent = new Recent<string>(10);
    recent.add(1, "a", 4);
    recent.add(2, "b", 4);
    expect([recent.get(1), recent.get(2)]).toEqual(["a", "b"]);
    recent.add(3, "c", 4);
    expect([recent.get(1), recent.get(2), recent.get(3)]).toEqual([undefined, "b", "c"]);
  });

  it("does not give up everything for one that is larger than its bound", () => {
    const recent = new Recent<string>(10);
    recent.add(1, "a", 4);
    recent.add(2, "b", 11);
    expect([recent.get(1), recent.get(2)]).toEqual(["a", undefined]);
  });
});
