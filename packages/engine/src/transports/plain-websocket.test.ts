import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { WebSocketServer } from "ws";
import { TimingWheel } from "@hawser/websocket/internal";
import { RawLine, upgradeHead } from "../../testing/raw-http.ts";
import { TestLines } from "../../testing/lines.ts";
import { VirtualClock } from "../../testing/virtual-clock.ts";
import { Outgoing } from "../outgoing.ts";
import type { Peer } from "../../testing/engine.ts";
import type { PlainWebSocketTransport } from "./plain-websocket.ts";

/** Code and reason of the close frame. */
async function goodbye(peer: Peer): Promise<[code: number, reason: string]> {
  const [code, reason] = (await once(peer.socket, "close")) as [number, Buffer];
  return [code, reason.toString()];
}

describe("a plain websocket", () => {
  it("carries frames as they are, both ways, and says nothing of its own", async () => {
    const lines = await TestLines.start();
    const peer = await lines.peer().open();
    const { connection, heard } = await lines.next();
    expect(connection.transport.name).toBe("websocket");
    expect(connection.protocol).toBe(4);
    expect(connection.id).toMatch(/^[\w-]{20}$/);
    expect(lines.test.engine.clients[connection.id]).toBe(connection);
    expect(lines.test.engine.clientsCount).toBe(1);
    peer.send('{"event":"a"}');
    peer.send("4not a digit");
    peer.send(Buffer.of(1, 2));
    peer.socket.ping();
    await once(peer.socket, "pong");
    expect(heard).toEqual(['{"event":"a"}', "4not a digit", "<0102>"]);
    connection.sendOutgoing(new Outgoing('{"event":"b"}', [Buffer.from("bytes")]));
    connection.send("bare");
    expect([await peer.next(), await peer.next(), await peer.next()]).toEqual([
      '{"event":"b"}',
      "bytes",
      "bare",
    ]);
    peer.socket.close();
    const { closed } = lines.test.last;
    expect((await closed)[0]).toBe("transport close");
    expect(lines.test.engine.clientsCount).toBe(0);
  });

  it("answers with the subprotocol, and shares frames with those of Engine.IO", async () => {
    const lines = await TestLines.start({ protocol: "hawser.v1.json" });
    const url = `ws://127.0.0.1:${lines.test.port}/plain`;
    const { WebSocket } = await import("ws");
    const socket = new WebSocket(url, ["hawser.token.x", "hawser.v1.json"]);
    await once(socket, "open");
    expect(socket.protocol).toBe("hawser.v1.json");
    const [one, other] = [await lines.next(), await (lines.peer(), lines.next())];
    const message = new Outgoing("to both");
    const heard = once(socket, "message");
    one.connection.sendOutgoing(message);
    other.connection.sendOutgoing(message);
    expect(String((await heard)[0])).toBe("to both");
    socket.close();
  });

  it("is of our own layer whatever wsEngine says, and compressed as the option says", async () => {
    const options = { wsEngine: WebSocketServer as never, perMessageDeflate: { threshold: 10 } };
    const lines = await TestLines.start({}, {}, options);
    const peer = await lines.peer().open();
    expect(peer.socket.extensions).toContain("permessage-deflate");
    const { connection, heard } = await lines.next();
    const { _socket: socket } = peer.socket as unknown as { _socket: { bytesRead: number } };
    const before = socket.bytesRead;
    connection.send("hawser ".repeat(100));
    expect((await peer.next()).length).toBe(700);
    expect(socket.bytesRead - before).toBeLessThan(60);
    peer.send("hawser ".repeat(100));
    await once(connection, "message");
    expect(heard[0]?.length).toBe(700);
  });

  it("ends text that is no UTF-8 with 1007, and what is too large with 1009", async () => {
    const lines = await TestLines.start();
    const peer = await lines.peer().open();
    const taken = await lines.next();
    peer.socket.send(Buffer.of(0xff), { binary: false });
    expect((await goodbye(peer))[0]).toBe(1007);
    expect((await taken.closed)[0]).toBe("transport error");
    const other = await lines.peer().open();
    other.send("x".repeat(1_001));
    expect((await goodbye(other))[0]).toBe(1009);
  });

  it("takes larger messages from the moment on that they are allowed", async () => {
    const lines = await TestLines.start();
    const peer = await lines.peer().open();
    const { connection, heard, closed } = await lines.next();
    const transport = connection.transport as PlainWebSocketTransport;
    const { handler } = connection;
    connection.handler = {
      onText: (text, offset) => {
        if (text === "larger") transport.messageBytesMax = 2_000;
        handler?.onText(text, offset);
      },
      onBinary: (data) => handler?.onBinary(data),
      onClose: (...how) => handler?.onClose(...how),
    };
    // One chunk.
    const { _socket: socket } = peer.socket as unknown as {
      _socket: { cork(): void; uncork(): void };
    };
    socket.cork();
    peer.send("x".repeat(1_000));
    peer.send("larger");
    peer.send("x".repeat(2_000));
    peer.send("x".repeat(2_001));
    socket.uncork();
    expect((await goodbye(peer))[0]).toBe(1009);
    await closed;
    expect(heard.map((text) => text.length)).toEqual([1_000, 6, 2_000]);
    expect(transport.messageBytesMax).toBe(2_000);
  });

  it("closes with a code and a reason, behind what is queued", async () => {
    const lines = await TestLines.start();
    const peer = await lines.peer().open();
    const { connection, closed } = await lines.next();
    connection.send("before");
    connection.closeWith(4001, '{"code":"LATE","retry":false}');
    connection.send("after");
    const left = goodbye(peer);
    expect(await peer.next()).toBe("before");
    expect(await left).toEqual([4001, '{"code":"LATE","retry":false}']);
    expect((await closed)[0]).toBe("forced close");
    expect(peer.messages).toEqual([]);
  });

  it("says why the server ends it", async () => {
    const lines = await TestLines.start();
    const [one, other] = [await lines.peer().open(), await lines.peer().open()];
    (await lines.next()).connection.close();
    expect(await goodbye(one)).toEqual([1000, '{"code":"CLOSED","retry":false}']);
    const left = goodbye(other);
    lines.test.engine.close();
    expect(await left).toEqual([1001, '{"code":"SHUTDOWN","retry":1000}']);
    const late = lines.peer();
    expect((await late.refused).status).toBe(503);
  });

  it("is ended by the heartbeat when it answers no ping, and lives while it does", async () => {
    const clock = new VirtualClock();
    const options = { pingInterval: 1_000, pingTimeout: 500 };
    const wheel = new TimingWheel(clock, 50);
    const lines = await TestLines.start({}, {}, options, { wheel });
    const quiet = await lines.peer({ autoPong: false }).open();
    const { connection, closed } = await lines.next();
    const pings = once(quiet.socket, "ping");
    clock.advance(1_100);
    await pings;
    quiet.socket.pong();
    await once(connection, "heartbeat");
    clock.advance(1_400);
    expect(connection.readyState).toBe("open");
    clock.advance(200);
    expect((await closed)[0]).toBe("ping timeout");
    expect(await goodbye(quiet)).toEqual([4002, '{"code":"PING_TIMEOUT","retry":0}']);
  });

  it("lives on whatever comes instead of a pong", async () => {
    const clock = new VirtualClock();
    const options = { pingInterval: 1_000, pingTimeout: 500 };
    const lines = await TestLines.start({}, {}, options, { wheel: new TimingWheel(clock, 50) });
    const busy = await lines.peer({ autoPong: false }).open();
    const { connection } = await lines.next();
    clock.advance(1_100);
    busy.send("busy");
    await once(connection, "message");
    clock.advance(500);
    expect(connection.readyState).toBe("open");
    clock.advance(2_000);
    expect(connection.readyState).toBe("closed");
  });

  it("is ended with 4004 when more waits than may", async () => {
    const lines = await TestLines.start({}, {}, { maxBufferedBytes: 100_000 });
    const peer = await lines.peer().open();
    const { connection, closed } = await lines.next();
    peer.socket.pause();
    const message = "x".repeat(50_000);
    while (connection.readyState === "open") {
      connection.send(message);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await closed).toMatchObject(["transport error", { code: "BUFFER_FULL" }]);
    const left = goodbye(peer);
    peer.socket.resume();
    expect(await left).toEqual([4004, '{"code":"SLOW","retry":1000}']);
  });
});

describe("admission of a plain websocket", () => {
  it("asks middlewares, allowRequest and generateId, and puts headers on the answer", async () => {
    const lines = await TestLines.start(
      {},
      {},
      {
        cookie: true,
        allowRequest: (request, decide) => decide(null, request.headers["x-key"] === "yes"),
      },
    );
    const { engine } = lines.test;
    engine.generateId = () => Promise.resolve("own-id");
    engine.use((_request, response, next) => {
      response.setHeader("X-Seen", "1");
      next();
    });
    const refused = await lines.peer().refused;
    expect([refused.status, refused.body]).toEqual([403, '{"code":4,"message":"Forbidden"}']);
    const peer = lines.peer({ headers: { "x-key": "yes" } });
    const [answer] = await once(peer.socket, "upgrade");
    expect(answer.headers).toMatchObject({ "x-seen": "1" });
    expect(answer.headers["set-cookie"][0]).toContain("io=own-id");
    expect((await lines.next()).connection.id).toBe("own-id");
  });

  it("keeps foreign origins out, unless cors lets them in", async () => {
    const lines = await TestLines.start({}, {}, { cors: { origin: "https://friend.example" } });
    const foreign = await lines.peer({ origin: "https://evil.example" }).refused;
    expect(foreign.status).toBe(403);
    expect(lines.test.refusals[0]?.context["name"]).toBe("FOREIGN_ORIGIN");
    await lines.peer({ origin: "https://friend.example" }).open();
  });

  it("does not wait for ever", async () => {
    const clock = new VirtualClock();
    const wheel = new TimingWheel(clock, 50);
    const lines = await TestLines.start({}, {}, { allowRequest: () => {} }, { wheel });
    const asked = once(lines.test.http, "upgrade");
    const peer = lines.peer();
    await asked;
    clock.advance(31_000);
    expect((await peer.refused).status).toBe(400);
    expect(lines.test.refusals[0]?.context).toEqual({ name: "ADMISSION_TIMEOUT" });
  });

  it("refuses what is no websocket handshake", async () => {
    const lines = await TestLines.start();
    const line = new RawLine(lines.test.port);
    line.write(upgradeHead("/plain", { "Sec-WebSocket-Version": "7" }));
    expect(await line.end()).toMatch(/^HTTP\/1.1 400 .*must be 13/s);
    expect(lines.test.refusals[0]?.context["name"]).toBe("WEBSOCKET_HANDSHAKE_ERROR");
  });

  it("lets nobody go on with its id over Engine.IO", async () => {
    const lines = await TestLines.start();
    await lines.peer().open();
    const { connection } = await lines.next();
    expect((await lines.test.get(connection.id)).status).toBe(400);
    expect((await lines.test.peer(connection.id).refused).status).toBe(400);
    expect(connection.readyState).toBe("open");
  });

  it("tells who watches packets what goes over it, without digits", async () => {
    const lines = await TestLines.start();
    const packets: unknown[] = [];
    lines.test.engine.on("flush", (_connection, flushed) => packets.push(...flushed));
    const peer = await lines.peer().open();
    (await lines.next()).connection.send("hello");
    await peer.next();
    expect(packets).toMatchObject([{ type: "message", data: "hello" }]);
  });
});
