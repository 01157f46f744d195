import { describe, expect, it } from "vitest";
import { sharedWheel } from "@hawser/websocket/internal";
import { TestEngine } from "../testing/engine.ts";
import { EngineServer } from "./server.ts";

describe("EngineServer", () => {
  it("counts and lists its connections", async () => {
    const test = await TestEngine.start();
    const { engine } = test;
    const sid = await test.handshake();
    const peer = await test.peer().open();
    await peer.next();
    expect(engine.clientsCount).toBe(2);
    expect(engine.clients[sid]).toBe(test.connections[0]?.connection);
    await test.post(sid, "1");
    expect(engine.clientsCount).toBe(1);
    expect(engine.clients[sid]).toBeUndefined();
    peer.socket.terminate();
    await test.last.closed;
    expect(engine.clientsCount).toBe(0);
    expect(Object.keys(engine.clients)).toEqual([]);
  });

  it("shows its settings", () => {
    const { opts } = new EngineServer({ pingInterval: 7, cors: { origin: "*" } });
    expect(opts).toMatchObject({ pingInterval: 7, pingTimeout: 20_000, cors: { origin: "*" } });
  });

  it("closes all connections", async () => {
    const test = await TestEngine.start();
    const sid = await test.handshake();
    const peer = await test.peer().open();
    await peer.next();
    test.engine.close();
    for (const { closed } of test.connections) {
      expect(await closed).toEqual(["forced close", undefined]);
    }
    expect(await peer.closed).toBe(1005);
    expect((await test.get(sid)).status).toBe(400);
    expect(test.engine.clientsCount).toBe(0);
  });

  it("can be used again after it was closed, when it is attached anew", async () => {
    const test = await TestEngine.start();
    test.engine.close();
    expect((await test.ask("transport=polling")).status).toBe(503);
    test.http.removeAllListeners("request");
    test.engine.attach(test.http);
    expect((await test.ask("transport=polling")).status).toBe(200);
  });

  it("offers upgrades by transport", () => {
    expect(new EngineServer().upgrades("polling")).toEqual(["websocket"]);
    expect(new EngineServer().upgrades("websocket")).toEqual([]);
    expect(new EngineServer({ allowUpgrades: false }).upgrades("polling")).toEqual([]);
  });

  it("shares one wheel among servers, unless a heartbeat is too fast for it", () => {
    expect(new EngineServer().wheel).toBe(sharedWheel());
    const fast = new EngineServer({ pingInterval: 100, pingTimeout: 40 });
    expect(fast.wheel.slotMs).toBe(5);
  });

  it("keeps the time of a fast heartbeat", async () => {
    const test = await TestEngine.start({ pingInterval: 100, pingTimeout: 100 });
    const start = performance.now();
    const peer = await test.peer().open();
    await peer.next();
    expect(await peer.next()).toBe("2");
    const pinged = performance.now() - start;
    expect(pinged).toBeGreaterThanOrEqual(99);
    expect((await test.last.closed)[0]).toBe("ping timeout");
    expect(performance.now() - start - pinged).toBeGreaterThanOrEqual(90);
  });
});
