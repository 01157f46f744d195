import { describe, expect, it } from "vitest";
import { briefText, dayText, timeText } from "./times.ts";

const now = new Date(2026, 2, 12, 9, 30).getTime();

function at(...day: [year: number, month: number, day: number]): number {
  return new Date(day[0], day[1], day[2], 23, 59).getTime();
}

describe("dayText", () => {
  it("says how far away a day is, by the calendar and not by hours", () => {
    expect(dayText(at(2026, 2, 12), now)).toBe("Today");
    expect(dayText(at(2026, 2, 11), now)).toBe("Yesterday");
    expect(dayText(at(2026, 2, 8), now)).toMatch(/^\p{L}+$/u);
    expect(dayText(at(2026, 0, 5), now)).toContain("5");
    expect(dayText(at(2026, 0, 5), now)).not.toContain("2026");
    expect(dayText(at(2025, 11, 31), now)).toContain("2025");
  });
});

describe("briefText", () => {
  it("is the time today, and the day before", () => {
    expect(briefText(now, now)).toBe(timeText(now));
    expect(briefText(at(2026, 2, 11), now)).toBe("Yesterday");
    expect(briefText(at(2026, 1, 3), now)).toContain("3");
  });
});
