import { PacketType } from "@hawser/protocol";
import type { SocketPacket } from "@hawser/protocol";
import { describe, expect, it } from "vitest";
import { addOddSocketMembers } from "./odd-members.ts";

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
