import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { TimingWheel } from "@hawser/websocket/internal";
import { FakeHandler, FakeTransport } from "../testing/fake-transport.ts";
import { VirtualClock } from "../testing/virtual-clock.ts";
import { Connection } from "./connection.ts";
import type { ConnectionServices } from "./connection.ts";
import { LazyEmitter } from "./lazy-emitter.ts";
import { Outgoing } from "./outgoing.ts";
import { revisionOf } from "./revision.ts";
import type { BaseServer } from "./base-server.ts";

function setUp() {
  const clock = new VirtualClock();
  const forgotten: string[] = [];
  const services: ConnectionServices = {
    wheel: new TimingWheel(clock),
    times: {
      pingIntervalMs: 1_000,
      pingTimeoutMs: 500,
      upgradeTimeoutMs: 1_000,
      noopIntervalMs: 100,
    },
    onConnectionClosed: (connection) => forgotten.push(connection.id),
  };
  const transport = new FakeTransport("websocket", new FakeHandler());
  const server = new LazyEmitter() as unknown as BaseServer;
  const revision = revisionOf({ EIO: "4" });
  const request = new IncomingMessage(new Socket());
  const connection = new Connection("id", server, services, transport, request, revision);
  transport.handler = connection;
  connection.open(new Outgoing("0{}"), undefined);
  const calls: unknown[][] = [];
  connection.handler = {
    onText: (text, offset) => calls.push(["text", text, offset]),
    onBinary: (data) => calls.push(["binary", data]),
    onDrain: () => calls.push(["drain"]),
    onClose: (reason, description) => calls.push(["close", reason, description]),
  };
  return { clock, transport, connection, calls, forgotten, request };
}

describe("Connection", () => {
  it("opens with the open packet and the initial one", () => {
    const { transport, connection, request } = setUp();
    expect(connection.readyState).toBe("open");
    expect(connection.request).toBe(request);
    expect(connection.protocol).toBe(4);
    expect(transport.sent).toEqual(["0{}"]);
    connection.open(new Outgoing("0{}"), new Outgoing("4hi"));
    expect(transport.sent).toEqual(["0{}", "0{}", "4hi"]);
  });

  it("encodes what users send", () => {
    const { transport, connection } = setUp();
    transport.sent.length = 0;
    connection.send("text").write("more").send("");
    connection.send(Buffer.of(1));
    connection.send(Uint8Array.of(2).buffer);
    connection.send(new DataView(Uint8Array.of(3, 4).buffer, 1) as unknown as Uint8Array);
    connection.send(5 as unknown as string);
    connection.send(undefined as unknown as string);
    expect(transport.sent).toEqual(["4text", "4more", "4", "bAQ==", "bAg==", "bBA==", "45", "4"]);
  });

  it("calls the layer above directly", () => {
    const { connection, transport, calls } = setUp();
    transport.handler.onText("4a", 1);
    transport.handler.onBinary(Buffer.of(1));
    transport.handler.onTransportDrain();
    transport.handler.onTransportClose(undefined);
    expect(calls).toEqual([
      ["text", "4a", 1],
      ["binary", Buffer.of(1)],
      ["drain"],
      ["close", "transport close", undefined],
    ]);
    expect(connection.readyState).toBe("closed");
  });

  it("tells users what passes, when they listen", () => {
    const { connection, transport } = setUp();
    const events: unknown[][] = [];
    for (const event of ["packet", "packetCreate", "data", "message", "flush"] as const) {
      connection.on(event, (what: unknown) => events.push([event, what]));
    }
    connection.on("heartbeat", () => events.push(["heartbeat"]));
    transport.handler.onText("4a", 1);
    transport.handler.onText("b", 0);
    transport.handler.onBinary(Buffer.of(1));
    transport.handler.onControl("pong", undefined);
    connection.sendOutgoing(new Outgoing("4out", [Buffer.of(2)], false));
    const options = { compress: false };
    const sent = [
      { type: "message", data: "out", options },
      { type: "message", data: Buffer.of(2), options },
    ];
    expect(events).toEqual([
      ["packet", { type: "message", data: "a" }],
      ["data", "a"],
      ["message", "a"],
      ["packet", { type: "message", data: "b" }],
      ["data", "b"],
      ["message", "b"],
      ["packet", { type: "message", data: Buffer.of(1) }],
      ["data", Buffer.of(1)],
      ["message", Buffer.of(1)],
      ["packet", { type: "pong" }],
      ["heartbeat"],
      ["packetCreate", sent[0]],
      ["packetCreate", sent[1]],
      ["flush", sent],
    ]);
  });

  it("pings, takes the answer, and times out without one", () => {
    const { clock, connection, transport, calls } = setUp();
    transport.sent.length = 0;
    clock.advance(1_100);
    expect(transport.sent).toEqual(["2"]);
    transport.handler.onControl("pong", undefined);
    clock.advance(1_100);
    expect(transport.sent).toEqual(["2", "2"]);
    clock.advance(600);
    expect(calls).toEqual([["close", "ping timeout", undefined]]);
    expect(connection.readyState).toBe("closed");
    expect(transport.state).toBe("discarded");
    expect(clock.running).toBe(false);
  });

  it("ends once, whatever comes after, and is forgotten", () => {
    const { connection, transport, calls, forgotten } = setUp();
    const closes: unknown[] = [];
    connection.on("close", (...details) => closes.push(details));
    transport.handler.onInvalidPacket(new Error("what"));
    transport.handler.onTransportClose(new Error("later"));
    transport.handler.onText("4a", 1);
    transport.handler.onBinary(Buffer.of(1));
    transport.handler.onControl("ping", undefined);
    transport.handler.onTransportDrain();
    connection.close();
    connection.close(true);
    connection.send("never");
    expect(calls).toEqual([["close", "parse error", new Error("what")]]);
    expect(closes).toEqual([["parse error", new Error("what")]]);
    expect(forgotten).toEqual(["id"]);
    expect(transport.sent).toEqual(["0{}"]);
  });

  it("lets go of its transport even when a listener throws", () => {
    const { clock, connection, transport, forgotten } = setUp();
    connection.on("close", () => {
      throw new Error("the application's");
    });
    expect(() => connection.close(true)).toThrow("the application's");
    expect(transport.state).toBe("discarded");
    expect(forgotten).toEqual(["id"]);
    expect(clock.running).toBe(false);
  });

  it("has no error event that could end the process", () => {
    const { connection, transport, calls } = setUp();
    transport.handler.onTransportClose(new Error("reset"));
    expect(connection.listenerCount("error" as never)).toBe(0);
    expect(calls).toEqual([["close", "transport error", new Error("reset")]]);
  });

  it("CVE-2024-38355: gives no packet a way to an unhandled error", () => {
    for (const type of ["open", "close", "ping", "pong", "upgrade", "noop"] as const) {
      const { transport } = setUp();
      expect(() => transport.handler.onControl(type, "x")).not.toThrow();
    }
  });

  it("calls back through its transport, unless it is closing", () => {
    const { connection, transport } = setUp();
    const called: unknown[] = [];
    connection.send("a", {}, (by) => called.push(by));
    for (const callback of transport.callbacks) callback();
    expect(called).toEqual([transport]);
    connection.close();
    connection.send("b", {}, (by) => called.push(by));
    expect(transport.callbacks).toHaveLength(1);
  });
});
