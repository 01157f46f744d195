import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createHeartbeat } from "./heartbeat.ts";
import type { Heartbeat } from "./heartbeat.ts";
import { timersFor } from "./timers.ts";

describe("Heartbeat", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  function make(): { heartbeat: Heartbeat; lost: () => number } {
    let count = 0;
    const heartbeat = createHeartbeat(timersFor(), () => count++);
    return { heartbeat, lost: () => count };
  }

  it("reports the loss when the wait is over", () => {
    const { heartbeat, lost } = make();
    heartbeat.restart(100);
    vi.advanceTimersByTime(99);
    expect(lost()).toBe(0);
    vi.advanceTimersByTime(1);
    expect(lost()).toBe(1);
  });

  it("waits anew with every restart, and not at all after a stop", () => {
    const { heartbeat, lost } = make();
    heartbeat.restart(100);
    vi.advanceTimersByTime(90);
    heartbeat.restart(100);
    vi.advanceTimersByTime(90);
    heartbeat.stop();
    vi.advanceTimersByTime(1000);
    expect(lost()).toBe(0);
    expect(heartbeat.isExpired()).toBe(false);
  });

  it("sees by the clock that a timer is late, and reports once, later", async () => {
    const { heartbeat, lost } = make();
    heartbeat.restart(100);
    vi.setSystemTime(Date.now() + 101);
    expect(heartbeat.isExpired()).toBe(true);
    expect(lost()).toBe(0);
    await Promise.resolve();
    expect(lost()).toBe(1);
    expect(heartbeat.isExpired()).toBe(false);
    vi.advanceTimersByTime(1000);
    expect(lost()).toBe(1);
  });

  it("can wait for longer than a timer", () => {
    const { heartbeat, lost } = make();
    heartbeat.restart(2 ** 40);
    vi.advanceTimersByTime(1_000_000);
    expect(lost()).toBe(0);
  });

  it("keeps the native timers when asked to", async () => {
    const rang = new Promise<string>((resolve) => {
      // The fake clock stands still, so that only a native timer gets here.
      timersFor(true).set(() => resolve("native"), 1);
    });
    expect(await rang).toBe("native");
  });

  it("does not hold the process when asked not to", () => {
    vi.useRealTimers();
    const timers = timersFor(false, true);
    const timer = timers.set(() => {}, 10_000);
    expect(timer.hasRef()).toBe(false);
    timers.clear(timer);
  });
});
