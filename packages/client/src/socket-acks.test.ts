import { describe, expect, it, vi } from "vitest";
import { connect, open, reopen, useFakeLine } from "./testing/fake-line.ts";
import { FakeTransport, lastTransport } from "./testing/fake-transport.ts";

useFakeLine();

describe("acknowledgements", () => {
  it("count from 0 and come back to their callbacks", () => {
    const socket = connect();
    const calls: unknown[][] = [];
    socket.emit("a", 1, (...args: unknown[]) => calls.push(["a", ...args]));
    socket.emit("b", (...args: unknown[]) => calls.push(["b", ...args]));
    expect(lastTransport().wire).toEqual(['420["a",1]', '421["b"]']);
    lastTransport().message('31["x",{"y":1}]', '31["again"]', "30[]", "399[]");
    expect(calls).toEqual([["b", "x", { y: 1 }], ["a"]]);
  });

  it("are sent once", () => {
    const socket = connect();
    socket.on("q", (cb: (...args: unknown[]) => void) => {
      cb("x", new Uint8Array([1]));
      cb("y");
    });
    lastTransport().message('25["q"]');
    expect(lastTransport().sent.map(({ data }) => data)).toEqual([
      '61-5["x",{"_placeholder":true,"num":0}]',
      new Uint8Array([1]),
    ]);
  });

  it("are not sent on another connection than they were asked on", () => {
    const socket = connect();
    let answer: () => void = () => {};
    socket.on("q", (cb: () => void) => {
      answer = cb;
    });
    lastTransport().message('25["q"]');
    reopen();
    lastTransport().message('0{"sid":"s2"}');
    answer();
    expect(lastTransport().wire).toEqual(["40"]);
  });

  it("have a time limit with timeout(), which also takes an unsent event back", () => {
    const socket = open();
    const calls: unknown[][] = [];
    socket.timeout(50).emit("a", (...args: unknown[]) => calls.push(args));
    vi.advanceTimersByTime(50);
    expect(calls).toEqual([[expect.objectContaining({ code: "OPERATION_HAS_TIMED_OUT" })]]);
    lastTransport().message('0{"sid":"s"}');
    expect(lastTransport().wire).toEqual(["40"]);
    socket.timeout(50).emit("b", (...args: unknown[]) => calls.push(args));
    lastTransport().message('31["fine"]');
    expect(calls[1]).toEqual([null, "fine"]);
  });

  it("have one for all with ackTimeout", () => {
    const socket = connect({ ackTimeout: 50 });
    const calls: unknown[][] = [];
    socket.emit("a", (...args: unknown[]) => calls.push(args));
    vi.advanceTimersByTime(50);
    expect(calls).toEqual([[expect.objectContaining({ code: "OPERATION_HAS_TIMED_OUT" })]]);
  });

  it("run on the native timers with useNativeTimers, whatever clock a test has put in place", async () => {
    const socket = connect({ useNativeTimers: true });
    // The fake clock stands still.
    const answer = socket.timeout(1).emitWithAck("a");
    await expect(answer).rejects.toThrow("operation has timed out");
  });

  it("can be awaited", async () => {
    const socket = connect();
    const answer = socket.emitWithAck("a", 1);
    const late = socket.timeout(50).emitWithAck("b");
    lastTransport().message('30["x"]');
    expect(await answer).toBe("x");
    vi.advanceTimersByTime(50);
    await expect(late).rejects.toThrow("operation has timed out");
  });

  it("end with the connection: awaited ones and those with a limit fail, bare ones are never called", async () => {
    const socket = connect();
    const calls: unknown[][] = [];
    const call = (...args: unknown[]) => calls.push(args);
    const answer = socket.emitWithAck("a");
    socket.emit("b", call);
    socket.timeout(1000).emit("c", call);
    lastTransport().drop();
    await expect(answer).rejects.toThrow("socket has been disconnected");
    expect(calls).toEqual([[expect.objectContaining({ code: "SOCKET_HAS_BEEN_DISCONNECTED" })]]);
  });

  it("of unsent events are waited for across connections", async () => {
    const socket = open();
    const answer = socket.emitWithAck("a");
    reopen();
    lastTransport().message('0{"sid":"s"}');
    lastTransport().message('30["x"]');
    expect(await answer).toBe("x");
  });
});

describe("retries", () => {
  const events = () => lastTransport().wire.filter((text) => text.startsWith("42"));

  it("send one event after the other, each until it is acknowledged", () => {
    const socket = connect({ retries: 1, ackTimeout: 50 });
    const calls: unknown[][] = [];
    socket.emit("a", 1);
    socket.emit("b", (...args: unknown[]) => calls.push(args));
    expect(events()).toEqual(['420["a",1]']);
    vi.advanceTimersByTime(50);
    expect(events()).toEqual(['420["a",1]', '421["a",1]']);
    lastTransport().message("31[]");
    lastTransport().message('32["x"]');
    expect(events().at(-1)).toBe('422["b"]');
    expect(calls).toEqual([[null, "x"]]);
  });

  it("drop an event that is never acknowledged, and tell", () => {
    const socket = connect({ retries: 1, ackTimeout: 50 });
    const calls: unknown[][] = [];
    socket.emit("a", (...args: unknown[]) => calls.push(args));
    socket.emit("b");
    vi.advanceTimersByTime(100);
    expect(calls).toEqual([[expect.objectContaining({ code: "OPERATION_HAS_TIMED_OUT" })]]);
    expect(events()).toEqual(['420["a"]', '421["a"]', '422["b"]']);
  });

  it("d19928e8: send what waits after connect, and what is emitted in connect not twice", () => {
    const socket = open({ retries: 3, ackTimeout: 50 });
    socket.on("connect", () => socket.emit("in connect"));
    socket.emit("before");
    expect(events()).toEqual([]);
    lastTransport().message('0{"sid":"s"}');
    lastTransport().message("30[]");
    lastTransport().message("31[]");
    expect(events()).toEqual(['420["before"]', '421["in connect"]']);
  });

  it("send again on the next connection, and nothing in between", () => {
    const socket = connect({ retries: 3, ackTimeout: 50 });
    socket.emit("a");
    lastTransport().drop();
    vi.advanceTimersByTime(99);
    expect(FakeTransport.made).toHaveLength(1);
    vi.advanceTimersByTime(1);
    lastTransport().handshake();
    lastTransport().message('0{"sid":"s2"}');
    expect(events()).toEqual(['421["a"]']);
  });

  it("do not send twice what turned out to be unsendable", async () => {
    const socket = connect({ retries: 3, ackTimeout: 50_000 });
    vi.setSystemTime(Date.now() + 60_000);
    socket.emit("a");
    await Promise.resolve();
    vi.advanceTimersByTime(100);
    lastTransport().handshake();
    lastTransport().message('0{"sid":"s2"}');
    expect(events()).toEqual(['420["a"]']);
  });

  it("leave volatile events out", () => {
    const socket = connect({ retries: 3 });
    socket.emit("a");
    socket.volatile.emit("v");
    expect(events()).toHaveLength(1);
    expect(lastTransport().wire).toHaveLength(1);
  });
});
