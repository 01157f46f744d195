import { once } from "node:events";
import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { TestEngine } from "../../testing/engine.ts";
import type { Peer } from "../../testing/engine.ts";
import { Outgoing } from "../outgoing.ts";
import type { EngineOptions } from "../options.ts";

/** Bytes that a peer reads for what `act` sends. */
async function bytesOf(peer: Peer, act: () => void): Promise<number> {
  const { _socket: socket } = peer.socket as unknown as { _socket: Socket };
  const before = socket.bytesRead;
  act();
  await peer.next();
  return socket.bytesRead - before;
}

async function connected(options: EngineOptions, count = 1) {
  const test = await TestEngine.start(options);
  const peers: Peer[] = [];
  for (let index = 0; index < count; index++) {
    const peer = await test.peer().open();
    await peer.next();
    peers.push(peer);
  }
  return { test, peers, peer: peers[0]!, connection: test.connections[0]!.connection };
}

const large = `4${"hawser ".repeat(1_000)}`;

describe("perMessageDeflate", () => {
  it("is off by default", async () => {
    const { peer, connection } = await connected({});
    expect(peer.socket.extensions).toBe("");
    expect(await bytesOf(peer, () => connection.send(large))).toBeGreaterThan(large.length);
  });

  it("compresses messages from the threshold on, unless one says no", async () => {
    const { peer, connection, test } = await connected({ perMessageDeflate: true });
    expect(peer.socket.extensions).toContain("permessage-deflate");
    const sent = (data: string | Buffer, options?: object): Promise<number> =>
      bytesOf(peer, () => connection.send(data, options));
    expect(await sent(large)).toBeLessThan(200);
    expect(await sent(Buffer.from(large))).toBeLessThan(200);
    expect(await sent(large, { compress: false })).toBeGreaterThan(large.length);
    expect(await sent("x".repeat(1_000))).toBeGreaterThan(1_000);
    peer.send(large);
    await once(connection, "message");
    expect(test.last.messages).toEqual([large.slice(1)]);
  });

  it("takes another threshold", async () => {
    const { peer, connection } = await connected({ perMessageDeflate: { threshold: 100 } });
    expect(await bytesOf(peer, () => connection.send("x".repeat(100)))).toBeLessThan(50);
  });

  for (const shared of [true, false]) {
    it(`compresses what is sent to many, shared ${shared}`, async () => {
      const { test, peers } = await connected({ perMessageDeflate: { shared } }, 3);
      const message = new Outgoing(large);
      const spared = new Outgoing(large, undefined, false);
      for (const [index, peer] of peers.entries()) {
        const { connection } = test.connections[index]!;
        expect(await bytesOf(peer, () => connection.sendOutgoing(message))).toBeLessThan(200);
        expect(await bytesOf(peer, () => connection.sendOutgoing(spared))).toBeGreaterThan(7_000);
      }
    });
  }

  it("bounds what a small message may become", async () => {
    const limits = { perMessageDeflate: true, maxHttpBufferSize: 5_000 };
    const { peer, test } = await connected(limits);
    peer.send(`4${"x".repeat(1_000_000)}`);
    expect((await test.last.closed)[0]).toBe("transport error");
    expect(await peer.closed).toBe(1009);
  });

  it("keeps the order of large messages, small ones and binary", async () => {
    const { peer, connection } = await connected({ perMessageDeflate: true });
    const wanted: string[] = [];
    for (let index = 0; index < 20; index++) {
      const text = `${index}${"abc".repeat(index * 1_000)}`;
      wanted.push(index % 3 === 0 ? text : `4${text}`);
      connection.send(index % 3 === 0 ? Buffer.from(text) : text, { compress: index % 2 === 0 });
    }
    const seen: string[] = [];
    while (seen.length < wanted.length) seen.push(await peer.next());
    expect(seen).toEqual(wanted);
  });
});
