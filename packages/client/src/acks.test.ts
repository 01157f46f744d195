import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createAcks } from "./acks.ts";
import type { Acks } from "./acks.ts";
import { timersFor } from "./engine/timers.ts";

describe("Acks", () => {
  let acks: Acks;
  let calls: unknown[][];
  let timeouts: number[];
  const add = (withError = false, timeoutMs?: number) =>
    acks.add(
      (...args: unknown[]) => calls.push(args),
      withError,
      timeoutMs,
      (id) => timeouts.push(id),
    );

  beforeEach(() => {
    vi.useFakeTimers();
    acks = createAcks(timersFor());
    calls = [];
    timeouts = [];
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("counts from 0 and gives each answer to who waits for it, once", () => {
    expect([add(), add()]).toEqual([0, 1]);
    acks.settle(1, ["one", 1]);
    acks.settle(1, ["again"]);
    acks.settle(7, ["nobody"]);
    expect(calls).toEqual([["one", 1]]);
  });

  it("puts null first for those that take an error", () => {
    add(true);
    add(false, 100);
    acks.settle(0, ["a"]);
    acks.settle(1, ["b"]);
    expect(calls).toEqual([
      [null, "a"],
      [null, "b"],
    ]);
    vi.advanceTimersByTime(1000);
    expect(timeouts).toEqual([]);
  });

  it("gives up after the time limit, and ignores the answer then", () => {
    add(false, 100);
    vi.advanceTimersByTime(99);
    expect(calls).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(timeouts).toEqual([0]);
    expect(calls).toEqual([[expect.objectContaining({ code: "OPERATION_HAS_TIMED_OUT" })]]);
    acks.settle(0, ["late"]);
    expect(calls).toHaveLength(1);
  });

  it("releases bare callbacks in silence and the others with an error, but not those of unsent packets", () => {
    add(false);
    add(true);
    add(true, 100);
    add(true, 100);
    acks.release((id) => id === 3);
    expect(calls).toEqual([
      [expect.objectContaining({ code: "SOCKET_HAS_BEEN_DISCONNECTED" })],
      [expect.objectContaining({ code: "SOCKET_HAS_BEEN_DISCONNECTED" })],
    ]);
    acks.settle(0, ["late"]);
    acks.settle(3, ["answer"]);
    vi.advanceTimersByTime(1000);
    expect(calls.slice(2)).toEqual([[null, "answer"]]);
  });

  it("is not confused by callbacks that ask for more while they are released", () => {
    acks.add(
      () => add(true),
      true,
      undefined,
      () => {},
    );
    acks.release(() => false);
    expect(calls).toEqual([]);
    acks.settle(1, ["fine"]);
    expect(calls).toEqual([[null, "fine"]]);
  });
});
