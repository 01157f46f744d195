// Engine.IO and Socket.IO packets that no honest client sends, over a websocket that is in order.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { ours } from "../support/pairing.ts";
import { RawWebSocket } from "../support/raw-websocket.ts";
import { Victim } from "../support/victim.ts";
import { until } from "../support/wait.ts";

const path = "/socket.io/?EIO=4&transport=websocket";
// npm's server hands these to the application; the wish to refuse them is Hawser's.
const hawserOnly = ours === "hawser" ? false : "a promise of Hawser alone";

/** [what, text messages after joining]: the connection is ended, no handler runs. */
const ended: [what: string, texts: string[], skip?: typeof hawserOnly][] = [
  ["an unknown Engine.IO type", ["9"]],
  ["an unknown Socket.IO type", ["47"]],
  ["no type", ["4"]],
  ["an event without an array", ["42{}"]],
  ["an event without arguments", ["42"], hawserOnly],
  ["an empty event", ["42[]"], hawserOnly],
  ["an event whose JSON ends early", ['42["echo",']],
  ["an event with something behind its JSON", ['42["echo"]x']],
  ["CVE-2023-32695: a name that is an object", ['42[{"toString":"x"},1]']],
  ["a name that is null", ["42[null]"]],
  ["a name that is a list", ['42[["echo"]]']],
  ["a reserved name: disconnect", ['42["disconnect","x"]']],
  ["a reserved name: disconnecting", ['42["disconnecting"]']],
  ["a reserved name: connect", ['42["connect"]']],
  ["a reserved name: connect_error", ['42["connect_error"]']],
  ["a reserved name: newListener", ['42["newListener","x","y"]']],
  ["a reserved name: removeListener", ['42["removeListener"]']],
  ["a reserved name in binary", ['451-["disconnect",{"_placeholder":true,"num":0}]']],
  ["an acknowledgement that is no array", ["430{}"]],
  ["an event in a namespace that is not joined", ['42/other,["echo",1]']],
  ["a second CONNECT", ["40"]],
  ["a CONNECT_ERROR from a client", ['44{"message":"x"}']],
  ["CONNECT with auth that is no object", ['40/other,"text"']],
  ["a binary event without a count", ['45["echo"]']],
  ["a binary event with a count that is none", ['45x-["echo"]']],
  ["a binary event with a negative count", ['45-1-["echo"]']],
  ["CVE-2026-33151: more attachments than allowed", ['452000000000-["echo"]']],
  [
    "text where an attachment was due",
    ['451-["echo",{"_placeholder":true,"num":0}]', '42["echo"]'],
  ],
];

/** [what, the header's JSON, attachments to send]: never reaches a handler as it stands. */
const placeholders: [what: string, json: string, skip?: typeof hawserOnly][] = [
  ["CVE-2022-2421: beyond the last", '["echo",{"_placeholder":true,"num":1}]'],
  ["negative", '["echo",{"_placeholder":true,"num":-1}]'],
  ["a fraction", '["echo",{"_placeholder":true,"num":0.5}]', hawserOnly],
  ["a name on the prototype", '["echo",{"_placeholder":true,"num":"splice"}]', hawserOnly],
  ["nothing", '["echo",{"_placeholder":true}]', hawserOnly],
];

const depth = (levels: number): string => "[".repeat(levels) + "]".repeat(levels);

describe("packets", () => {
  let victim: Victim;
  before(async () => {
    victim = await Victim.start();
  });
  after(() => victim.end());

  for (const [what, texts, skip = false] of ended) {
    it(`${what}: ends the connection, over websocket and polling`, { skip }, async (t) => {
      const before = await victim.watch(t);
      const raw = await RawWebSocket.joined(victim.port);
      for (const text of texts) raw.text(text);
      await raw.ended();
      const sid = await victim.pollingSession();
      const { status } = await victim.post(sid, texts.join("\u001e"));
      assert.ok(status === 200 || status === 400, String(status));
      await victim.assertEnded(sid);
      assert.deepEqual((await victim.state()).handled, before.handled, "a handler ran");
    });
  }

  for (const [what, json, skip = false] of placeholders) {
    it(`a placeholder that is ${what}: ends the connection`, { skip }, async (t) => {
      const before = await victim.watch(t);
      const raw = await RawWebSocket.joined(victim.port);
      raw.text(`451-${json}`);
      raw.binary(Buffer.from([1]));
      await raw.ended();
      assert.deepEqual((await victim.state()).handled, before.handled, "a handler ran");
    });
  }

  it("binary that nothing announced ends the connection", async (t) => {
    await victim.watch(t);
    const raw = await RawWebSocket.joined(victim.port);
    raw.binary(Buffer.from([1, 2, 3]));
    await raw.ended();
  });

  it("an event before CONNECT ends the connection", async (t) => {
    const before = await victim.watch(t);
    const raw = await RawWebSocket.open(victim.port, path);
    raw.text('42["echo",1]');
    await raw.ended();
    assert.deepEqual((await victim.state()).handled, before.handled);
  });

  it("CVE-2024-38355: an event named error, with nobody listening", async (t) => {
    await victim.watch(t);
    const raw = await RawWebSocket.joined(victim.port);
    for (const argument of ["", ',{"message":"x"}', ",null", ',"text"']) {
      raw.text(`42["error"${argument}]`);
    }
    raw.text('42["echo","alive"]');
    await until("an answer or the end", () => {
      return raw.closed || raw.texts.some((text) => text.includes("alive"));
    });
    raw.leave();
  });

  it("answers that nobody waits for are ignored", async (t) => {
    await victim.watch(t);
    const raw = await RawWebSocket.joined(victim.port);
    for (const text of ["430[]", "43999[1]", "439007199254740991[1]"]) raw.text(text);
    raw.text('42["echo","alive"]');
    await raw.heard('42["echo","alive"]');
    raw.leave();
  });

  it("names from the prototype chain are ordinary names", async (t) => {
    await victim.watch(t);
    const raw = await RawWebSocket.joined(victim.port);
    for (const name of ["__proto__", "constructor", "hasOwnProperty", "emit", "on"]) {
      raw.text(`42["${name}",{"__proto__":{"polluted":1}}]`);
    }
    raw.text('42["echo",{"__proto__":{"polluted":1}}]');
    await raw.heard('42["echo"');
    raw.leave();
  });

  it("a namespace that does not exist is refused, a thousand times, and nothing stays", async (t) => {
    await victim.watch(t);
    const raw = await RawWebSocket.joined(victim.port);
    for (let index = 0; index < 1_000; index += 1) raw.text(`40/none-${index},`);
    await until("all are answered", () => {
      return raw.texts.filter((text) => text.startsWith("44/none-")).length === 1_000;
    });
    raw.text('42["echo","alive"]');
    await raw.heard('42["echo","alive"]');
    raw.leave();
  });

  it("JSON 5,000 deep is refused before the handler", { skip: hawserOnly }, async (t) => {
    const before = await victim.watch(t);
    for (const levels of [1_100, 5_000, 400_000]) {
      const raw = await RawWebSocket.joined(victim.port);
      raw.text(`42["rebroadcast",${depth(levels)}]`);
      await raw.ended();
      const objects = await RawWebSocket.joined(victim.port);
      objects.text(`42["echo",${'{"a":'.repeat(levels)}1${"}".repeat(levels)}]`);
      await objects.ended();
      const acknowledged = await RawWebSocket.joined(victim.port);
      acknowledged.text(`420["echo",${depth(levels)}]`);
      await acknowledged.ended();
    }
    assert.deepEqual((await victim.state()).handled, before.handled, "a handler ran");
  });

  it("JSON 900 deep is echoed, and brackets inside a text are no depth", async (t) => {
    await victim.watch(t);
    const raw = await RawWebSocket.joined(victim.port);
    raw.text(`42["echo",${depth(900)}]`);
    await raw.heard(`42["echo",${depth(900)}`);
    raw.text(`42["echo","${"[".repeat(5_000)}\\"${"[".repeat(5_000)}"]`);
    await raw.heard('42["echo","[[[[');
    raw.leave();
  });

  it("long and wide JSON is handled in time linear to its length", async (t) => {
    await victim.watch(t);
    const raw = await RawWebSocket.joined(victim.port);
    const lists = [
      `[${"1,".repeat(450_000)}1]`,
      `[${"[],".repeat(300_000)}[]]`,
      `{${Array.from({ length: 60_000 }, (_, index) => `"k${index}":0`).join()}}`,
      `"${"\\u0000".repeat(150_000)}"`,
    ];
    const started = performance.now();
    for (const [index, list] of lists.entries()) {
      raw.text(`42["sink",${list}]`);
      raw.text(`42["echo",${index}]`);
      await raw.heard(`42["echo",${index}]`);
    }
    assert.ok(performance.now() - started < 5_000);
    raw.leave();
  });

  it("a message of the limit passes; one more byte ends the connection", async (t) => {
    await victim.watch(t);
    const raw = await RawWebSocket.joined(victim.port);
    const envelope = '42["sink",""]'.length;
    raw.text(`42["sink","${"x".repeat(1_000_000 - envelope)}"]`);
    raw.text('42["echo","alive"]');
    await raw.heard('42["echo","alive"]');
    raw.text(`42["sink","${"x".repeat(1_000_001 - envelope)}"]`);
    assert.equal(await raw.ended(), 1_009);
  });

  it(
    "CVE-2026-69185: attachments that go on and on are bounded in bytes",
    { skip: hawserOnly },
    async (t) => {
      const before = await victim.watch(t);
      const raw = await RawWebSocket.joined(victim.port);
      const list = Array.from({ length: 100 }, (_, num) => `{"_placeholder":true,"num":${num}}`);
      raw.text(`45100-["sink",${list.join()}]`);
      const attachment = Buffer.alloc(900_000);
      for (let sent = 0; sent < 99 && !raw.closed && raw.closeCode === undefined; sent += 1) {
        raw.binary(attachment);
        await new Promise((resolve) => setImmediate(resolve));
      }
      await raw.ended();
      const after = await victim.state();
      assert.ok(after.rss < before.rss + 60_000_000, `${after.rss - before.rss} bytes more`);
      assert.deepEqual(after.handled, before.handled);
    },
  );

  it("thousands of half-assembled packets are let go with their connections", async (t) => {
    await victim.watch(t);
    for (let round = 0; round < 100; round += 1) {
      const raw = await RawWebSocket.joined(victim.port);
      raw.text('452-["sink",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]');
      raw.binary(Buffer.alloc(100_000));
      raw.leave();
    }
  });
});
