import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { TestEngine } from "../../testing/engine.ts";
import { RawLine, upgradeHead } from "../../testing/raw-http.ts";
import { Outgoing } from "../outgoing.ts";
import type { Socket } from "node:net";
import type { SocketView } from "./socket-view.ts";

const target = "/engine.io/?EIO=4&transport=websocket";

describe("a session over websocket alone", () => {
  it("begins with the open packet, which offers no upgrade", async () => {
    const test = await TestEngine.start();
    const peer = await test.peer().open();
    const first = await peer.next();
    expect(JSON.parse(first.slice(1))).toEqual({
      sid: test.last.connection.id,
      upgrades: [],
      pingInterval: 25_000,
      pingTimeout: 20_000,
      maxPayload: 1_000_000,
    });
    expect(test.last.connection.transport.name).toBe("websocket");
    expect(test.last.connection.upgraded).toBe(false);
  });

  it("carries text and binary both ways, in order", async () => {
    const test = await TestEngine.start();
    const peer = await test.peer().open();
    await peer.next();
    const { connection } = test.last;
    connection.send("é€😀");
    connection.sendOutgoing(new Outgoing("451-[]", [Buffer.from("first"), Buffer.from("second")]));
    expect([await peer.next(), await peer.next(), await peer.next(), await peer.next()]).toEqual([
      "4é€😀",
      "451-[]",
      "first",
      "second",
    ]);
    peer.send("4é€😀");
    peer.send(Buffer.of(4, 5));
    peer.send("4");
    peer.send("3");
    await once(connection, "heartbeat");
    expect(test.last.messages).toEqual(["é€😀", Buffer.of(4, 5), ""]);
  });

  it("hands text up without slicing it", async () => {
    const test = await TestEngine.start();
    const texts: [string, number][] = [];
    test.engine.onConnection = (connection) => {
      connection.handler = {
        onText: (text, offset) => texts.push([text, offset]),
        onBinary: () => {},
        onClose: () => {},
      };
    };
    const peer = await test.peer().open();
    await peer.next();
    peer.send('42["a"]');
    await once(test.last.connection, "message");
    expect(texts).toEqual([['42["a"]', 1]]);
  });

  it("is writable until the first packet of a tick, and again after its flush", async () => {
    const test = await TestEngine.start();
    const peer = await test.peer().open();
    await peer.next();
    const { connection } = test.last;
    expect(connection.writable).toBe(true);
    connection.send("a");
    expect(connection.writable).toBe(false);
    connection.send("b");
    await once(connection, "drain");
    expect(connection.writable).toBe(true);
    connection.close();
    expect(connection.writable).toBe(false);
  });

  it("calls back when the line has taken a message", async () => {
    const test = await TestEngine.start();
    const peer = await test.peer().open();
    await peer.next();
    const transport = await new Promise((resolve) => {
      test.last.connection.send("a", undefined, resolve);
    });
    expect(transport).toBe(test.last.connection.transport);
    expect(await peer.next()).toBe("4a");
  });

  it("is answered with the headers of users and the cookie", async () => {
    const test = await TestEngine.start({ cookie: "sticky" });
    test.engine.on("initial_headers", (headers) => (headers["X-First"] = ["1", "2"]));
    test.engine.on("headers", (headers) => (headers["X-Each"] = "3"));
    const line = new RawLine(test.port);
    line.write(upgradeHead(target));
    await line.until("\r\n\r\n");
    expect(line.received).toContain(`\r\nSet-Cookie: sticky=${test.last.connection.id}; Path=/`);
    expect(line.received).toContain("\r\nX-First: 1\r\nX-First: 2\r\nX-Each: 3\r\n");
    line.socket.destroy();
  });
});

describe("what is shown of a websocket", () => {
  it("is its state, what waits, and the socket below", async () => {
    const test = await TestEngine.start();
    const peer = await test.peer().open();
    const { connection, closed } = test.last;
    const { socket } = connection.transport as unknown as { socket: SocketView };
    expect([socket.readyState, socket.bufferedAmount]).toEqual([1, 0]);
    expect((socket._socket as Socket).remoteAddress).toBe("127.0.0.1");
    socket.terminate();
    await Promise.all([peer.closed, closed]);
    expect(socket.readyState).toBe(3);
  });

  it("is a list of packets from the first look on", async () => {
    const test = await TestEngine.start();
    await test.peer().open();
    const { connection } = test.last;
    expect(connection.writeBuffer).toEqual([]);
    for (const text of ["a", "b", "c"]) connection.send(text);
    expect(connection.writeBuffer.map(({ data }) => data)).toEqual(["b", "c"]);
    await new Promise<void>((resolve) => connection.send("d", () => resolve()));
    await expect.poll(() => connection.writeBuffer).toEqual([]);
    expect(test.engine.ws).toBeUndefined();
  });
});

describe("the end of a websocket", () => {
  it("is a close frame when the server closes, after everything that was sent", async () => {
    const test = await TestEngine.start();
    for (const discard of [false, true]) {
      const peer = await test.peer().open();
      await peer.next();
      test.last.connection.send("a");
      test.last.connection.send("b");
      test.last.connection.close(discard);
      expect(test.last.connection.readyState).toBe("closed");
      expect(await test.last.closed).toEqual(["forced close", undefined]);
      expect(await peer.closed).toBe(1005);
      expect(peer.messages).toEqual(["4a", "4b"]);
    }
  });

  it("is transport close when the client closes, ends or sends a close packet", async () => {
    const test = await TestEngine.start();
    for (const leave of ["close", "terminate", "packet"]) {
      const peer = await test.peer().open();
      await peer.next();
      if (leave === "packet") peer.send("1");
      else if (leave === "close") peer.socket.close(1000, "bye");
      else peer.socket.terminate();
      expect(await test.last.closed).toEqual(["transport close", undefined]);
      expect(test.engine.clientsCount).toBe(0);
    }
  });

  it("is transport error when the line is reset", async () => {
    const test = await TestEngine.start();
    const line = new RawLine(test.port);
    line.write(upgradeHead(target));
    await line.until("pingInterval");
    line.socket.resetAndDestroy();
    const [reason, description] = await test.last.closed;
    expect(reason).toBe("transport error");
    expect(description).toBeInstanceOf(Error);
  });

  it("is transport error and 1009 when a message is over the limit", async () => {
    const test = await TestEngine.start({ maxHttpBufferSize: 100 });
    const peer = await test.peer().open();
    await peer.next();
    peer.send(`4${"x".repeat(99)}`);
    peer.send(`4${"x".repeat(100)}`);
    expect(await peer.closed).toBe(1009);
    const [reason, description] = await test.last.closed;
    expect(reason).toBe("transport error");
    expect(description).toMatchObject({ code: "WS_PAYLOAD_TOO_BIG" });
    expect(test.last.messages).toEqual(["x".repeat(99)]);
  });

  it("is parse error on what is no packet", async () => {
    const test = await TestEngine.start();
    for (const data of ["", "7", "x", "b4AQ=", "bAQID", " 4"]) {
      const peer = await test.peer().open();
      await peer.next();
      peer.send(data);
      expect(await peer.closed).toBe(1005);
      const [reason, description] = await test.last.closed;
      expect(reason).toBe("parse error");
      expect(description).toBeInstanceOf(Error);
    }
  });

  it("is transport error on a ping from the client", async () => {
    const test = await TestEngine.start();
    const peer = await test.peer().open();
    await peer.next();
    peer.send("2");
    expect(await peer.closed).toBe(1005);
    expect((await test.last.closed)[0]).toBe("transport error");
  });

  it("does not come from packets that have no meaning here", async () => {
    const test = await TestEngine.start();
    const peer = await test.peer().open();
    await peer.next();
    const packets: unknown[] = [];
    test.last.connection.on("packet", (packet) => packets.push(packet));
    for (const packet of ["0", "0{}", "3", "3probe", "5", "6", "6x", "4end"]) peer.send(packet);
    while (test.last.messages.length === 0) await once(test.last.connection, "packet");
    expect(test.last.connection.readyState).toBe("open");
    expect(packets).toEqual([
      { type: "open" },
      { type: "open", data: "{}" },
      { type: "pong" },
      { type: "pong", data: "probe" },
      { type: "upgrade" },
      { type: "noop" },
      { type: "noop", data: "x" },
      { type: "message", data: "end" },
    ]);
  });
});

describe("a client that stops reading", () => {
  it("is let go when too much is queued for it, and nobody else notices", async () => {
    const test = await TestEngine.start({ maxBufferedBytes: 1_000_000 });
    const other = await test.peer().open();
    const line = new RawLine(test.port);
    line.write(upgradeHead(target));
    await line.until("pingInterval");
    line.socket.pause();
    const slow = test.last;
    const text = "x".repeat(50_000);
    let sent = 0;
    const pump = setInterval(() => {
      for (let index = 0; index < 10; index++, sent++) slow.connection.send(text);
    }, 1);
    const [reason, description] = await slow.closed;
    clearInterval(pump);
    line.socket.destroy();
    expect(reason).toBe("transport error");
    expect(description).toMatchObject({ code: "BUFFER_FULL", fault: "peer" });
    // The kernel takes some megabytes of its own before anything queues here.
    expect(sent * text.length).toBeLessThan(50_000_000);
    other.send("4hello");
    await once(test.connections[0]!.connection, "message");
  });
});
