import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { TimingWheel } from "@hawser/websocket/internal";
import { TestLines } from "../../testing/lines.ts";
import { send } from "../../testing/raw-http.ts";
import { VirtualClock } from "../../testing/virtual-clock.ts";
import { Outgoing } from "../outgoing.ts";

const event = (text: string): string => `data: ${text}\n\n`;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** The body without the sizes of its chunks, and how many there were. */
function unchunk(received: string): { body: string; chunks: number } {
  let rest = received.slice(received.indexOf("\r\n\r\n") + 4);
  let body = "";
  let chunks = 0;
  for (;;) {
    const end = rest.indexOf("\r\n");
    const size = Number.parseInt(rest.slice(0, end), 16);
    if (end === -1 || size === 0) return { body, chunks };
    body += rest.slice(end + 2, end + 2 + size);
    rest = rest.slice(end + 4 + size);
    chunks++;
  }
}

describe("a stream", () => {
  it("begins with its first message, and writes those of one tick together", async () => {
    const lines = await TestLines.start();
    const stream = lines.stream();
    const { connection } = await lines.next();
    expect(connection.transport.name).toBe("sse");
    expect(lines.test.engine.clientsCount).toBe(1);
    await turn();
    expect(stream.received).toBe("");
    for (const text of ["one", "two", "three"]) connection.sendOutgoing(new Outgoing(event(text)));
    const first = await stream.until("three\n\n");
    expect(first).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(first).toMatch(/content-type: text\/event-stream\r\n/i);
    expect(first).toMatch(/cache-control: no-store, no-transform\r\n/i);
    expect(first).toMatch(/x-accel-buffering: no\r\n/i);
    expect(unchunk(first)).toEqual({
      body: "data: one\n\ndata: two\n\ndata: three\n\n",
      chunks: 1,
    });
    connection.send(event("bare"));
    await stream.until("data: bare\n\n");
  });

  it("can be refused until then, and not later", async () => {
    const lines = await TestLines.start();
    const answer = send(lines.test.port, "/stream");
    const { connection, closed } = await lines.next();
    expect(connection.refuseStream(401, '{"error":1}')).toBe(true);
    const { status, body, headers } = await answer;
    expect([status, body, headers["content-type"]]).toEqual([
      401,
      '{"error":1}',
      "application/json",
    ]);
    expect((await closed)[0]).toBe("forced close");
    expect(lines.test.engine.clientsCount).toBe(0);
    lines.stream();
    const later = await lines.next();
    later.connection.send(event("x"));
    expect(later.connection.refuseStream(401, "{}")).toBe(false);
    expect(later.connection.readyState).toBe("open");
  });

  it("ends behind what is queued, and when the client leaves", async () => {
    const lines = await TestLines.start();
    const stream = lines.stream("Connection: close\r\n");
    const { connection, closed } = await lines.next();
    connection.send(event("last"));
    connection.closeWith(4000, "streams have no codes");
    connection.send(event("too late"));
    expect(unchunk(await stream.ended).body).toBe("data: last\n\n");
    expect((await closed)[0]).toBe("forced close");
    const other = lines.stream();
    const taken = await lines.next();
    other.socket.destroy();
    expect((await taken.closed)[0]).toBe("transport close");
  });

  it("is an answer without events when the server closes before the first", async () => {
    const lines = await TestLines.start();
    const stream = lines.stream("Connection: close\r\n");
    await lines.next();
    lines.test.engine.close();
    expect(await stream.ended).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });

  it("leaves the line to the next request", async () => {
    const lines = await TestLines.start();
    const stream = lines.stream();
    const { connection } = await lines.next();
    connection.send(event("one"));
    connection.close();
    await stream.until("0\r\n\r\n");
    stream.socket.write("GET /stream HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    (await lines.next()).connection.send(event("two"));
    await stream.until("data: two\n\n");
  });

  it("beats with comments, once it has begun", async () => {
    const clock = new VirtualClock();
    const options = { pingInterval: 1_000, pingTimeout: 500 };
    const lines = await TestLines.start({}, {}, options, { wheel: new TimingWheel(clock, 50) });
    const stream = lines.stream();
    const { connection } = await lines.next();
    clock.advance(3_500);
    connection.send(event("begun"));
    await stream.until("begun");
    expect(stream.received).not.toContain("\n:\n\n");
    const beat = once(connection, "heartbeat");
    clock.advance(700);
    await stream.until("\n:\n\n");
    await beat;
    clock.advance(900);
    expect(connection.readyState).toBe("open");
  });

  it("ends one that takes nothing for the time of a heartbeat", async () => {
    const clock = new VirtualClock();
    const options = { pingInterval: 1_000, pingTimeout: 500, maxBufferedBytes: 1e9 };
    const lines = await TestLines.start({}, {}, options, { wheel: new TimingWheel(clock, 50) });
    const stream = lines.stream();
    const { connection, closed } = await lines.next();
    stream.socket.pause();
    for (let sent = 0; sent < 200; sent++) connection.send("x".repeat(100_000));
    await turn();
    expect(connection.writable).toBe(false);
    clock.advance(1_600);
    expect((await closed)[0]).toBe("ping timeout");
    // What is left is given some time, and then up.
    clock.advance(15_100);
    stream.socket.resume();
    await stream.ended;
  });

  it("tells when it has room again, and when all has left", async () => {
    const lines = await TestLines.start();
    const stream = lines.stream();
    const { connection, closed } = await lines.next();
    const { transport } = connection;
    const order: string[] = [];
    stream.socket.pause();
    connection.send("x".repeat(8_000_000), () => order.push("first"));
    await turn();
    expect(connection.writable).toBe(false);
    connection.send(event("second"), () => order.push("second"));
    const drained = new Promise<void>((resolve) => {
      connection.handler = {
        onText: () => {},
        onBinary: () => {},
        onClose: () => {},
        onDrain: () => {
          order.push("drain");
          resolve();
        },
      };
    });
    transport.requestDrain();
    transport.requestDrain();
    await turn();
    expect(order).toEqual([]);
    stream.socket.resume();
    await drained;
    expect(order).toEqual(["first", "second", "drain"]);
    expect(connection.writable).toBe(true);
    void closed;
  });

  it("calls back at once when nothing waits", async () => {
    const lines = await TestLines.start();
    lines.stream();
    const { connection } = await lines.next();
    await new Promise<void>((resolve) => connection.transport.afterFlush(resolve));
  });

  it("ends a reader for whom more waits than may", async () => {
    const lines = await TestLines.start({}, {}, { maxBufferedBytes: 1_000_000 });
    const stream = lines.stream();
    const { connection, closed } = await lines.next();
    stream.socket.pause();
    const { transport } = connection as unknown as { transport: { bufferedAmount: number } };
    let most = 0;
    while (connection.readyState === "open") {
      connection.send("x".repeat(100_000));
      most = Math.max(most, transport.bufferedAmount);
      await turn();
    }
    expect(most).toBeLessThan(1_300_000);
    expect(await closed).toMatchObject(["transport error", { code: "BUFFER_FULL" }]);
    stream.socket.resume();
    await stream.ended;
  });

  it("says nothing where there is nothing to say", async () => {
    const lines = await TestLines.start({}, { headers: { "X-Own": "yes" } });
    const stream = lines.stream();
    const { connection } = await lines.next();
    connection.send("");
    await turn();
    expect(stream.received).toBe("");
    connection.send(event("public"));
    await stream.until("public");
    connection.send("");
    connection.send(event("more"));
    const received = await stream.until("more");
    expect(received).toMatch(/x-own: yes\r\n/i);
    expect(unchunk(received).body).toBe("data: public\n\ndata: more\n\n");
  });
});

describe("admission of a stream", () => {
  it("asks the middlewares and allowRequest, keeps their headers, and foreign origins out", async () => {
    const lines = await TestLines.start({}, {}, { cors: { origin: "https://friend.example" } });
    lines.test.engine.use((_request, response, next) => {
      response.setHeader("Set-Cookie", "seen=1");
      next();
    });
    const foreign = await send(lines.test.port, "/stream", {
      headers: { Origin: "https://evil.example" },
    });
    expect(foreign.status).toBe(403);
    const stream = lines.stream("Origin: https://friend.example\r\n");
    (await lines.next()).connection.send(event("x"));
    const received = await stream.until("data: x");
    expect(received).toMatch(/access-control-allow-origin: https:\/\/friend\.example\r\n/i);
    expect(received).toMatch(/set-cookie: seen=1\r\n/i);
  });

  it("takes nothing but GET, and nothing while the server closes", async () => {
    const lines = await TestLines.start();
    expect((await send(lines.test.port, "/stream", { method: "POST", body: "x" })).status).toBe(
      400,
    );
    lines.test.engine.close();
    expect((await send(lines.test.port, "/stream")).status).toBe(503);
  });

  it("notices that a client leaves which had sent a body", async () => {
    const lines = await TestLines.start();
    const stream = lines.stream("Content-Length: 5\r\n");
    const { connection, closed } = await lines.next();
    connection.send(event("x"));
    await stream.until("data: x");
    stream.socket.end("hello");
    stream.socket.destroy();
    expect((await closed)[0]).toBe("transport close");
  });
});
