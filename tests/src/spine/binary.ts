import assert from "node:assert/strict";
import { it } from "node:test";
import { next } from "../support/wait.ts";
import type { Spine } from "./spine.ts";

const every = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
const bytesOf = (...bytes: number[]): Uint8Array => Uint8Array.from(bytes);

/** What is sent, and what Node's side must see: everything binary arrives as a Buffer. */
const cases: [name: string, sent: () => unknown[], seen: unknown[]][] = [
  ["a Buffer with every byte", () => [every], [every]],
  ["an empty Buffer", () => [Buffer.alloc(0)], [Buffer.alloc(0)]],
  ["a view", () => [bytesOf(1, 2, 3)], [Buffer.from([1, 2, 3])]],
  ["a view on a part", () => [bytesOf(1, 2, 3, 4).subarray(1, 3)], [Buffer.from([2, 3])]],
  ["an ArrayBuffer", () => [bytesOf(9, 8).buffer], [Buffer.from([9, 8])]],
  [
    "deep inside, several, between other values",
    () => [{ a: [every, { b: bytesOf(7) }], c: "text" }, 1, bytesOf(0)],
    [{ a: [every, { b: Buffer.from([7]) }], c: "text" }, 1, Buffer.from([0])],
  ],
  [
    "what toJSON gives",
    () => [{ toJSON: () => ({ bytes: bytesOf(5) }) }],
    [{ bytes: Buffer.from([5]) }],
  ],
];

export function binary({ open }: Spine): void {
  for (const [name, sent, seen] of cases) {
    it(`carries binary both ways: ${name}`, async (t) => {
      const world = await open(t);
      const { client, server } = await world.pair();
      const up = next(server, "bin");
      client.emit("bin", ...sent());
      assert.deepEqual(await up, seen);
      const down = next(client, "bin");
      server.emit("bin", ...sent());
      assert.deepEqual(await down, seen);
    });
  }

  it("does not change what it was given", async (t) => {
    const world = await open(t);
    const { client, server } = await world.pair();
    const value = { list: [bytesOf(1), { inner: bytesOf(2) }] };
    const up = next(server, "bin");
    client.emit("bin", value);
    await up;
    const down = next(client, "bin");
    server.emit("bin", value);
    await down;
    assert.deepEqual(value, { list: [bytesOf(1), { inner: bytesOf(2) }] });
  });

  it("acknowledges with binary, both ways", async (t) => {
    const world = await open(t);
    const { client, server } = await world.pair();
    server.on("up", (bytes: Buffer, done) => done({ bytes, more: bytesOf(1) }));
    client.on("down", (bytes: Buffer, done) => done([bytes, bytesOf(2)]));
    assert.deepEqual(await client.emitWithAck("up", every), {
      bytes: every,
      more: Buffer.from([1]),
    });
    assert.deepEqual(await server.emitWithAck("down", every), [every, Buffer.from([2])]);
  });

  it("broadcasts one buffer to many, unharmed", async (t) => {
    const world = await open(t);
    const clients = [await world.connect(), await world.connect(), await world.connect()];
    const payload = Buffer.alloc(70_000, 0x5a);
    const all = clients.map((client) => next(client, "bin"));
    world.io.emit("bin", payload, { and: bytesOf(4) });
    for (const got of await Promise.all(all)) {
      assert.deepEqual(got, [payload, { and: Buffer.from([4]) }]);
    }
  });

  it("carries large binary both ways", async (t) => {
    const world = await open(t);
    const { client, server } = await world.pair();
    // As base64 still under the default limit of 1,000,000 bytes.
    const payload = Buffer.alloc(700_000, every);
    server.on("echo", (bytes, done) => done(bytes));
    const back = (await client.emitWithAck("echo", payload)) as Buffer;
    assert.equal(payload.equals(back), true);
  });

  it("carries ten attachments in one event", async (t) => {
    const world = await open(t);
    const { client, server } = await world.pair();
    const list = Array.from({ length: 10 }, (_, index) => Buffer.alloc(index * 100, index));
    const up = next(server, "bin");
    client.emit("bin", list);
    assert.deepEqual(await up, [list]);
    const down = next(client, "bin");
    server.emit("bin", list);
    assert.deepEqual(await down, [list]);
  });
}
