import { Socket } from "engine.io-client";
import { describe, expect, it } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { TestEngine, afterTest } from "../../testing/engine.ts";
import { send } from "../../testing/raw-http.ts";
import { Outgoing } from "../outgoing.ts";
import type { EngineOptions } from "../options.ts";

/** Servers of npm ws that the engine has made. */
const made: WatchedServer[] = [];

class WatchedServer extends WebSocketServer {
  constructor(options: object) {
    super(options);
    made.push(this);
  }
}

async function start(options: EngineOptions = {}): Promise<TestEngine> {
  made.length = 0;
  return TestEngine.start({ wsEngine: WatchedServer, ...options });
}

describe("the option wsEngine, with npm ws", () => {
  for (const transports of [["websocket"], ["polling", "websocket"]]) {
    it(`carries a session over ${transports.join(" and ")}`, async () => {
      const test = await start();
      test.engine.on("connection", (connection) => {
        connection.on("message", (data) => connection.send(data));
      });
      const client = new Socket(`http://127.0.0.1:${test.port}`, { transports });
      afterTest(() => client.close());
      await new Promise<void>((resolve) => client.on("open", resolve));
      if (transports.length > 1) await new Promise((resolve) => client.on("upgrade", resolve));
      const received: unknown[] = [];
      const all = new Promise<void>((resolve) => {
        client.on("message", (data: unknown) => {
          received.push(data);
          if (received.length === 3) resolve();
        });
      });
      for (const data of ["é€😀", Buffer.of(1, 255), "last"]) client.send(data);
      await all;
      expect(received.map((data) => (typeof data === "string" ? data : "binary"))).toEqual([
        "é€😀",
        "binary",
        "last",
      ]);
      expect(made).toHaveLength(1);
      expect(made[0]?.options).toMatchObject({ noServer: true, maxPayload: 1_000_000 });
      client.close();
      expect((await test.last.closed)[0]).toBe("transport close");
    });
  }

  it("shows the server and the websocket of that class", async () => {
    const test = await start();
    await test.peer().open();
    expect(test.engine.ws).toBe(made[0]);
    expect((test.last.connection.transport as { socket?: unknown }).socket).toBeInstanceOf(
      WebSocket,
    );
  });

  it("sends a broadcast to lines of both kinds", async () => {
    const test = await start();
    const peers = [await test.peer().open(), await test.peer().open()];
    for (const peer of peers) await peer.next();
    const message = new Outgoing('451-["x"]', [Buffer.from("bytes")]);
    for (const { connection } of test.connections) connection.sendOutgoing(message);
    for (const peer of peers) {
      expect([await peer.next(), await peer.next()]).toEqual(['451-["x"]', "bytes"]);
    }
  });

  it("sets headers and the cookie on the answer", async () => {
    const test = await start({ cookie: true });
    test.engine.on("headers", (headers) => (headers["X-Mine"] = "1"));
    const peer = test.peer();
    const upgrade = new Promise<Record<string, unknown>>((resolve) => {
      peer.socket.on("upgrade", ({ headers }) => resolve(headers));
    });
    const headers = await upgrade;
    expect(headers["x-mine"]).toBe("1");
    expect(String(headers["set-cookie"])).toContain(test.last.connection.id);
  });

  it("calls back, drains, and says why a line failed", async () => {
    const test = await start();
    const peer = await test.peer().open();
    await peer.next();
    const { connection } = test.last;
    expect(connection.writable).toBe(true);
    await new Promise((resolve) => connection.send("a", {}, resolve));
    const drained = new Promise<void>((resolve) => connection.on("drain", resolve));
    connection.send("b");
    await drained;
    peer.send(`4${"x".repeat(1_000_001)}`);
    expect((await test.last.closed)[0]).toBe("transport error");
  });

  it("passes perMessageDeflate on, and goes with the engine", async () => {
    const test = await start({ perMessageDeflate: { threshold: 9 } });
    expect(made[0]?.options.perMessageDeflate).toEqual({ threshold: 9 });
    const peer = await test.peer().open();
    expect(peer.socket.extensions).toContain("permessage-deflate");
    test.engine.close();
    await peer.closed;
  });

  it("refuses what is no handshake as our own layer does", async () => {
    const test = await start();
    const target = "/engine.io/?EIO=4&transport=websocket";
    const headers = { Connection: "Upgrade", Upgrade: "websocket" };
    const answer = await send(test.port, target, { headers });
    expect(answer.status).toBe(400);
    expect(test.refusals[0]?.context).toMatchObject({ name: "WEBSOCKET_HANDSHAKE_ERROR" });
  });
});

describe("a websocket client that asks for text alone", () => {
  it("sends and gets binary as base64", async () => {
    const test = await TestEngine.start();
    const client = new Socket(`http://127.0.0.1:${test.port}`, {
      transports: ["websocket"],
      forceBase64: true,
    });
    afterTest(() => client.close());
    await new Promise<void>((resolve) => client.on("open", resolve));
    const { connection } = test.last;
    const got = new Promise((resolve) => client.on("message", resolve));
    connection.on("message", (data) => connection.send(data));
    client.send(Buffer.of(1, 2));
    expect(Buffer.from((await got) as Buffer)).toEqual(Buffer.of(1, 2));
    expect(test.last.messages).toEqual([Buffer.of(1, 2)]);
  });
});
