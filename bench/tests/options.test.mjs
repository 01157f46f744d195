import assert from "node:assert/strict";
import { test } from "node:test";
import { connectionsMax } from "../lib/file-limit.mjs";
import { readOptions } from "../lib/options.mjs";
import { countSamples } from "../lib/rounds.mjs";

const names = (list) => list.map((it) => it.name);

test("everything by default, of the servers that are named", () => {
  const options = readOptions(["--peers", "ws,net"]);
  assert.deepEqual(names(options.peers), ["net", "ws"]);
  assert.ok(
    !names(options.scenarios).includes("ack-32x16"),
    "raw servers have no acknowledgements",
  );
  assert.ok(options.rounds >= 5 && options.judge);
});

test("one scenario for the one who optimises", () => {
  const options = readOptions(["--only", "echo-32x16", "--rounds", "3", "--peers", "socket.io,ws"]);
  assert.deepEqual(names(options.scenarios), ["echo-32x16"]);
  assert.equal(countSamples(options), 6);
});

test("the short form does not judge, and holds fewer connections", () => {
  const options = readOptions(["--short", "--peers", "ws"]);
  const memory = options.scenarios.find((it) => it.measure === "memory");
  assert.equal(options.judge, false);
  assert.equal(memory.load.connections, 2000);
  assert.match(memory.title, /2,000/);
});

test("a profile wants one scenario that sends messages", () => {
  const words = ["--profile", "--peers", "ws"];
  assert.equal(readOptions([...words, "--only", "echo-32x1"]).profile.peer.name, "ws");
  assert.throws(() => readOptions(words), /--profile takes one scenario/);
  assert.throws(() => readOptions([...words, "--only", "memory"]), /--profile takes one scenario/);
});

test("mistakes are named", () => {
  assert.throws(() => readOptions(["--only", "ecco"]), /No scenario "ecco"; there are echo-32x1/);
  assert.throws(() => readOptions(["--peers", "wss"]), /No server "wss"/);
  assert.throws(() => readOptions(["--peers", "ws", "--rounds", "0"]), /--rounds: expected/);
  assert.throws(() => readOptions(["--short", "--loud"]), /--loud/);
  assert.throws(() => readOptions(["--short", "--publish"]), /--publish is for a full run/);
});

test("growth: scenarios of its own, no more connections than can be opened", () => {
  const { scenarios, growth, name } = readOptions(["--growth", "--peers", "ws"]);
  const peak = Math.max(...scenarios.map(({ load }) => load.connections));
  assert.ok(growth && scenarios.every(({ family, at }) => family !== undefined && at > 0));
  assert.ok(peak > 1000 && peak <= connectionsMax, `${peak} of ${connectionsMax}`);
  assert.equal(name, "only");
  assert.throws(() => readOptions(["--growth", "--only", "echo-32x1"]), /No scenario/);
  assert.throws(() => readOptions(["--growth", "--short"]), /choose one/);
});

test("a soak has minutes", () => {
  assert.deepEqual(readOptions(["--soak"]), { soak: 10 });
  assert.deepEqual(readOptions(["--soak", "--minutes", "0.5"]), { soak: 0.5 });
  assert.throws(() => readOptions(["--soak", "--minutes", "0"]), /--minutes: expected/);
});

test("growth: rooms become more, the members of the one that is spoken to do not", () => {
  const { scenarios, peers } = readOptions(["--growth", "--peers", "ws,socket.io"]);
  const rooms = scenarios.filter(({ name }) => name.startsWith("room-r"));
  assert.deepEqual(
    rooms.map((it) => [it.rooms, it.load.connections]),
    [
      [1, 100],
      [100, 100],
      [10_000, 100],
    ],
  );
  assert.ok(countSamples({ scenarios: rooms, peers, rounds: 1 }) === 3, "ws has no rooms");
});
