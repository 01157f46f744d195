import { describe, expect, it, vi } from "vitest";
import type { Socket } from "./socket.ts";
import { connect, listen, open, reopen, useFakeLine } from "./testing/fake-line.ts";
import { FakeTransport, lastTransport } from "./testing/fake-transport.ts";

useFakeLine();

describe("connecting", () => {
  it("asks for its namespace and is connected when the server says so", () => {
    const socket = open({}, "/admin");
    const told = listen(socket);
    expect(lastTransport().wire).toEqual(["40/admin,"]);
    expect([socket.connected, socket.disconnected, socket.active]).toEqual([false, true, true]);
    lastTransport().message('0/admin,{"sid":"abc"}');
    expect(told).toEqual(["connect abc"]);
    expect([socket.connected, socket.recovered]).toEqual([true, false]);
  });

  it("sends its credentials, from a function each time anew", () => {
    open({ auth: { token: "t" } });
    expect(lastTransport().wire).toEqual(['40{"token":"t"}']);
    let count = 0;
    open({ auth: (cb) => cb({ count: ++count }) });
    expect(lastTransport().wire).toEqual(['40{"count":1}']);
    reopen();
    expect(lastTransport().wire).toEqual(['40{"count":2}']);
  });

  it("does not send credentials that come too late", () => {
    const answers: ((data: object) => void)[] = [];
    const socket = open({ auth: (cb) => answers.push(cb) });
    reopen();
    answers[0]!({ stale: true });
    answers[1]!({ fresh: true });
    expect(lastTransport().wire).toEqual(['40{"fresh":true}']);
    socket.disconnect();
    reopenAfterDisconnect(socket);
    socket.disconnect();
    answers[2]!({ gone: true });
    expect(lastTransport().wire).toEqual([]);
  });

  function reopenAfterDisconnect(socket: Socket): void {
    socket.connect();
    lastTransport().handshake();
  }

  it("takes another auth for the next connect", () => {
    const socket = connect();
    socket.auth = { token: "new" };
    reopen();
    expect(lastTransport().wire).toEqual(['40{"token":"new"}']);
  });

  it("asks once, however often connect() is called", () => {
    const socket = open();
    socket.connect().open();
    expect(lastTransport().wire).toEqual(["40"]);
    lastTransport().message('0{"sid":"a"}');
    socket.connect();
    expect(lastTransport().wire).toEqual(["40"]);
  });

  it("waits with autoConnect: false", () => {
    const socket = open({ autoConnect: false });
    expect(socket.active).toBe(false);
    expect(FakeTransport.made).toHaveLength(0);
    socket.connect();
    lastTransport().handshake();
    expect(lastTransport().wire).toEqual(["40"]);
  });

  it("connects again by hand after a loss without reconnection", () => {
    const socket = connect({ reconnection: false });
    lastTransport().drop();
    expect(socket.active).toBe(true);
    socket.connect();
    lastTransport().handshake();
    expect(lastTransport().wire).toEqual(["40"]);
  });

  it("tells of a refusal, and does not try again", () => {
    const socket = open();
    const errors: unknown[] = [];
    socket.on("connect_error", (error) => errors.push([error.message, error.data]));
    lastTransport().message('4{"message":"not you","data":{"code":7}}');
    expect(errors).toEqual([["not you", { code: 7 }]]);
    expect(socket.active).toBe(false);
    vi.advanceTimersByTime(100_000);
    expect(FakeTransport.made).toHaveLength(1);
  });

  it("may ask again while it hears of the refusal, which it hears once", () => {
    const socket = open();
    socket.io.socket("/other");
    const told = listen(socket);
    socket.once("connect_error", () => socket.connect());
    lastTransport().message('4{"message":"not you"}');
    expect(told).toEqual(["connect_error not you"]);
    expect(lastTransport().wire).toEqual(["40", "40/other,", "40"]);
  });

  it("tells of a failed connection, and tries again", () => {
    const socket = open({ autoConnect: false });
    const told = listen(socket);
    socket.connect();
    lastTransport().break("xhr poll error");
    expect(told).toEqual(["connect_error xhr poll error"]);
    expect(socket.active).toBe(true);
    vi.advanceTimersByTime(100);
    lastTransport().handshake();
    expect(lastTransport().wire).toEqual(["40"]);
  });

  it("explains that a server of version 2 is no peer", () => {
    const socket = open();
    const told = listen(socket);
    lastTransport().message("0");
    expect(told).toEqual([expect.stringMatching(/^connect_error .*Socket\.IO 2/)]);
    expect(socket.connected).toBe(false);
  });
});

describe("disconnecting", () => {
  it("says goodbye and does not come back", () => {
    const socket = connect();
    const told = listen(socket);
    socket.disconnect();
    expect(lastTransport().wire).toEqual(["41"]);
    expect(told).toEqual(["disconnect io client disconnect"]);
    expect([socket.id, socket.connected, socket.active]).toEqual([undefined, false, false]);
    vi.advanceTimersByTime(100_000);
    expect(FakeTransport.made).toHaveLength(1);
    expect(socket.close()).toBe(socket);
    expect(told).toHaveLength(1);
  });

  it("hears it from the server, and does not come back", () => {
    const socket = connect();
    const told = listen(socket);
    lastTransport().message("1", '2["late"]');
    expect(told).toEqual(["disconnect io server disconnect"]);
    expect(socket.active).toBe(false);
    socket.connect();
    lastTransport().handshake();
    expect(lastTransport().wire).toEqual(["40"]);
  });

  it("tells why a connection was lost, with details", () => {
    const socket = connect();
    const details: unknown[] = [];
    socket.on("disconnect", (...args) => details.push(...args));
    lastTransport().drop();
    expect(details).toEqual(["transport close", { description: "websocket connection closed" }]);
    expect([socket.id, socket.active]).toEqual([undefined, true]);
  });

  it.each([
    ["transport error", () => lastTransport().break()],
    ["parse error", () => lastTransport().message("9")],
    ["ping timeout", () => vi.advanceTimersByTime(45_000)],
  ])("gives the reason %s", (reason, provoke) => {
    const socket = connect();
    const told = listen(socket);
    provoke();
    expect(told).toEqual([`disconnect ${reason}`]);
  });

  it("leaves the other namespaces alone", () => {
    const socket = connect();
    const other = socket.io.socket("/other");
    lastTransport().message('0/other,{"sid":"o"}');
    socket.disconnect();
    expect(lastTransport().wire).toEqual(["40/other,", "41"]);
    expect(other.connected).toBe(true);
  });

  it("says nothing when it was never connected", () => {
    const socket = open();
    const told = listen(socket);
    socket.disconnect();
    expect(told).toEqual([]);
    expect(lastTransport().wire).toEqual(["40"]);
  });
});

describe("recovery", () => {
  const recoverable = () => connect({}, { sid: "s1", pid: "p1" });

  it("asks to resume with the secret and the last offset", () => {
    const socket = recoverable();
    lastTransport().message(
      '2["a","o1"]',
      '2["b",1,"o2"]',
      '23["asked","not an offset"]',
      '2["c",3]',
    );
    reopen();
    expect(lastTransport().wire).toEqual(['40{"pid":"p1","offset":"o2"}']);
    lastTransport().message('0{"sid":"s1","pid":"p1"}');
    expect([socket.recovered, socket.id]).toEqual([true, "s1"]);
  });

  it("keeps the auth beside it", () => {
    const socket = recoverable();
    socket.auth = { token: "t" };
    reopen();
    expect(lastTransport().wire).toEqual(['40{"pid":"p1","token":"t"}']);
  });

  it("is not recovered with another secret", () => {
    const socket = recoverable();
    reopen();
    lastTransport().message('0{"sid":"s2","pid":"p2"}');
    expect(socket.recovered).toBe(false);
    reopen();
    expect(lastTransport().wire).toEqual(['40{"pid":"p2"}']);
  });

  it("is not asked for without a secret", () => {
    connect();
    lastTransport().message('2["a","o1"]');
    reopen();
    expect(lastTransport().wire).toEqual(["40"]);
  });

  it("does not ask again for events that came before a CONNECT that never arrived", () => {
    const socket = recoverable();
    const heard: unknown[] = [];
    socket.on("a", (n: number) => heard.push(n));
    lastTransport().message('2["a",1,"o1"]');
    reopen();
    lastTransport().message('2["a",2,"o2"]');
    reopen();
    expect(lastTransport().wire).toEqual(['40{"pid":"p1","offset":"o2"}']);
    lastTransport().message('2["a",3,"o3"]', '0{"sid":"s1","pid":"p1"}');
    expect(heard).toEqual([1, 2, 3]);
  });
});
