import { beforeEach, describe, expect, it } from "vitest";
import { Outage } from "./outage.ts";

let outage: Outage;

beforeEach(() => {
  outage = new Outage();
});

describe("an outage", () => {
  it("says how long it was, what waited and what was missed", () => {
    outage.expect("plug");
    outage.lost(1000);
    expect(outage.cause).toBe("plug");
    outage.waits(1);
    outage.waits(2);
    outage.back(2240);
    outage.heard();
    outage.waits(0);
    expect(outage.report.value).toBe("");
    outage.settled();
    expect(outage.report.value).toBe(
      "You are back online after 1.2 s. 2 messages waited here and went out. 1 message of others came in meanwhile. Nothing was lost.",
    );
  });

  it("says nothing of what does not end a loss", () => {
    outage.heard();
    outage.back(5);
    outage.settled();
    expect(outage.report.value).toBe("");
    outage.lost(10);
    outage.settled();
    expect(outage.report.value).toBe("");
  });

  it("counts from the first loss when the line is lost again before all was well", () => {
    outage.lost(0);
    outage.back(1000);
    outage.lost(1500);
    outage.settled();
    expect(outage.report.value).toBe("");
    outage.back(3000);
    outage.settled();
    expect(outage.report.value).toBe("You are back online after 3.0 s. Nothing was lost.");
  });

  it("does not claim that nothing was lost when there is a gap", () => {
    outage.lost(0);
    outage.gap();
    outage.back(1000);
    outage.settled();
    expect(outage.report.value).toContain("loaded anew");
    expect(outage.report.value).not.toContain("Nothing was lost");
  });

  it("forgets who had done it", () => {
    outage.expect("kill");
    outage.lost(0);
    outage.back(1);
    outage.settled();
    outage.lost(2);
    expect(outage.cause).toBe("unknown");
  });
});
