import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeTransport, FakeWebSocket, lastTransport } from "../testing/fake-transport.ts";
import { Connection } from "./connection.ts";
import type { EngineOptions } from "./options.ts";

const known = {};

const tick = () => Promise.resolve();

/** A connection that writes down what it tells the layer above. */
function connect(options: EngineOptions = {}): { connection: Connection; told: unknown[][] } {
  const connection = new Connection(
    "http://h:1",
    { transports: [FakeTransport, FakeWebSocket], ...options },
    known,
  );
  const told: unknown[][] = [];
  connection.handler = {
    open: () => told.push(["open"]),
    message: (data) => told.push(["message", data]),
    ping: () => told.push(["ping"]),
    error: (error) => told.push(["error", error.message]),
    close: (reason, description) => told.push(["close", reason, description]),
  };
  connection.open();
  return { connection, told };
}

function events(connection: Connection): string[] {
  const seen: string[] = [];
  const names = [
    "open",
    "handshake",
    "packet",
    "packetCreate",
    "data",
    "message",
    "drain",
    "flush",
  ];
  const more = [
    "heartbeat",
    "ping",
    "pong",
    "error",
    "upgrading",
    "upgrade",
    "upgradeError",
    "close",
  ];
  for (const name of [...names, ...more]) connection.on(name as "open", () => seen.push(name));
  return seen;
}

describe("Connection", () => {
  beforeEach(() => {
    FakeTransport.made = [];
    Connection.priorWebsocketSuccess = false;
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  describe("handshake", () => {
    it("opens with the first transport and tells about it in the usual order", () => {
      const { connection, told } = connect();
      const seen = events(connection);
      connection.handler!.open = () => connection.send("0");
      const transport = lastTransport();
      expect(transport.options.query).toEqual({ EIO: "4", transport: "polling" });
      transport.handshake({ sid: "abc" });
      expect(seen).toEqual(["packet", "heartbeat", "handshake", "packetCreate", "flush", "open"]);
      expect([connection.id, connection.readyState]).toEqual(["abc", "open"]);
      expect(transport.query["sid"]).toBe("abc");
      expect(told).toEqual([]);
    });

    it("gives each transport its own options on top of the general ones", () => {
      connect({
        extraHeaders: { a: "1" },
        query: { x: 1 },
        transportOptions: { polling: { extraHeaders: { b: "2" } }, websocket: {} },
      });
      expect(lastTransport().options).toMatchObject({
        extraHeaders: { b: "2" },
        query: { x: "1", EIO: "4", transport: "polling" },
        hostname: "h",
        port: "1",
        path: "/engine.io/",
      });
    });

    it.each(["not json", "{}", "null", '{"sid":"a"}'])("refuses %s", (text) => {
      const { told } = connect();
      lastTransport().connect();
      lastTransport().receive("open", text);
      expect(told).toEqual([
        ["error", "server error"],
        ["close", "transport error", expect.any(Error)],
      ]);
      expect(lastTransport().wasClosed).toBe(true);
    });

    it("reports that there is nothing to connect with, but not before open() has returned", async () => {
      const { connection, told } = connect({ transports: ["carrier pigeon", "constructor"] });
      expect(told).toEqual([]);
      await tick();
      expect(told).toEqual([
        ["error", "No transports available"],
        ["close", "transport error", expect.any(Error)],
      ]);
      expect(connection.readyState).toBe("closed");
    });

    it("hears nothing before it", () => {
      const { connection, told } = connect();
      lastTransport().connect();
      lastTransport().receive("message", "too early");
      lastTransport().receive("ping");
      expect([told, connection.writeBuffer]).toEqual([[], []]);
      lastTransport().handshake({ sid: "abc" });
      expect(told).toEqual([["open"]]);
    });

    it("takes no second handshake", () => {
      const { connection, told } = connect();
      lastTransport().handshake({ sid: "first" });
      lastTransport().receive("open", '{"sid":"second","upgrades":[]}');
      expect(connection.id).toBe("first");
      expect(told).toEqual([["open"]]);
    });
  });

  describe("failure to connect", () => {
    it("tells the error, then that it is over", () => {
      const { connection, told } = connect();
      lastTransport().break("xhr poll error");
      expect(told).toEqual([
        ["error", "xhr poll error"],
        ["close", "transport error", expect.objectContaining({ type: "TransportError" })],
      ]);
      expect(connection.readyState).toBe("closed");
      expect(FakeTransport.made).toHaveLength(1);
    });

    it("tries the other transports with tryAllTransports, and then gives up", () => {
      const { connection, told } = connect({ tryAllTransports: true });
      lastTransport().break();
      expect(told).toEqual([]);
      expect(FakeTransport.made.map(({ name }) => name)).toEqual(["polling", "websocket"]);
      lastTransport().break("websocket error");
      expect(told[0]).toEqual(["error", "websocket error"]);
      expect(connection.readyState).toBe("closed");
    });
  });

  describe("rememberUpgrade", () => {
    it("opens with a websocket once one has worked, until one fails", () => {
      const { connection } = connect();
      lastTransport().handshake({ upgrades: ["websocket"] });
      lastTransport().connect();
      lastTransport().receive("pong", "probe");
      FakeTransport.made[0]!.onPaused!();
      connection.close();
      connect({ rememberUpgrade: true });
      expect(lastTransport().name).toBe("websocket");
      lastTransport().break();
      connect({ rememberUpgrade: true });
      expect(lastTransport().name).toBe("polling");
    });
  });

  describe("messages", () => {
    it("hands messages over, with events around", () => {
      const { connection, told } = connect();
      lastTransport().handshake();
      const seen = events(connection);
      lastTransport().message("hello");
      expect(told).toEqual([["open"], ["message", "hello"]]);
      expect(seen).toEqual(["packet", "heartbeat", "data", "message"]);
    });

    it("sends one request at a time over polling, and what was buffered with the next", async () => {
      const { connection } = connect();
      const transport = lastTransport();
      transport.autoDrain = false;
      transport.handshake();
      for (const text of ["a", "b", "c"]) connection.send(text);
      expect(transport.wire).toEqual(["4a"]);
      expect(connection.writable).toBe(false);
      transport.drain();
      expect(transport.wire).toEqual(["4a", "4b", "4c"]);
      const seen = events(connection);
      transport.drain();
      expect(seen).toEqual(["drain"]);
      expect(connection.writeBuffer).toEqual([]);
      expect(connection.writable).toBe(true);
    });

    it("splits what is larger than the server takes", () => {
      const { connection } = connect();
      const transport = lastTransport();
      transport.autoDrain = false;
      transport.handshake({ maxPayload: 10 });
      connection.send("1");
      for (const text of ["aaaa", "bbb", "cccc"]) connection.send(text);
      transport.drain();
      expect(transport.wire).toEqual(["41", "4aaaa", "4bbb"]);
      transport.drain();
      expect(transport.wire).toEqual(["41", "4aaaa", "4bbb", "4cccc"]);
    });

    it("sends at once over a websocket", () => {
      const { connection } = connect({ transports: [FakeWebSocket] });
      lastTransport().handshake();
      for (const text of ["a", "b"]) connection.send(text);
      expect(lastTransport().wire).toEqual(["4a", "4b"]);
      expect(connection.writable).toBe(false);
    });

    it("keeps what is sent before it is open", () => {
      const { connection } = connect();
      connection.write("early");
      expect(lastTransport().wire).toEqual([]);
      lastTransport().handshake();
      expect(lastTransport().wire).toEqual(["4early"]);
    });

    it("tells when a message was handed to the transport", () => {
      const { connection } = connect({ transports: [FakeWebSocket] });
      let sent = 0;
      connection.send("a", undefined, () => sent++);
      expect(sent).toBe(0);
      lastTransport().handshake();
      expect(sent).toBe(1);
    });

    it("goes on after a listener has thrown, and lets the platform know", async () => {
      const { connection, told } = connect();
      lastTransport().handshake();
      const uncaught = new Promise((resolve) => process.once("uncaughtException", resolve));
      const others = process.listeners("uncaughtException").slice(0, -1);
      for (const other of others) process.off("uncaughtException", other);
      connection.once("data", () => {
        throw new Error("mine");
      });
      lastTransport().message("a", "b");
      expect(await uncaught).toMatchObject({ message: "mine" });
      for (const other of others) process.on("uncaughtException", other);
      expect(told.at(-1)).toEqual(["message", "b"]);
    });
  });

  describe("heartbeat", () => {
    it("answers pings", () => {
      const { connection, told } = connect();
      lastTransport().handshake();
      const seen = events(connection);
      lastTransport().receive("ping");
      expect(lastTransport().wire).toEqual(["3"]);
      expect(told.at(-1)).toEqual(["ping"]);
      expect(seen).toEqual(["packet", "heartbeat", "packetCreate", "flush", "ping", "pong"]);
    });

    it("ends when pings stay out for interval and timeout together", () => {
      const { told } = connect();
      lastTransport().handshake({ pingInterval: 300, pingTimeout: 200 });
      vi.advanceTimersByTime(400);
      lastTransport().receive("ping");
      vi.advanceTimersByTime(499);
      expect(told.at(-1)).toEqual(["ping"]);
      vi.advanceTimersByTime(1);
      expect(told.at(-1)).toEqual(["close", "ping timeout", undefined]);
      expect(lastTransport().wasClosed).toBe(true);
    });

    it("sees by the clock that it is overdue", async () => {
      const { connection, told } = connect();
      lastTransport().handshake({ pingInterval: 300, pingTimeout: 200 });
      vi.setSystemTime(Date.now() + 501);
      expect(connection.isExpired()).toBe(true);
      await tick();
      expect(told.at(-1)).toEqual(["close", "ping timeout", undefined]);
    });
  });

  describe("upgrade", () => {
    function upgrading(): { connection: Connection; old: FakeTransport; candidate: FakeTransport } {
      const { connection } = connect();
      const old = lastTransport();
      old.handshake({ sid: "abc", upgrades: ["websocket", "webtransport"] });
      const candidate = lastTransport();
      expect(candidate.options.query).toMatchObject({ transport: "websocket", sid: "abc" });
      candidate.connect();
      return { connection, old, candidate };
    }

    it("holds packets while the transport changes, and sends them in order on the new one", () => {
      const { connection, old, candidate } = upgrading();
      const seen = events(connection);
      connection.send("before");
      candidate.receive("pong", "probe");
      expect(connection.upgrading).toBe(true);
      connection.send("during");
      expect(old.wire).toEqual(["4before"]);
      old.drain();
      old.onPaused!();
      connection.send("after");
      expect(candidate.wire).toEqual(["2probe", "5", "4during", "4after"]);
      expect(connection.transport).toBe(candidate);
      expect(old.wasClosed).toBe(false);
      expect(seen.filter((name) => name.startsWith("upgrad"))).toEqual(["upgrading", "upgrade"]);
    });

    it("still hears the old transport until it rests, and not afterwards", () => {
      const { connection, old, candidate } = upgrading();
      const heard: unknown[] = [];
      connection.on("data", (data) => heard.push(data));
      candidate.receive("pong", "probe");
      old.message("last words");
      old.onPaused!();
      old.message("ghost");
      candidate.message("new");
      expect(heard).toEqual(["last words", "new"]);
    });

    it("stays where it is when the candidate fails, with what it held", () => {
      const { connection, old, candidate } = upgrading();
      const errors: string[] = [];
      connection.on("upgradeError", (error) => errors.push(error.message));
      candidate.receive("pong", "probe");
      connection.send("held");
      candidate.drop();
      expect(errors).toEqual(["transport closed"]);
      expect(connection.transport).toBe(old);
      expect(old.wire).toEqual(["4held"]);
      expect(connection.upgrading).toBe(false);
    });

    it("does not try with upgrade: false, nor to where the server does not invite", () => {
      connect({ upgrade: false });
      lastTransport().handshake({ upgrades: ["websocket"] });
      expect(FakeTransport.made).toHaveLength(1);
      connect();
      lastTransport().handshake({ upgrades: ["webtransport"] });
      expect(FakeTransport.made).toHaveLength(2);
    });

    it("drops the candidate when the connection ends", () => {
      const { connection, old, candidate } = upgrading();
      old.break("xhr poll error");
      expect(candidate.wasClosed).toBe(true);
      expect(connection.readyState).toBe("closed");
    });
  });

  describe("close", () => {
    it("lets out what is in the buffer first", () => {
      const { connection, told } = connect();
      const transport = lastTransport();
      transport.autoDrain = false;
      transport.handshake();
      connection.send("a");
      connection.send("b");
      connection.close();
      connection.send("too late");
      expect(connection.readyState).toBe("closing");
      transport.drain();
      transport.drain();
      expect(transport.wire).toEqual(["4a", "4b"]);
      expect(told.at(-1)).toEqual(["close", "forced close", undefined]);
      expect(transport.wasClosed).toBe(true);
    });

    it("waits for a change of transport that is under way", async () => {
      const { connection } = connect();
      const old = lastTransport();
      old.handshake({ upgrades: ["websocket"] });
      const candidate = lastTransport();
      candidate.connect();
      candidate.receive("pong", "probe");
      connection.send("a");
      connection.close();
      expect(connection.readyState).toBe("closing");
      old.onPaused!();
      expect(candidate.wire).toEqual(["2probe", "5", "4a"]);
      await tick();
      expect(connection.readyState).toBe("closed");
    });

    it("gives up a probe, and a handshake", () => {
      const { connection } = connect();
      lastTransport().handshake({ upgrades: ["websocket"] });
      connection.close();
      expect(lastTransport().wasClosed).toBe(true);
      const second = connect();
      second.connection.close();
      expect(second.told).toEqual([["close", "forced close", undefined]]);
    });

    it("happens once", () => {
      const { connection, told } = connect();
      lastTransport().handshake();
      const transport = lastTransport();
      const { handler } = transport;
      connection.close().close();
      handler!.onClose();
      handler!.onError(new Error("late"));
      handler!.onPacket({ type: "message", data: "late" });
      vi.advanceTimersByTime(100_000);
      expect(told).toEqual([["open"], ["close", "forced close", undefined]]);
      expect(connection.id).toBeUndefined();
    });

    it("tells what the transport said about a line that was cut", () => {
      const { told } = connect({ transports: [FakeWebSocket] });
      lastTransport().handshake();
      lastTransport().drop();
      expect(told.at(-1)).toEqual([
        "close",
        "transport close",
        { description: "websocket connection closed" },
      ]);
    });

    it("leaves unsent packets to its listeners", () => {
      const { connection } = connect();
      lastTransport().autoDrain = false;
      lastTransport().handshake();
      connection.send("a");
      let unsent = 0;
      connection.on("close", () => {
        unsent = connection.writeBuffer.length;
      });
      lastTransport().break("xhr post error");
      expect(unsent).toBe(1);
      expect(connection.writeBuffer).toEqual([]);
    });
  });

  describe("in a page", () => {
    function page(): EventTarget {
      const target = new EventTarget();
      vi.stubGlobal("addEventListener", target.addEventListener.bind(target));
      vi.stubGlobal("removeEventListener", target.removeEventListener.bind(target));
      return target;
    }

    it("ends when the network is gone, unless the server is on the same machine", () => {
      const target = page();
      const { told } = connect();
      lastTransport().handshake();
      const local = new Connection("http://localhost", { transports: [FakeTransport] }, known);
      local.open();
      target.dispatchEvent(new Event("offline"));
      expect(told.at(-1)).toEqual([
        "close",
        "transport close",
        { description: "network connection lost" },
      ]);
      expect(local.readyState).toBe("opening");
      local.close();
    });

    it("says goodbye when the page is left, if it was asked to", () => {
      const target = page();
      connect();
      const patient = lastTransport();
      connect({ closeOnBeforeunload: true });
      const polite = lastTransport();
      target.dispatchEvent(new Event("beforeunload"));
      expect([patient.wasClosed, polite.wasClosed]).toEqual([false, true]);
    });

    it("leaves no listeners behind", () => {
      const target = page();
      const { connection, told } = connect({ closeOnBeforeunload: true });
      connection.close();
      target.dispatchEvent(new Event("offline"));
      target.dispatchEvent(new Event("beforeunload"));
      expect(told).toEqual([["close", "forced close", undefined]]);
    });
  });
});
