import { describe, expect, it } from "vitest";
import { FakeConnection, settled, withoutNetwork } from "../../test/fake-connection.ts";
import { Server } from "../server.ts";
import type { ServerOptions } from "../options.ts";
import type { Socket } from "../socket.ts";

const kilobyte = "x".repeat(1_000);

/** A server and some clients of it, which are in the room "all". */
async function open(
  pressure?: ServerOptions["pressure"],
  count = 1,
): Promise<{ io: Server; lines: FakeConnection[]; sockets: Socket[]; reasons: string[] }> {
  const io = withoutNetwork(new Server(pressure === undefined ? {} : { pressure }));
  const sockets: Socket[] = [];
  const reasons: string[] = [];
  io.on("connection", (socket) => {
    sockets.push(socket);
    void socket.join("all");
    socket.on("disconnect", (reason) => reasons.push(`${sockets.indexOf(socket)} ${reason}`));
  });
  const lines: FakeConnection[] = [];
  for (let at = 0; at < count; at++) {
    const line = new FakeConnection(io as never);
    await line.send("0");
    line.take();
    lines.push(line);
  }
  await settled();
  return { io, lines, sockets, reasons };
}

describe("a bound for what waits for one client", () => {
  it("counts what waits, until it has left", async () => {
    const { io, lines, sockets } = await open({ bytes: 10_000 });
    expect(io.pressure.bytes).toBe(0);
    lines[0]!.stall();
    sockets[0]!.emit("a", kilobyte);
    expect(io.pressure.bytes).toBeGreaterThan(1_000);
    lines[0]!.flush();
    expect(io.pressure.bytes).toBe(0);
  });

  it("disconnects who does not read, by bytes and by messages", async () => {
    for (const bound of [{ bytes: "4kb" }, { messages: 3 }]) {
      const { io, lines, sockets, reasons } = await open(bound, 2);
      lines[0]!.stall();
      for (let at = 0; at < 4; at++) {
        expect(reasons).toEqual([]);
        io.to("all").emit("a", kilobyte);
        lines[1]!.flush();
        await settled();
      }
      io.to("all").emit("a", kilobyte);
      expect(reasons).toEqual(["0 transport error"]);
      expect(io.pressure).toMatchObject({ disconnected: 1, dropped: 0 });
      expect(sockets[1]!.connected).toBe(true);
      await settled();
      expect(io.pressure.bytes).toBe(0);
    }
  });

  it("drops, when that was asked for, and sends on when the client reads again", async () => {
    const { io, lines, reasons } = await open({ messages: 2, policy: "drop" });
    const [line] = lines;
    line!.stall();
    for (let at = 0; at < 5; at++) io.to("all").emit("a", at);
    expect(line!.take()).toEqual(['2["a",0]', '2["a",1]']);
    line!.flush();
    io.emit("a", 5);
    expect(line!.take()).toEqual(['2["a",5]']);
    expect([io.pressure.dropped, reasons]).toEqual([3, []]);
  });

  it("lets a message through that is larger than the bound, when nothing waits", async () => {
    const { lines, sockets, reasons } = await open({ bytes: 100 });
    lines[0]!.stall();
    sockets[0]!.emit("a", kilobyte);
    expect(reasons).toEqual([]);
    sockets[0]!.emit("a", 1);
    expect(reasons).toEqual(["0 transport error"]);
  });

  it("always sends what the protocol needs: answers, CONNECT, DISCONNECT", async () => {
    const { io, lines, sockets } = await open({ messages: 1, policy: "drop" });
    const [line] = lines;
    sockets[0]!.on("ask", (reply: () => void) => reply());
    line!.stall();
    io.emit("a");
    io.emit("b");
    await line!.send('27["ask"]');
    sockets[0]!.disconnect();
    expect(line!.take()).toEqual(['2["a"]', "37[]", "1"]);
  });

  it("says what is wrong with its options", () => {
    const wrong: [object, RegExp][] = [
      [{ pressure: { bytes: "many" } }, /pressure\.bytes is "many".*"1gb"/],
      [{ pressure: { messages: 0 } }, /pressure\.messages/],
      [{ pressure: { policy: "wait" } }, /pressure\.policy is "wait".*"drop"/],
      [{ pressure: "1mb" }, /pressure is not an object/],
      [{ pressure: { policy: "drop" }, delivery: {} }, /gaps.*"disconnect"/],
    ];
    for (const [options, text] of wrong) {
      expect(() => new Server(options as ServerOptions)).toThrow(text);
    }
  });
});

describe("a bound for what waits for all", () => {
  it("sheds volatile messages first, then what is held back, then the largest", async () => {
    const { io, lines, sockets, reasons } = await open({ processBytes: 10_000 }, 3);
    for (const line of lines) line.stall();
    for (let at = 0; at < 6; at++) sockets[1]!.emit("a", kilobyte);
    sockets[0]!.emit("a", kilobyte);
    sockets[2]!.emit("a", kilobyte);
    sockets[2]!.latest("k").emit("held", kilobyte);
    expect(io.pressure.shed).toEqual({ volatile: 0, conflated: 0, disconnected: 0 });
    // A line that is ready, so that the message is not dropped for another reason.
    lines[0]!.writable = true;
    sockets[0]!.volatile.emit("a", kilobyte);
    expect(io.pressure.shed).toEqual({ volatile: 1, conflated: 0, disconnected: 0 });
    sockets[0]!.emit("a", kilobyte);
    expect(io.pressure.shed).toEqual({ volatile: 1, conflated: 1, disconnected: 0 });
    expect(reasons).toEqual([]);
    sockets[0]!.emit("a", kilobyte);
    expect(io.pressure.shed).toEqual({ volatile: 1, conflated: 1, disconnected: 1 });
    expect(reasons).toEqual(["1 transport error"]);
    expect(io.pressure.bytes).toBeLessThan(5_000);
    // The first flush is of what was there when the line was asked, the second of what came since.
    for (const line of [...lines, ...lines]) line.flush();
    expect(io.pressure.bytes).toBe(0);
    expect(lines[2]!.sent.some((it) => it.includes("held"))).toBe(false);
  });
});

describe("latest", () => {
  it("sends the newest value of each key, in the order of the values, when the line is ready", async () => {
    const { io, lines, sockets } = await open();
    const [line] = lines;
    io.to("all").latest("A").emit("a", 0);
    expect(line!.take()).toEqual(['2["a",0]']);
    await settled();
    line!.stall();
    for (let at = 1; at <= 5; at++) {
      io.to("all").latest("A").emit("a", at);
      sockets[0]!.latest("B").emit("b", at);
      io.of("/").latest("C").emit("c", 1);
    }
    sockets[0]!.emit("other");
    expect(line!.take()).toEqual(['2["other"]']);
    line!.flush();
    expect(line!.take()).toEqual(['2["a",5]', '2["b",5]', '2["c",1]']);
    expect(io.pressure).toMatchObject({ conflated: 12, dropped: 0 });
    line!.flush();
    line!.flush();
    expect(io.pressure.bytes).toBe(0);
  });

  it("keeps a bounded number of keys", async () => {
    const { io, lines, sockets } = await open();
    lines[0]!.stall();
    for (let at = 0; at < 1_030; at++) sockets[0]!.latest(`k${at}`).emit("a", at);
    lines[0]!.flush();
    expect(lines[0]!.take().slice(0, 2)).toEqual(['2["a",6]', '2["a",7]']);
    expect(io.pressure.dropped).toBe(6);
  });

  it("is let go with its line", async () => {
    const { io, lines, sockets } = await open();
    lines[0]!.stall();
    sockets[0]!.latest("k").emit("a", kilobyte);
    expect(io.pressure.bytes).toBeGreaterThan(1_000);
    lines[0]!.drop("transport close");
    expect(io.pressure.bytes).toBe(0);
    lines[0]!.flush();
    expect([io.pressure.bytes, lines[0]!.take()]).toEqual([0, []]);
  });

  it("has no effect on an event that is to be acknowledged", async () => {
    const { lines, sockets } = await open();
    lines[0]!.stall();
    sockets[0]!.latest("k").emit("a", 1, () => {});
    sockets[0]!.latest("k").emit("a", 2, () => {});
    expect(lines[0]!.take()).toEqual(['20["a",1]', '21["a",2]']);
  });
});

describe("drained", () => {
  it("ends when what was sent has left, or with the socket", async () => {
    const { lines, sockets } = await open();
    lines[0]!.stall();
    sockets[0]!.emit("a");
    const ended: string[] = [];
    const first = sockets[0]!.drained().then(() => ended.push("first"));
    await settled();
    expect(ended).toEqual([]);
    lines[0]!.flush();
    await first;
    const second = sockets[0]!.drained();
    lines[0]!.drop("transport close");
    await expect(second).rejects.toMatchObject({ code: "DISCONNECTED" });
    await expect(sockets[0]!.drained()).rejects.toMatchObject({ code: "DISCONNECTED" });
  });
});

describe("a replay", () => {
  it("is no reason to disconnect the client that it is for", async () => {
    const io = withoutNetwork(new Server({ pressure: { messages: 3 }, delivery: {} }));
    io.on("connection", (socket) => void socket.join("all"));
    const hello = (delivery: object) =>
      `0${JSON.stringify({ $delivery: { v: 1, next: 1, ...delivery } })}`;
    const first = new FakeConnection(io as never);
    await first.send(hello({}));
    await expectText(first, '"sid"');
    const answer = JSON.parse(first.sent.find((it) => it.includes('"sid"'))!.slice(1)) as {
      $delivery: { session: object; position: object };
    };
    first.drop("transport close");
    for (let at = 0; at < 50; at++) await io.to("all").durable.emit("missed", at);
    const second = new FakeConnection(io as never);
    await second.send(hello(answer.$delivery));
    await expectText(second, "$live");
    expect(second.sent.filter((it) => it.includes('"missed"')).length).toBe(50);
    expect([second.readyState, io.pressure.disconnected]).toEqual(["open", 0]);
    await io.close();
  });
});

async function expectText(line: FakeConnection, part: string): Promise<void> {
  for (let turns = 0; turns < 1_000 && !line.sent.some((it) => it.includes(part)); turns++) {
    await settled();
  }
  expect(line.sent.join("\n")).toContain(part);
}
