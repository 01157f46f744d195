// Every mistake in the grammar, from real lines: its code, its place, and that the line lives on.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Socket } from "hawser";
import { until } from "../support/wait.ts";
import { mistakes, packed } from "./mistakes.ts";
import { PlainWorld } from "./plain-world.ts";
import type { Plain } from "../support/plain-client.ts";

describe("mistakes in the grammar", () => {
  let world: PlainWorld;
  const handled: string[] = [];
  before(async () => {
    world = await PlainWorld.open({}, (io) => {
      io.on("connection", (socket: Socket) => {
        socket.onAny((event: string) => handled.push(event));
      });
    });
  });
  after(() => world.close());

  for (const [what, { frames, code, ...more }] of Object.entries(mistakes)) {
    it(`${what}: ${code}${"at" in more ? ` at ${JSON.stringify(more.at)}` : ""}`, async () => {
      const client = await world.plain();
      handled.length = 0;
      for (const frame of frames) client.ws.send(frame);
      const error = await client.error();
      const { message, ...facts } = error as { message: string } & Plain;
      assert.deepEqual({ ...facts, ...more }, { ...facts, code, ...more });
      assert.deepEqual(
        Object.fromEntries(Object.keys({ code, ...more }).map((key) => [key, facts[key]])),
        { code, ...more },
      );
      assert.ok(typeof message === "string" && message.length > 10, message);
      await client.settled();
      assert.equal(client.errors.length, 1, JSON.stringify(client.errors));
      assert.deepEqual(handled, [], "a handler ran");
      client.close();
    });
  }

  for (const [what, hex, code, at] of packed) {
    it(`MessagePack, ${what}: ${code}`, async () => {
      const client = await world.plain({}, { form: "msgpack" });
      handled.length = 0;
      client.ws.send(Buffer.from(hex, "hex"));
      const error = await client.error();
      assert.equal(error["code"], code);
      if (at !== undefined) assert.equal(error["at"], at);
      await client.settled();
      assert.deepEqual(handled, [], "a handler ran");
      client.close();
    });
  }

  it("each mistake of a session is counted, and the sixteenth ends the line", async () => {
    const client = await world.plain();
    for (let at = 0; at < 15; at++) client.ws.send("{");
    await client.settled();
    assert.equal(client.errors.length, 15);
    client.ws.send("{");
    const { code, reason } = await client.ended();
    assert.equal(code, 4000);
    assert.equal((JSON.parse(reason) as Plain)["retry"], false);
  });

  it("prototypes are left alone: fields, data and names", async () => {
    const client = await world.plain();
    const data = '[{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}]';
    client.ws.send(`{"event":"__proto__","data":${data}}`);
    client.ws.send(`{"event":"constructor","data":${data}}`);
    client.ws.send(`{"__proto__":{"event":"echo"}}`);
    client.ws.send(`{"event":"echo","__proto__":{"data":[1]}}`);
    client.ws.send(`{"connect":{"namespace":"/","auth":{"__proto__":{"admin":true}}}}`);
    client.ws.send(`{"subscribe":["__proto__","constructor"]}`);
    await client.settled();
    assert.equal(({} as Plain)["polluted"], undefined);
    assert.deepEqual(
      client.errors.map(({ code }) => code),
      ["FIELD_UNKNOWN", "FIELD_UNKNOWN", "ALREADY_CONNECTED"],
    );
    await until("the ordinary names have arrived", () => handled.includes("constructor"));
    assert.ok(handled.includes("__proto__"));
    client.close();
  });

  it("in the other form: what is text is not taken as binary, nor the other way round", async () => {
    const json = await world.plain();
    json.ws.send(Buffer.from('{"ping":1}'));
    assert.equal((await json.error())["code"], "BINARY_UNEXPECTED");
    const packing = await world.plain({}, { form: "msgpack" });
    packing.ws.send('{"ping":1}');
    const { code, reason } = await packing.ended();
    assert.equal(code, 1003);
    assert.equal((JSON.parse(reason) as Plain)["retry"], false);
  });
});
