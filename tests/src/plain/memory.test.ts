// What somebody who has not been let in can make the server hold, in bytes, against what the specification says.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { PlainClient } from "../support/plain-client.ts";
import { RawWebSocket, frame } from "../support/raw-websocket.ts";
import { Victim } from "../support/victim.ts";
import { until } from "../support/wait.ts";

/** One message that has not ended, what is held until the middlewares have looked, and what any connection costs. */
const boundBytes = 64 * 1024 + 64 * 1024 + 32 * 1024;
const lines = 60;

describe("what an unauthenticated client can hold", () => {
  let victim: Victim;
  before(async () => {
    // Long enough for the measurement; then they are given up.
    victim = await Victim.start({ plain: true, connectTimeout: 20_000 });
  });
  after(() => victim.end());

  async function heldBy(make: () => Promise<{ leave: () => void }>): Promise<number> {
    const before = await victim.collected();
    const held: { leave: () => void }[] = [];
    for (let at = 0; at < lines; at++) held.push(await make());
    await until("all are there", async () => (await victim.state()).connections === lines + 1);
    let last = -1;
    // What is on its way arrives: the figure stands still.
    await until("all has been read", async () => {
      const { held: now } = await victim.collected();
      const still = Math.abs(now - last) < 20_000;
      last = now;
      return still;
    });
    for (const line of held) line.leave();
    return (last - before.held) / lines;
  }

  it("a message that does not end", async (t) => {
    await victim.watch(t);
    const bytes = await heldBy(async () => {
      const raw = await RawWebSocket.open(victim.port, "/hawser/ws");
      raw.write(frame("x".repeat(65_000), { saidLength: 65_536 }));
      return raw;
    });
    assert.ok(bytes < boundBytes, `${Math.round(bytes)} bytes a line`);
  });

  it("many fragments of a message that does not end", async (t) => {
    await victim.watch(t);
    const piece = Buffer.concat(
      Array.from({ length: 60_000 }, () => frame("x", { opcode: 0, fin: false })),
    );
    const bytes = await heldBy(async () => {
      const raw = await RawWebSocket.open(victim.port, "/hawser/ws");
      raw.write(frame("{", { fin: false }));
      raw.write(piece);
      return raw;
    });
    assert.ok(bytes < boundBytes, `${Math.round(bytes)} bytes a line`);
  });

  it("binaries that are announced and come, but not the last", async (t) => {
    await victim.watch(t);
    const bytes = await heldBy(async () => {
      const client = await PlainClient.open(victim.url);
      client.ws.send('{"event":"echo","binary":100}');
      for (let at = 0; at < 99; at++) client.ws.send(Buffer.alloc(600));
      return { leave: () => client.ws.terminate() };
    });
    assert.ok(bytes < boundBytes, `${Math.round(bytes)} bytes a line`);
  });

  it("a line on which nothing is said", async (t) => {
    await victim.watch(t);
    const bytes = await heldBy(() => RawWebSocket.open(victim.port, "/hawser/ws"));
    assert.ok(bytes < 16_000, `${Math.round(bytes)} bytes a line`);
  });

  it("a flood of everything: the honest client notices nothing", async (t) => {
    await victim.watch(t);
    const texts = ['{"ping":1}', "{", '{"event":"echo","data":[1]}', "[]", '{"connect":{}}'];
    const clients = await Promise.all(
      Array.from({ length: 20 }, () => PlainClient.open(victim.url)),
    );
    for (let round = 0; round < 500; round++) {
      for (const [at, client] of clients.entries()) {
        if (client.ws.readyState === client.ws.OPEN) client.ws.send(texts[(at + round) % 5]!);
      }
      if (round % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    for (const client of clients) {
      const { code } = await client.ended();
      assert.equal(code, 4000);
    }
  });

  it("upgrades that break off, bodies that never come, lines that say nothing after their head", async (t) => {
    await victim.watch(t);
    for (let at = 0; at < 100; at++) {
      const raw = await RawWebSocket.open(victim.port, "/hawser/ws");
      if (at % 3 === 0) raw.text('{"connect":{}}');
      if (at % 3 === 1) raw.write(frame("{", { fin: false }));
      raw.leave();
    }
  });
});
