// A server with a log on disk is killed in the midst of things and started again: our client, and npm's as it is.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { io as connectHawser } from "@hawser/client";
import { durable } from "@hawser/client/durable";
import { io as connect } from "socket.io-client";
import { Child } from "../support/child.ts";
import { until } from "../support/wait.ts";
import { DurableLine } from "./durable-line.ts";

const script = fileURLToPath(new URL("server-process.ts", import.meta.url));
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** A server that is killed and started again at the same port, over the same file. */
class Phoenix {
  readonly path: string;
  port = 0;
  kills = 0;
  child!: Child;

  constructor() {
    const folder = mkdtempSync(join(tmpdir(), "hawser-delivery-"));
    this.path = join(folder, "log.db");
    closing.push(() => rmSync(folder, { recursive: true, force: true }));
    closing.push(() => this.child.end("SIGKILL"));
  }

  async start(): Promise<this> {
    const args = ["--no-warnings", script, this.path, String(this.port)];
    this.child = new Child(process.execPath, args);
    const { port } = await this.child.line("the server listens", (line) => "port" in line);
    this.port = port as number;
    return this;
  }

  async killAndStart(): Promise<void> {
    this.kills += 1;
    await this.child.end("SIGKILL");
    await this.start();
  }

  /** Emits from the server; ends when it is in the log. */
  async emit(n: number): Promise<void> {
    this.child.send({ emit: n });
    await this.child.line(`${n} is in the log`, (line) => line["committed"] === n);
  }

  /** What handlers have begun, in order. */
  handled(): { n: number; redelivered: boolean }[] {
    const lines = readFileSync(`${this.path}.handled`, "utf8").trim().split("\n");
    return lines.map((line) => JSON.parse(line) as { n: number; redelivered: boolean });
  }
}

const numbers = (heard: unknown[][], event: string): unknown[] =>
  heard.filter(([name]) => name === event).map(([, n]) => n);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

describe("a server that is killed, with a log on disk", () => {
  it("knows the sessions, what they missed and what was accepted", async () => {
    const server = await new Phoenix().start();
    const line = new DurableLine(server.port).start();
    closing.push(() => line.stop());
    await line.untilLive();
    const { sid } = line;
    await server.emit(0);
    let said = 0;
    const answers: Promise<unknown[]>[] = [];
    for (let round = 0; round < 3; round++) {
      for (let more = 0; more < 20; more++) answers.push(line.emit("say", said++));
      await server.emit(round + 1);
      // The rest is on its way in both directions.
      for (let more = 0; more < 20; more++) answers.push(line.emit("say", said++));
      await server.killAndStart();
    }
    await line.untilLive(20_000);
    const settled = await Promise.all(answers);
    await server.emit(4);
    await until("the last has come", () => numbers(line.heard, "n").at(-1) === 4);
    assert.deepEqual(
      settled,
      upTo(said).map((n) => [0, `answer to ${n}`]),
    );
    assert.deepEqual(numbers(line.heard, "n"), upTo(5));
    assert.deepEqual([line.resets, line.repeats, line.sid], [[], 0, sid]);
    assert.equal(line.greeting!.recovered, true);
    // A message comes to a handler once more only where a kill has interrupted it, and says so.
    const seen = new Set<number>();
    for (const { n, redelivered } of server.handled()) {
      assert.ok(!seen.has(n) || redelivered, `${n} was handled again, unmarked`);
      seen.add(n);
    }
  });

  it("recovers npm's client, as it is, with what it missed meanwhile", async () => {
    const server = await new Phoenix().start();
    const socket = connect(`http://127.0.0.1:${server.port}`, {
      reconnectionDelay: 10,
      reconnectionDelayMax: 50,
    });
    closing.push(() => socket.disconnect());
    const heard: number[] = [];
    const recovered: boolean[] = [];
    socket.on("n", (n: number) => heard.push(n));
    socket.on("connect", () => void recovered.push(socket.recovered));
    await until("it is connected", () => socket.connected);
    await server.emit(0);
    await until("it has come", () => heard.length === 1);
    for (let round = 1; round < 4; round++) {
      await server.killAndStart();
      await server.emit(round);
      await until("it has come", () => heard.at(-1) === round);
    }
    assert.deepEqual(heard, [0, 1, 2, 3]);
    assert.deepEqual(recovered, [false, true, true, true]);
  });

  it("keeps every promise of @hawser/client, and hands it everything once, over both transports", async () => {
    const server = await new Phoenix().start();
    const socket = connectHawser(`http://127.0.0.1:${server.port}`, {
      reconnectionDelay: 10,
      reconnectionDelayMax: 50,
      durable: durable({ storage: "memory" }),
    });
    closing.push(() => socket.disconnect());
    const heard: number[] = [];
    const resets: unknown[] = [];
    socket.on("n", (n: number) => heard.push(n));
    socket.delivery.on("reset", (reset) => void resets.push(reset));
    await until("it is connected", () => socket.connected);
    await server.emit(0);
    await until("it has come", () => heard.length === 1);
    const answers: Promise<unknown>[] = [];
    for (let round = 1; round < 4; round++) {
      for (let more = 0; more < 30; more++) {
        answers.push(socket.durable.emit("say", answers.length) as Promise<unknown>);
      }
      await server.killAndStart();
      await server.emit(round);
    }
    const settled = await Promise.all(answers);
    await until("the last has come", () => heard.at(-1) === 3);
    assert.deepEqual(
      settled,
      upTo(settled.length).map((n) => `answer to ${n}`),
    );
    assert.deepEqual([heard, resets], [[0, 1, 2, 3], []]);
    assert.equal(socket.outbox.length, 0);
    assert.equal(socket.recovered, true);
  });
});
