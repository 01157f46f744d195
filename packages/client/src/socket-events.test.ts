import { describe, expect, it, vi } from "vitest";
import { connect, listen, open, useFakeLine } from "./testing/fake-line.ts";
import { lastTransport } from "./testing/fake-transport.ts";

useFakeLine();

describe("events", () => {
  it("are sent and received with any arguments", () => {
    const socket = connect();
    const heard: unknown[][] = [];
    socket.on("a", (...args) => heard.push(args));
    socket.emit("b", 1, null, { x: ["y"] });
    socket.send("hi", 2);
    expect(lastTransport().wire).toEqual(['42["b",1,null,{"x":["y"]}]', '42["message","hi",2]']);
    lastTransport().message('2["a",1,null,{"x":["y"]}]');
    expect(heard).toEqual([[1, null, { x: ["y"] }]]);
  });

  it("carry binary both ways", () => {
    const socket = connect();
    const heard: unknown[][] = [];
    socket.on("a", (...args) => heard.push(args));
    const bytes = new Uint8Array([1, 2]);
    socket.emit("b", { bytes });
    expect(lastTransport().sent.map(({ data }) => data)).toEqual([
      '51-["b",{"bytes":{"_placeholder":true,"num":0}}]',
      bytes,
    ]);
    lastTransport().message('51-["a",{"_placeholder":true,"num":0}]');
    lastTransport().receive("message", Buffer.from([3]));
    expect(heard).toEqual([[Buffer.from([3])]]);
  });

  it("of other namespaces are not for this one", () => {
    const socket = connect();
    const heard: unknown[] = [];
    socket.onAny((...args) => heard.push(args));
    lastTransport().message('2/x,["a"]');
    expect(heard).toEqual([]);
  });

  it.each([
    "connect",
    "connect_error",
    "disconnect",
    "disconnecting",
    "newListener",
    "removeListener",
  ])("must not be called %s", (name) => {
    const socket = connect();
    expect(() => socket.emit(name)).toThrow(`"${name}" is a reserved event name`);
  });

  it("wait until there is a connection, in order, and are heard by onAnyOutgoing when they leave", () => {
    const socket = open();
    const outgoing: unknown[][] = [];
    socket.onAnyOutgoing((...args) => outgoing.push(args));
    socket.emit("a", 1);
    socket.emit("b", 2);
    expect(socket.sendBuffer).toHaveLength(2);
    expect(outgoing).toEqual([]);
    lastTransport().message('0{"sid":"s"}');
    expect(lastTransport().wire).toEqual(["40", '42["a",1]', '42["b",2]']);
    expect(outgoing).toEqual([
      ["a", 1],
      ["b", 2],
    ]);
    expect(socket.sendBuffer).toEqual([]);
  });

  it("that came before the server's CONNECT are handed over with it, in order", () => {
    const socket = open();
    const told = listen(socket);
    socket.on("early", (n: number) => told.push(`early ${n}`));
    lastTransport().message('2["early",1]', '2["early",2]');
    expect(told).toEqual([]);
    expect(socket.receiveBuffer).toHaveLength(2);
    lastTransport().message('0{"sid":"s"}');
    expect(told).toEqual(["early 1", "early 2", "connect s"]);
    expect(socket.receiveBuffer).toEqual([]);
  });

  it("are heard by onAny first, the acknowledgement included", () => {
    const socket = connect();
    const heard: unknown[] = [];
    socket.on("a", () => heard.push("on"));
    socket.onAny((...args) => heard.push(args.map((arg) => typeof arg)));
    lastTransport().message('27["a",1]');
    expect(heard).toEqual([["string", "number", "function"], "on"]);
  });

  it("go out compressed unless said otherwise, once", () => {
    const socket = connect();
    socket.compress(false).emit("a");
    socket.emit("b");
    expect(lastTransport().sent.map(({ options }) => options)).toEqual([
      { compress: false },
      { compress: true },
    ]);
  });

  it("wait for the next connection when the heartbeat turns out to be overdue", async () => {
    const socket = connect();
    const told = listen(socket);
    vi.setSystemTime(Date.now() + 60_000);
    socket.emit("a");
    expect(lastTransport().wire).toEqual([]);
    await Promise.resolve();
    expect(told).toEqual(["disconnect ping timeout"]);
    vi.advanceTimersByTime(100);
    lastTransport().handshake();
    lastTransport().message('0{"sid":"s"}');
    expect(lastTransport().wire).toEqual(["40", '42["a"]']);
  });
});

describe("volatile events", () => {
  it("are dropped when they cannot leave at once: of five in a tick one arrives", async () => {
    const socket = connect();
    await Promise.resolve();
    for (let i = 0; i < 5; i++) socket.volatile.emit("v", i);
    expect(lastTransport().wire).toEqual(['42["v",0]']);
    await Promise.resolve();
    socket.volatile.emit("v", 5);
    socket.emit("kept");
    expect(lastTransport().wire).toEqual(['42["v",0]', '42["v",5]', '42["kept"]']);
  });

  it("are dropped without a connection", () => {
    const socket = open();
    socket.volatile.emit("v");
    lastTransport().message('0{"sid":"s"}');
    expect(lastTransport().wire).toEqual(["40"]);
  });

  it("keep nobody waiting for an answer", () => {
    const socket = open();
    const calls: unknown[][] = [];
    socket.volatile.emit("v", (...args: unknown[]) => calls.push(args));
    socket.volatile.timeout(50).emit("v", (...args: unknown[]) => calls.push(args));
    vi.advanceTimersByTime(50);
    expect(calls).toEqual([[expect.objectContaining({ code: "OPERATION_HAS_TIMED_OUT" })]]);
  });
});
