import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { withTimeout } from "./acks.ts";
import { BroadcastAcks } from "./broadcast-acks.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("withTimeout", () => {
  it("gives null and the answer when it comes in time", () => {
    const ack = vi.fn();
    const forget = vi.fn();
    const timed = withTimeout(ack, 100, forget);
    timed("answer", 2);
    vi.advanceTimersByTime(200);
    expect(ack.mock.calls).toEqual([[null, "answer", 2]]);
    expect(forget).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("gives an error when it does not, and ignores the late answer", () => {
    const ack = vi.fn();
    const forget = vi.fn();
    const timed = withTimeout(ack, 100, forget);
    vi.advanceTimersByTime(100);
    timed("late");
    expect(ack).toHaveBeenCalledTimes(1);
    expect((ack.mock.calls[0]![0] as Error).message).toBe("operation has timed out");
    expect(forget).toHaveBeenCalledTimes(1);
  });
});

describe("BroadcastAcks", () => {
  it("waits for all nodes and all clients", () => {
    const ack = vi.fn();
    const acks = new BroadcastAcks(ack, false, 1000, () => {});
    acks.onServerCount(2);
    acks.onClientCount(1);
    acks.onResponse("a");
    expect(ack).not.toHaveBeenCalled();
    acks.onClientCount(1);
    acks.onResponse("b");
    expect(ack.mock.calls).toEqual([[null, ["a", "b"]]]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is done at once when nobody is there", () => {
    const ack = vi.fn();
    const acks = new BroadcastAcks(ack, false, 1000, () => {});
    acks.onClientCount(0);
    acks.onServerCount(1);
    expect(ack.mock.calls).toEqual([[null, []]]);
  });

  it("gives an error and what has come when the time is over", () => {
    const ack = vi.fn();
    const forget = vi.fn();
    const acks = new BroadcastAcks(ack, false, 50, forget);
    acks.onServerCount(1);
    acks.onClientCount(2);
    acks.onResponse("a");
    vi.advanceTimersByTime(50);
    acks.onResponse("late");
    const [error, responses] = ack.mock.calls[0] as [Error & { responses: unknown }, unknown];
    expect(error.message).toBe("operation has timed out");
    expect(responses).toEqual(["a"]);
    expect(ack).toHaveBeenCalledTimes(1);
    expect(forget).toHaveBeenCalledTimes(1);
  });

  it("gives one response in place of a list for one socket", () => {
    const ack = vi.fn();
    const acks = new BroadcastAcks(ack, true, 50, () => {});
    acks.onServerCount(1);
    acks.onClientCount(1);
    acks.onResponse("only");
    expect(ack.mock.calls).toEqual([[null, "only"]]);
  });
});
