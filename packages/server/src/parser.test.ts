import { EventEmitter } from "node:events";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FakeConnection, settled, withoutNetwork } from "../test/fake-connection.ts";
import { ServerError } from "./errors.ts";
import { Server } from "./server.ts";

/** Packets as JSON in a binary message, or as text when they begin with "t". */
class Encoder {
  encode(packet: unknown): unknown[] {
    return [Buffer.from(JSON.stringify(packet))];
  }
}

class Decoder extends EventEmitter {
  add(chunk: string | Buffer): void {
    for (const line of String(chunk).split("\n")) this.emit("decoded", JSON.parse(line));
  }
  destroy(): void {}
}

const parser = { Encoder, Decoder };
let io: Server;
beforeEach(() => {
  io = withoutNetwork(new Server({ parser, connectionStateRecovery: {} }));
});
afterEach(() => io.close());

const bytes = (...packets: object[]): Buffer =>
  Buffer.from(packets.map((packet) => JSON.stringify(packet)).join("\n"));
const read = (conn: FakeConnection): unknown[] =>
  conn.sentBinary.splice(0).map((data) => JSON.parse(Buffer.from(data).toString()));

describe("a parser", () => {
  it("reads and writes every packet, and adapters see its encoder", async () => {
    const heard: unknown[] = [];
    io.on("connection", (socket) => {
      socket.on("ask", (question, reply) => {
        heard.push(question);
        reply("answer");
      });
    });
    expect(io.encoder).toBeInstanceOf(Encoder);
    const conn = new FakeConnection(io);
    await conn.send(bytes({ type: 0, nsp: "/" }));
    const [greeting] = read(conn) as { data: { sid: string; pid: string } }[];
    expect(greeting).toEqual({
      type: 0,
      nsp: "/",
      data: { sid: expect.any(String), pid: expect.any(String) },
    });
    await conn.send(bytes({ type: 5, nsp: "/", id: 3, data: ["ask", "why"] }));
    expect(heard).toEqual(["why"]);
    expect(read(conn)).toEqual([{ type: 3, nsp: "/", id: 3, data: ["answer"] }]);
    io.volatile.emit("all", 1);
    expect(read(conn)).toEqual([{ type: 2, nsp: "/", data: ["all", 1, expect.any(String)] }]);

    conn.drop("transport close");
    io.emit("missed", 2);
    const { pid } = greeting!.data;
    const session = await io.sockets.adapter.restoreSession(pid, "");
    expect(session!.missedPackets).toEqual([["missed", 2, expect.any(String)]]);
  });

  it("takes text for what its encoder made of text", async () => {
    class TextEncoder {
      encode(packet: object): unknown[] {
        return [JSON.stringify(packet), Buffer.from("attached")];
      }
    }
    await io.close();
    io = withoutNetwork(new Server({ parser: { Encoder: TextEncoder, Decoder } }));
    const conn = new FakeConnection(io);
    await conn.send('{"type":0,"nsp":"/"}');
    expect(JSON.parse(conn.sent[0]!)).toMatchObject({ type: 0, nsp: "/" });
    expect(String(conn.sentBinary[0])).toBe("attached");
  });

  it("ends the connection of a client that sends what is no packet", async () => {
    io.on("connection", () => {});
    const wrong = [
      Buffer.from("{"),
      Buffer.from("null"),
      bytes({ type: 9, nsp: "/" }),
      bytes({ type: "constructor", nsp: "/" }),
      bytes({ type: 2, nsp: { toString: 1 }, data: ["x"] }),
      bytes({ type: 2, nsp: "/", data: [{ toString: 1 }] }),
      bytes({ type: 2, nsp: "/", data: ["disconnect"] }),
      bytes({ type: 2, nsp: "/", data: { length: 1 } }),
      bytes({ type: 3, nsp: "/", id: 1.5, data: [] }),
    ];
    for (const chunk of wrong) {
      const conn = new FakeConnection(io);
      conn.receive(bytes({ type: 0, nsp: "/" }), chunk);
      await settled();
      expect([String(chunk), conn.readyState]).toEqual([String(chunk), "closed"]);
    }
    expect(io.badInput.counts.size).toBeGreaterThan(0);
  });

  it("reads nothing that stands behind an offence", async () => {
    const heard: unknown[] = [];
    io.on("connection", (socket) => socket.onAny((...args) => void heard.push(args)));
    const conn = new FakeConnection(io);
    await conn.send(bytes({ type: 0, nsp: "/" }));
    await conn.send(bytes({ type: 0, nsp: "/" }, { type: 2, nsp: "/", data: ["late"] }));
    expect(heard).toEqual([]);
  });

  it("must have the two classes, and encode to what the engine can send", () => {
    expect(() => new Server({ parser: { Encoder } })).toThrow("option parser");
    class Two {
      encode(): unknown[] {
        return ["one", "two"];
      }
    }
    const other = new Server({ parser: { Encoder: Two, Decoder } });
    expect(() => other.emit("x")).toThrow(ServerError);
  });
});
