import assert from "node:assert/strict";
import { it } from "node:test";
import { collect, next } from "../support/wait.ts";
import type { Spine } from "./spine.ts";

/** Each is the list of arguments of one event. Arguments that JSON changes stand in a test of their own. */
const argumentLists: unknown[][] = [
  [],
  ["text"],
  [""],
  [0, -1.5, 1e21, true, false, null],
  [{ deep: { list: [1, "two", { three: [] }] }, empty: {} }, [], [[[]]]],
  ["grüße 🚢 \u0000\u001e\u2028\u2029 \\ \" '", { "kéy 🚢": 1 }],
  [{ __proto__: null, constructor: "x", toString: 1 }],
  ['42["not a packet"]', "b64=", "/nsp,1[]"],
];

export function events({ open }: Spine): void {
  it("carries any arguments from the client to the server", async (t) => {
    const world = await open(t);
    const { client, server } = await world.pair();
    for (const list of argumentLists) {
      const got = next(server, "args");
      client.emit("args", ...list);
      assert.equal(JSON.stringify(await got), JSON.stringify(list));
    }
  });

  it("carries any arguments from the server to the client", async (t) => {
    const world = await open(t);
    const { client, server } = await world.pair();
    for (const list of argumentLists) {
      const got = next(client, "args");
      server.emit("args", ...list);
      assert.equal(JSON.stringify(await got), JSON.stringify(list));
    }
  });

  it("changes values as JSON does: undefined, NaN, dates", async (t) => {
    const world = await open(t);
    const { client, server } = await world.pair();
    const got = next(server, "json");
    client.emit("json", undefined, Number.NaN, new Date(0), { gone: undefined });
    assert.deepEqual(await got, [null, null, "1970-01-01T00:00:00.000Z", {}]);
  });

  it("takes any name that is not reserved, the empty one too", async (t) => {
    const world = await open(t);
    const { client, server } = await world.pair();
    for (const name of ["", "é 🚢", "42", "error", "__proto__", "constructor", "a,b[c]"]) {
      const up = next(server, name);
      client.emit(name, name);
      assert.deepEqual(await up, [name]);
      const down = next(client, name);
      server.emit(name, name);
      assert.deepEqual(await down, [name]);
    }
  });

  it("throws on names that are reserved, at both ends", async (t) => {
    const world = await open(t);
    const { client, server } = await world.pair();
    for (const name of ["connect", "connect_error", "disconnect", "disconnecting"]) {
      assert.throws(() => client.emit(name), /reserved/, `client: ${name}`);
      assert.throws(() => server.emit(name), /reserved/, `server: ${name}`);
      assert.throws(() => world.io.emit(name), /reserved/, `namespace: ${name}`);
    }
  });

  it("send() is emit() of message", async (t) => {
    const world = await open(t);
    const { client, server } = await world.pair();
    const up = next(server, "message");
    client.send("a", 1);
    assert.deepEqual(await up, ["a", 1]);
    const down = next(client, "message");
    server.send("b", 2);
    assert.deepEqual(await down, ["b", 2]);
  });

  it("shows all events to catch-all listeners, going out and coming in", async (t) => {
    const world = await open(t);
    const { client, server } = await world.pair();
    const seen: unknown[] = [];
    client.onAnyOutgoing((...args) => seen.push(["client out", ...args]));
    server.onAny((...args) => seen.push(["server in", ...args]));
    server.onAnyOutgoing((...args) => seen.push(["server out", ...args]));
    client.onAny((...args) => seen.push(["client in", ...args]));
    server.on("ping me", (n) => server.emit("pinged", n));
    const pinged = next(client, "pinged");
    client.emit("ping me", 7);
    await pinged;
    assert.deepEqual(seen, [
      ["client out", "ping me", 7],
      ["server in", "ping me", 7],
      ["server out", "pinged", 7],
      ["client in", "pinged", 7],
    ]);
  });

  it("runs the packet middlewares of a socket: change, refuse", async (t) => {
    const world = await open(t);
    const { client, server } = await world.pair();
    server.use((event, proceed) => {
      if (event[0] === "refused") return proceed(new Error("not this"));
      event[1] = "changed";
      return proceed();
    });
    server.on("refused", () => assert.fail("a refused event reached its handler"));
    const error = next<[Error]>(server, "error");
    const allowed = next(server, "allowed");
    client.emit("refused", 1);
    client.emit("allowed", 1);
    assert.equal((await error)[0].message, "not this");
    assert.deepEqual(await allowed, ["changed"]);
  });

  it("carries large text both ways", async (t) => {
    const world = await open(t);
    const { client, server } = await world.pair();
    // Just under the default limit of 1,000,000 bytes, with characters of one to four bytes.
    const text = "a".repeat(600_000) + "é".repeat(100_000) + "🚢".repeat(40_000);
    server.on("echo", (value, done) => done(value));
    const back = await client.emitWithAck("echo", text);
    assert.equal(back === text, true);
  });

  it("carries many events of many sizes in order", async (t) => {
    const world = await open(t);
    const { client, server } = await world.pair();
    const sizes = Array.from({ length: 120 }, (_, index) => (index * 613) % 9_000);
    server.on("up", (text: string) => server.emit("down", text));
    const down = collect<string>(client, "down", sizes.length);
    for (const size of sizes) client.emit("up", "x".repeat(size));
    assert.deepEqual(
      (await down).map((text) => text.length),
      sizes,
    );
  });
}
