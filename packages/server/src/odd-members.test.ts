import { PacketType } from "@hawser/protocol";
import type { SocketPacket } from "@hawser/protocol";
import { describe, expect, it } from "vitest";
import { FakeConnection, withoutNetwork } from "../test/fake-connection.ts";
import { addOddSocketMembers } from "./odd-members.ts";
import { Server } from "./server.ts";
import type { Socket } from "./socket.ts";

/** As much of a socket as they need. */
class Socketlike {
  readonly heard: unknown[] = [];
  readonly rooms = new Set(["a", "b"]);
  declare onevent: (packet: SocketPacket) => void;
  declare ack: (id: number) => unknown;
  declare leaveAll: () => void;
  deliver(packet: SocketPacket): void {
    this.heard.push(packet.data);
  }
  leave(room: string): void {
    this.rooms.delete(room);
  }
  _acknowledger(id: number): string {
    return `acknowledges ${id}`;
  }
}
addOddSocketMembers(Socketlike.prototype);

const event = (...data: unknown[]): SocketPacket => ({ type: PacketType.EVENT, nsp: "/", data });

describe("odd members of a socket", () => {
  it("let onevent be wrapped, once and again", () => {
    const socket = new Socketlike();
    for (const name of ["first", "second"]) {
      const { onevent } = socket;
      socket.onevent = function wrapped(packet) {
        this.heard.push(name);
        onevent.call(this, packet);
      };
    }
    socket.deliver(event("hello", 1));
    expect(socket.heard).toEqual(["second", "first", ["hello", 1]]);
  });

  it("keep acknowledgements, and other sockets, out of that", () => {
    const [socket, other] = [new Socketlike(), new Socketlike()];
    socket.onevent = () => socket.heard.push("replaced");
    socket.deliver({ type: PacketType.ACK, nsp: "/", id: 1, data: ["answer"] });
    other.deliver(event("hello"));
    expect([socket.heard, other.heard]).toEqual([[["answer"]], [["hello"]]]);
  });

  it("make acknowledgements, and leave all rooms", () => {
    const socket = new Socketlike();
    socket.leaveAll();
    expect([socket.ack(3), socket.rooms.size]).toEqual(["acknowledges 3", 0]);
  });
});

describe("odd members of a server's socket and client", () => {
  it("tell which sockets a client has, and send what was made elsewhere", async () => {
    const io = withoutNetwork(new Server());
    const sockets: Socket[] = [];
    io.of("/x").use((_socket, next) => next(new Error("no")));
    for (const name of ["/", "/y"]) io.of(name).on("connection", (it) => void sockets.push(it));
    const conn = new FakeConnection(io);
    await conn.send("0", "0/x,", "0/y,");
    conn.take();
    const client = sockets[0]!.client as unknown as { sockets: Map<string, unknown> };
    expect([...client.sockets]).toEqual(sockets.map((it) => [it.id, it]));
    const odd = sockets[1] as unknown as { packet(packet: object): void };
    odd.packet({ type: PacketType.EVENT, data: ["hi"] });
    expect(conn.take()).toEqual(['2/y,["hi"]']);
    await io.close();
  });
});
