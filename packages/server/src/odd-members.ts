import { PacketType } from "@hawser/protocol";
import type { SocketPacket } from "@hawser/protocol";

/** Gives a server the members that Socket.IO never documented, each with who reads it. */
export function addOddMembers(prototype: object): void {
  Object.defineProperty(prototype, "eio", {
    // Projects that look at the options of the engine, from the time before `engine` was a public name.
    get(this: { engine: unknown }): unknown {
      return this.engine;
    },
    configurable: true,
  });
}

interface OddClient {
  readonly nsps: { values(): { readonly id?: string; readonly connected: boolean }[] };
}

/** The same for clients. */
export function addOddClientMembers(prototype: object): void {
  Object.defineProperty(prototype, "sockets", {
    // Read by tools that count the namespaces of a client. Made for each look: clients keep no second map.
    get(this: OddClient): Map<unknown, unknown> {
      const connected = this.nsps.values().filter((socket) => socket.connected);
      return new Map(connected.map((socket) => [socket.id, socket]));
    },
    configurable: true,
  });
}

interface OddSocket {
  readonly rooms: Set<string>;
  readonly nsp: { readonly name: string };
  readonly client: { packet(packet: SocketPacket): void };
  leave(room: string): unknown;
  deliver(packet: SocketPacket): void;
  onevent(packet: SocketPacket): void;
  _acknowledger(id: number): (...args: unknown[]) => void;
}

/** The same for sockets. Nobody pays for them who does not use them. */
export function addOddSocketMembers(prototype: object): void {
  const deliver = (socket: OddSocket, packet: SocketPacket): void =>
    (prototype as OddSocket).deliver.call(socket, packet);
  const method = (value: unknown): PropertyDescriptor => ({
    value,
    writable: true,
    configurable: true,
  });
  const receive = method(function receive(this: OddSocket, packet: SocketPacket): void {
    deliver(this, packet);
  });
  Object.defineProperties(prototype, {
    // Replaced by socketio-wildcard, express-socket.io-session, and advice from the time before `onAny`.
    onevent: {
      get: (): unknown => receive.value,
      set(this: OddSocket, replacement: unknown): void {
        Object.defineProperties(this, {
          onevent: method(replacement),
          deliver: method(function deliverOdd(this: OddSocket, packet: SocketPacket): void {
            if (packet.type === PacketType.ACK) deliver(this, packet);
            else this.onevent(packet);
          }),
        });
      },
      configurable: true,
    },
    // Called by software that makes packets itself.
    packet: method(function packet(this: OddSocket, packet: Omit<SocketPacket, "nsp">): void {
      this.client.packet({ ...packet, nsp: this.nsp.name });
    }),
    // Called by socketio-wildcard.
    ack: method(function ack(this: OddSocket, id: number): unknown {
      return this._acknowledger(id);
    }),
    // Public in Socket.IO 2, and still called by many.
    leaveAll: method(function leaveAll(this: OddSocket): void {
      for (const room of this.rooms) this.leave(room);
    }),
  });
}
