// Everybody in one room, whatever they speak: what each of them hears is the same.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Server, Socket } from "hawser";
import { pack } from "../support/python.ts";
import { until } from "../support/wait.ts";
import { PlainWorld, kinds } from "./plain-world.ts";
import type { Member } from "./plain-world.ts";

const bytes = (...list: number[]): Buffer => Buffer.from(list);

/** What is said, each a list of arguments. */
const speeches: [what: string, args: unknown[]][] = [
  ["a word", ["hello"]],
  ["no argument", []],
  ["letters from everywhere", ['größe \u2028 "quoted" \\ 👋 \u0000']],
  ["several arguments", [1, -0.5, true, null, "x", [1, [2]], { a: { b: [] } }]],
  ["bytes alone", [bytes(0, 1, 250, 255)]],
  ["two lots of bytes alone", [bytes(1), bytes(2, 3)]],
  ["bytes of 1 KiB", [Buffer.alloc(1024, 7)]],
  ["bytes within", [{ name: "cat.png", parts: [bytes(1, 2), bytes()] }, "after"]],
  ["what only looks like bytes", [{ $binary: 0 }, { $base64: "AA==" }, { $$binary: 1 }]],
  ["bytes, and what only looks like them", [bytes(5), { $binary: 0 }, { $$base64: "AA==" }]],
];

function room(io: Server): void {
  io.on("connection", (socket: Socket) => {
    void socket.join("room");
    socket.on("say", (...args: unknown[]) => io.to("room").emit("said", ...args));
    // What bare frames bring, and what is bare to those who speak so.
    socket.on("message", (data: unknown) => io.to("room").emit("said", data));
    socket.on("echo", (...args: unknown[]) => {
      (args.pop() as (...of: unknown[]) => void)(...args);
    });
  });
}

describe("a room of all dialects", () => {
  let world: PlainWorld;
  let members: Member[];

  before(async () => {
    world = await PlainWorld.open({}, room);
    members = [];
    for (const kind of kinds) members.push(await world.member(kind));
  });
  after(() => world.close());

  const marks = (): number[] => members.map(({ heard }) => heard.length);

  /** Each has heard just that since the mark. */
  async function allHeard(since: number[], expected: unknown[][], who = members): Promise<void> {
    await Promise.all(
      who.map((member) =>
        until(`${member.kind} hears ${JSON.stringify(expected).slice(0, 100)}`, () => {
          return member.heard.length >= since[members.indexOf(member)]! + expected.length;
        }),
      ),
    );
    for (const member of members) {
      const heard = member.heard.slice(since[members.indexOf(member)]);
      assert.deepEqual(heard, who.includes(member) ? pack(expected) : [], member.kind);
    }
  }

  for (const [what, args] of speeches) {
    it(`${what}, said by each of them, is heard by all alike`, async () => {
      for (const { kind, emit } of members) {
        if (emit === undefined) continue;
        const since = marks();
        // Bare frames carry one text or one lot of bytes.
        const bare = args.length === 1 && (typeof args[0] === "string" || Buffer.isBuffer(args[0]));
        if (kind === "raw" && !bare) continue;
        emit("say", ...args);
        await allHeard(since, [["said", ...args]]);
      }
    });

    it(`${what}, said by the server to the room, to all, and to each alone`, async () => {
      const since = marks();
      world.io.to("room").emit("news", ...args);
      world.io.emit("news", ...args);
      for (const { id } of members) world.io.to(id).emit("news", ...args);
      await allHeard(
        since,
        Array.from({ length: 3 }, () => ["news", ...args]),
      );
    });
  }

  it("many at once arrive in order", async () => {
    const since = marks();
    const said = Array.from({ length: 200 }, (_, at) => [
      "news",
      at,
      at % 7 ? "x" : bytes(at % 251),
    ]);
    for (const args of said) world.io.to("room").emit(...(args as [string, unknown, unknown]));
    await allHeard(since, said);
  });

  it("what is volatile reaches who reads", async () => {
    const since = marks();
    world.io.volatile.to("room").emit("volatile", 1, bytes(9));
    // Over polling it waits for the next request, or is gone.
    const prompt = members.filter(({ kind }) => kind !== "npm polling");
    await Promise.all(
      prompt.map((member) =>
        until(
          `${member.kind} hears it`,
          () => member.heard.length > since[members.indexOf(member)]!,
        ),
      ),
    );
  });

  it("except leaves out whoever is named, of every kind", async () => {
    for (const left of members) {
      const since = marks();
      const end = `all, after ${left.kind}`;
      world.io.to("room").except(left.id).emit("news", left.kind);
      world.io.to("room").emit("news", end);
      for (const member of members) {
        await until(`${member.kind} hears the end`, () => member.heard.at(-1)?.[1] === end);
        const heard = member.heard
          .slice(since[members.indexOf(member)])
          .filter(([word]) => word === "news")
          .map(([, text]) => text);
        assert.deepEqual(heard, member === left ? [end] : [left.kind, end], member.kind);
      }
    }
  });

  it("rooms: joined and left from the server, by each of them", async () => {
    world.io.in("room").socketsJoin("second");
    for (const { id } of members.slice(0, 3)) world.io.in(id).socketsLeave("second");
    const since = marks();
    world.io.to("second").emit("news", "the second room");
    world.io.to("room").to("second").emit("news", "both rooms");
    await until("all hear the second", () =>
      members.every((member) => member.heard.at(-1)?.[1] === "both rooms"),
    );
    const heard = members.map((member, at) => member.heard.slice(since[at]).length);
    assert.deepEqual(
      heard,
      members.map((_, at) => (at < 3 ? 1 : 2)),
    );
    world.io.in("second").socketsLeave("second");
  });

  it("each that can ask gets the answer, bytes and all", async () => {
    for (const { kind, ask } of members) {
      if (ask === undefined) continue;
      for (const [what, args] of speeches) {
        assert.deepEqual(pack(await ask("echo", ...args)), pack(args), `${kind}: ${what}`);
      }
    }
  });

  it("each that can answer is asked: alone, and by a broadcast", async () => {
    const able = members.filter(({ answers }) => answers !== undefined);
    for (const { answers, kind } of able) answers!("question", kind);
    for (const { id, kind } of able) {
      const socket = world.io.of("/").sockets.get(id)!;
      const answer: unknown = await socket.timeout(5_000).emitWithAck("question", "?", bytes(1, 2));
      assert.deepEqual(pack(answer), kind, kind);
    }
    const asked = able.map(({ id }) => id);
    const answers = new Set(await world.io.to(asked).timeout(5_000).emitWithAck("question", "?"));
    assert.deepEqual(answers, new Set(able.map(({ kind }) => kind)));
  });

  it("fetchSockets knows them all, with their rooms and what they are", async () => {
    const sockets = await world.io.in("room").fetchSockets();
    assert.deepEqual(
      sockets.map(({ id }) => id).toSorted(),
      members.map(({ id }) => id).toSorted(),
    );
    for (const socket of sockets) {
      assert.ok(socket.rooms.has(socket.id) && socket.rooms.has("room"));
      assert.equal(typeof socket.handshake.time, "string");
    }
  });

  it("disconnectSockets ends each of them", async () => {
    for (const member of members) {
      world.io.in(member.id).disconnectSockets(true);
      await until(`${member.kind} is gone`, () => member.disconnected());
    }
    await until("the server knows of nobody", () => world.io.of("/").sockets.size === 0);
    assert.equal(world.io.of("/").adapter.rooms.size, 0);
  });
});
