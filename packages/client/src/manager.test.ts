import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Manager } from "./manager.ts";
import type { ManagerOptions } from "./options.ts";
import { FakeTransport, FakeWebSocket, lastTransport } from "./testing/fake-transport.ts";

const names = ["open", "error", "ping", "close"] as const;
const reconnectNames = [
  "reconnect_attempt",
  "reconnect",
  "reconnect_error",
  "reconnect_failed",
] as const;

function make(options: Partial<ManagerOptions> = {}): { manager: Manager; told: string[] } {
  const manager = new Manager("http://h", {
    transports: [FakeTransport, FakeWebSocket],
    randomizationFactor: 0,
    ...options,
  });
  const told: string[] = [];
  for (const name of [...names, ...reconnectNames]) {
    manager.on(name as "error", (detail?: unknown) =>
      told.push(
        detail === undefined
          ? name
          : `${name} ${detail instanceof Error ? detail.message : (detail as string)}`,
      ),
    );
  }
  return { manager, told };
}

describe("Manager", () => {
  beforeEach(() => {
    FakeTransport.made = [];
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  describe("opening", () => {
    it("connects at once, to /socket.io/", () => {
      const { manager, told } = make();
      expect(lastTransport().options).toMatchObject({ hostname: "h", path: "/socket.io/" });
      lastTransport().handshake({ sid: "abc" });
      expect(told).toEqual(["open"]);
      expect(manager.engine.id).toBe("abc");
    });

    it("waits to be told with autoConnect: false, and then connects once", () => {
      const { manager } = make({ autoConnect: false });
      expect(FakeTransport.made).toHaveLength(0);
      manager.connect().open();
      expect(FakeTransport.made).toHaveLength(1);
      lastTransport().handshake();
      manager.open();
      expect(FakeTransport.made).toHaveLength(1);
    });

    it("takes options alone", () => {
      const manager = new Manager({ transports: [FakeTransport], hostname: "o", port: 7 });
      expect(lastTransport().options).toMatchObject({ hostname: "o", port: 7 });
      expect(manager.uri).toBeUndefined();
      manager._close();
    });

    it("calls back with the outcome, and leaves it at that", () => {
      const { manager } = make({ autoConnect: false });
      const outcomes: unknown[] = [];
      manager.open((error) => outcomes.push(error?.message));
      lastTransport().break("xhr poll error");
      vi.advanceTimersByTime(60_000);
      expect(FakeTransport.made).toHaveLength(1);
      manager.open((error) => outcomes.push(error));
      lastTransport().handshake();
      expect(outcomes).toEqual(["xhr poll error", undefined]);
      expect(FakeTransport.made).toHaveLength(2);
    });

    it("gives up an attempt that takes too long", () => {
      const { manager, told } = make({ timeout: 500, reconnection: false });
      vi.advanceTimersByTime(499);
      expect(told).toEqual([]);
      vi.advanceTimersByTime(1);
      expect(told).toEqual(["error timeout"]);
      expect(lastTransport().wasClosed).toBe(true);
      expect(manager._readyState).toBe("closed");
    });

    it("waits for ever with timeout: false", () => {
      const { told } = make({ timeout: false });
      vi.advanceTimersByTime(100_000);
      expect(told).toEqual([]);
    });

    it("takes a close before the handshake for a failure", () => {
      const { told } = make({ reconnection: false });
      lastTransport().drop();
      expect(told).toEqual(["error transport close"]);
    });

    it("reads its options anew for every attempt", () => {
      const { manager } = make();
      manager.opts.query = { token: "2" };
      lastTransport().break();
      vi.advanceTimersByTime(1000);
      expect(lastTransport().options.query["token"]).toBe("2");
    });
  });

  describe("reconnection", () => {
    it("comes back after a lost connection, later each time, and tells about it", () => {
      const { told } = make({ reconnectionDelay: 100, reconnectionDelayMax: 300 });
      lastTransport().handshake();
      lastTransport().drop();
      expect(told.splice(0)).toEqual(["open", "close transport close"]);
      for (const delay of [100, 200, 300, 300]) {
        vi.advanceTimersByTime(delay - 1);
        expect(told).toEqual([]);
        vi.advanceTimersByTime(1);
        expect(told.splice(0)).toEqual([expect.stringMatching(/^reconnect_attempt \d$/)]);
        lastTransport().break("xhr poll error");
        expect(told.splice(0)).toEqual(["error xhr poll error", "reconnect_error xhr poll error"]);
      }
      vi.advanceTimersByTime(300);
      lastTransport().handshake();
      expect(told).toEqual(["reconnect_attempt 5", "open", "reconnect 5"]);
    });

    it("starts again from the first delay after a success", () => {
      const { told } = make({ reconnectionDelay: 100 });
      for (let i = 0; i < 3; i++) {
        lastTransport().handshake();
        lastTransport().drop();
        told.length = 0;
        vi.advanceTimersByTime(100);
        expect(told).toEqual(["reconnect_attempt 1"]);
      }
    });

    it("tries as well when the first attempt fails", () => {
      const { told } = make({ reconnectionDelay: 100 });
      lastTransport().break();
      vi.advanceTimersByTime(100);
      lastTransport().handshake();
      expect(told.slice(-2)).toEqual(["open", "reconnect 1"]);
    });

    it("gives up after so many attempts", () => {
      const { told } = make({ reconnectionAttempts: 2, reconnectionDelay: 10 });
      for (let i = 0; i < 3; i++) {
        lastTransport().break("server error");
        vi.advanceTimersByTime(10 * 2 ** i);
      }
      expect(told.slice(-2)).toEqual(["reconnect_failed", "reconnect_error server error"]);
      vi.advanceTimersByTime(100_000);
      expect(FakeTransport.made).toHaveLength(3);
    });

    it("does not come back with reconnection: false", () => {
      make({ reconnection: false });
      lastTransport().handshake();
      lastTransport().drop();
      vi.advanceTimersByTime(100_000);
      expect(FakeTransport.made).toHaveLength(1);
    });

    it("can be called off, before and during an attempt", () => {
      const { manager, told } = make();
      lastTransport().break();
      manager.reconnection(false);
      vi.advanceTimersByTime(100_000);
      expect(FakeTransport.made).toHaveLength(1);
      const second = make();
      lastTransport().break();
      second.manager.on("reconnect_attempt", () => second.manager.reconnection(false));
      vi.advanceTimersByTime(100_000);
      expect(FakeTransport.made).toHaveLength(2);
      expect(told).toEqual(["error websocket error"]);
    });

    it("does not get in the way of a listener that connects by itself", () => {
      const { manager, told } = make({ reconnectionDelay: 100 });
      lastTransport().handshake();
      manager.once("close", () => manager.open());
      lastTransport().drop();
      expect(FakeTransport.made).toHaveLength(2);
      lastTransport().handshake();
      vi.advanceTimersByTime(60_000 - 25_000);
      expect(FakeTransport.made).toHaveLength(2);
      lastTransport().drop();
      vi.advanceTimersByTime(100);
      expect(FakeTransport.made).toHaveLength(3);
      expect(told.at(-1)).toBe("reconnect_attempt 1");
    });
  });

  describe("closing", () => {
    it("stays closed, whatever it was about to do", () => {
      const { manager, told } = make();
      manager._close();
      lastTransport().handler?.onOpen();
      vi.advanceTimersByTime(100_000);
      expect(told).toEqual(["close forced close"]);
      const waiting = make();
      lastTransport().break();
      waiting.manager._close();
      vi.advanceTimersByTime(100_000);
      expect(FakeTransport.made).toHaveLength(2);
    });

    it("ends with a parse error on what is no packet, and comes back", () => {
      const { told } = make({ reconnectionDelay: 100 });
      lastTransport().handshake();
      lastTransport().message('2["x"');
      expect(told).toEqual(["open", "close parse error"]);
      expect(lastTransport().wasClosed).toBe(true);
      vi.advanceTimersByTime(100);
      expect(FakeTransport.made).toHaveLength(2);
    });

    it("does not mistake a listener's exception for a bad packet", () => {
      const { manager, told } = make();
      lastTransport().handshake();
      const errors: unknown[] = [];
      manager.on("packet", () => {
        throw new Error("mine");
      });
      vi.stubGlobal("queueMicrotask", (run: () => void) => {
        try {
          run();
        } catch (error) {
          errors.push(error);
        }
      });
      lastTransport().message('2["x"]');
      vi.unstubAllGlobals();
      expect(errors).toEqual([new Error("mine")]);
      expect(told).toEqual(["open"]);
    });
  });

  describe("settings", () => {
    it("are told and changed by the same methods", () => {
      const { manager } = make({ randomizationFactor: 0.25 });
      expect([
        manager.reconnection(),
        manager.reconnectionAttempts(),
        manager.reconnectionDelay(),
        manager.reconnectionDelayMax(),
        manager.randomizationFactor(),
        manager.timeout(),
      ]).toEqual([true, Infinity, 1000, 5000, 0.25, 20_000]);
      manager
        .reconnection(false)
        .reconnectionAttempts(1)
        .reconnectionDelay(2)
        .reconnectionDelayMax(3)
        .randomizationFactor(0)
        .timeout(false);
      expect([
        manager.reconnection(),
        manager.reconnectionAttempts(),
        manager.reconnectionDelay(),
        manager.reconnectionDelayMax(),
        manager.randomizationFactor(),
        manager.timeout(),
      ]).toEqual([false, 1, 2, 3, 0, false]);
    });
  });

  describe("sockets", () => {
    it("are one per namespace", () => {
      const { manager } = make();
      expect(manager.socket("/a")).toBe(manager.socket("/a"));
      expect(manager.socket("/a")).not.toBe(manager.socket("/b"));
      expect(manager.socket("/__proto__").nsp).toBe("/__proto__");
    });

    it("connect again when they are asked for again", () => {
      const { manager } = make();
      const socket = manager.socket("/a");
      socket.disconnect();
      expect(socket.active).toBe(false);
      expect(manager.socket("/a")).toBe(socket);
      expect(socket.active).toBe(true);
    });

    it("close the connection when the last of them is gone", () => {
      const { manager, told } = make();
      lastTransport().handshake();
      const a = manager.socket("/a");
      const b = manager.socket("/b");
      a.disconnect();
      expect(told).toEqual(["open"]);
      b.disconnect();
      expect(told).toEqual(["open", "close forced close"]);
    });
  });
});
