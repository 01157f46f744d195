// WebSocket frames that no honest client sends. RFC 6455 names the close code of each.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { frame, RawWebSocket } from "../support/raw-websocket.ts";
import type { FrameOptions } from "../support/raw-websocket.ts";
import { Victim } from "../support/victim.ts";
import { next } from "../support/wait.ts";

const path = "/socket.io/?EIO=4&transport=websocket";
const protocolError = 1_002;
const notUtf8 = 1_007;
const tooBig = 1_009;

/** [what, frames, the close code that they earn]. */
const wrong: [string, [string | Uint8Array, FrameOptions?][], number][] = [
  ["a frame without a mask", [["40", { masked: false }]], protocolError],
  ["reserved bit 1", [["40", { rsv: 4 }]], protocolError],
  ["reserved bit 2", [["40", { rsv: 2 }]], protocolError],
  ["reserved bit 3", [["40", { rsv: 1 }]], protocolError],
  ["a reserved opcode for data", [["40", { opcode: 3 }]], protocolError],
  ["a reserved opcode for control", [["40", { opcode: 11 }]], protocolError],
  ["a ping in fragments", [["", { opcode: 9, fin: false }]], protocolError],
  ["a ping of 126 bytes", [[Buffer.alloc(126), { opcode: 9 }]], protocolError],
  ["a continuation of nothing", [["x", { opcode: 0 }]], protocolError],
  [
    "a new message within another",
    [
      ["4", { fin: false }],
      ["40", {}],
    ],
    protocolError,
  ],
  ["a close frame of one byte", [[Buffer.from([3]), { opcode: 8 }]], protocolError],
  ["a close code that may not be sent", [[Buffer.from([3, 0xed]), { opcode: 8 }]], protocolError],
  ["text that is not UTF-8", [[Buffer.from([0x34, 0xff]), {}]], notUtf8],
  ["text that ends inside a character", [[Buffer.from([0x34, 0xc3]), {}]], notUtf8],
  ["a surrogate as UTF-8", [[Buffer.from([0x34, 0xed, 0xa0, 0x80]), {}]], notUtf8],
  ["a message said to be over the limit", [["4", { saidLength: 1_000_001 }]], tooBig],
  ["a message said to be of 2^53 bytes", [["4", { saidLength: 2n ** 53n }]], tooBig],
  [
    "fragments that are over the limit together",
    [
      ["4".repeat(600_000), { fin: false }],
      ["4".repeat(600_000), { opcode: 0 }],
    ],
    tooBig,
  ],
];

/** A small generator, so that a run can be repeated (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

describe("frames", () => {
  let victim: Victim;
  before(async () => {
    victim = await Victim.start();
  });
  after(() => victim.end());

  for (const [what, frames, code] of wrong) {
    const bytes = Buffer.concat(frames.map(([payload, options]) => frame(payload, options)));

    it(`${what}: ${code}`, async (t) => {
      await victim.watch(t);
      const raw = await RawWebSocket.open(victim.port, path);
      raw.write(bytes);
      assert.equal(await raw.ended(), code);
    });

    it(`${what}, in the same packet as the handshake, and in single bytes`, async (t) => {
      await victim.watch(t);
      const early = await RawWebSocket.open(victim.port, path, bytes);
      assert.equal(await early.ended(), code);
      if (bytes.length > 2_000) return;
      const raw = await RawWebSocket.open(victim.port, path);
      raw.socket.setNoDelay(true);
      for (const byte of bytes) {
        raw.write(Buffer.from([byte]));
        await new Promise((resolve) => setImmediate(resolve));
      }
      assert.equal(await raw.ended(), code);
    });
  }

  it("CVE-2022-21676: reserved bits before the session has begun", async (t) => {
    await victim.watch(t);
    for (let round = 0; round < 20; round += 1) {
      const bytes = Buffer.concat([frame("2probe", { rsv: 7 }), frame("x", { rsv: 5, opcode: 2 })]);
      const raw = await RawWebSocket.open(victim.port, path, bytes);
      await raw.ended();
    }
  });

  it("a length with its highest bit set", async (t) => {
    await victim.watch(t);
    const raw = await RawWebSocket.open(victim.port, path);
    raw.write(frame("4", { saidLength: 2n ** 63n }));
    assert.ok([protocolError, tooBig].includes((await raw.ended()) ?? 0));
  });

  it("a line that ends inside a frame, gently or by reset", async (t) => {
    const before = await victim.watch(t);
    for (const how of ["end", "resetAndDestroy"] as const) {
      for (const cut of [1, 2, 5, 7, 12]) {
        const raw = await RawWebSocket.joined(victim.port);
        const bytes = frame('42["echo","never whole"]');
        raw.socket.write(bytes.subarray(0, cut), () => raw.socket[how]());
        if (!raw.socket.closed) await next(raw.socket, "close");
      }
    }
    assert.deepEqual((await victim.state()).handled, before.handled, "a handler ran");
  });

  it("a valid event in single bytes is an event", async (t) => {
    await victim.watch(t);
    const raw = await RawWebSocket.joined(victim.port);
    for (const byte of frame('42["echo","grüße"]')) raw.write(Buffer.from([byte]));
    await raw.heard('42["echo","grüße"]');
    raw.leave();
  });

  it("CVE-2026-48779: endless tiny fragments pin little and end", async (t) => {
    const { rss } = await victim.watch(t);
    const raw = await RawWebSocket.joined(victim.port);
    raw.write(frame("4", { fin: false }));
    // Half are empty: they count too. 2 MB on the wire, 150,000 bytes of message.
    const pair = Buffer.concat([
      frame("x", { opcode: 0, fin: false }),
      frame("", { opcode: 0, fin: false }),
    ]);
    const many = Buffer.concat(Array.from({ length: 10_000 }, () => pair));
    for (let round = 0; round < 15 && !raw.closed; round += 1) {
      if (!raw.socket.write(many)) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assert.ok((await victim.state()).rss < rss + 60_000_000);
    raw.leave();
  });

  it("a flood of pings is answered or ended, and nobody waits for it", async (t) => {
    await victim.watch(t);
    const raw = await RawWebSocket.joined(victim.port);
    raw.write(Buffer.concat(Array.from({ length: 20_000 }, () => frame("p", { opcode: 9 }))));
    raw.text('42["echo","after"]');
    await raw.heard('42["echo","after"]');
    raw.leave();
  });

  it("four hundred mutated streams", async (t) => {
    await victim.watch(t);
    const seed = Number(process.env["HAWSER_TEST_SEED"] ?? 1);
    t.diagnostic(`HAWSER_TEST_SEED=${seed}`);
    const roll = random(seed);
    const pick = (below: number): number => Math.floor(roll() * below);
    const valid = Buffer.concat([
      frame("40"),
      frame('42["echo",{"a":[1,2,3]}]'),
      frame('451-["echo",{"_placeholder":true,"num":0}]'),
      frame(Buffer.from([1, 2, 3]), { opcode: 2 }),
      frame("42[", { fin: false }),
      frame('"echo",', { opcode: 0, fin: false }),
      frame("p", { opcode: 9 }),
      frame("1]", { opcode: 0 }),
      frame("3"),
    ]);
    for (let batch = 0; batch < 20; batch += 1) {
      const lines = Array.from({ length: 20 }, async () => {
        const bytes = Buffer.from(valid);
        for (let change = pick(6); change >= 0; change -= 1) bytes[pick(bytes.length)] = pick(256);
        const cut = roll() < 0.3 ? pick(bytes.length) : bytes.length;
        const raw = await RawWebSocket.open(victim.port, path);
        raw.socket.end(bytes.subarray(0, cut));
        if (!raw.socket.closed) await next(raw.socket, "close");
      });
      await Promise.all(lines);
    }
  });
});
