import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DurablePeer } from "../../test/durable-peer.ts";
import { FakeConnection, settled, withoutNetwork } from "../../test/fake-connection.ts";
import { lend } from "../../test/lent-log.ts";
import { Server } from "../server.ts";
import { memoryLog } from "./memory-log.ts";
import type { Batch, Log } from "./log.ts";

const rooms = ["a", "b", "c"];

/** A log whose commits end when they are told to, in their order, or fail. */
class SlowLog {
  readonly inner: Log = memoryLog();
  isSlow = false;
  private readonly waiting: (() => void)[] = [];
  private order: Promise<unknown> = Promise.resolve();

  commit(batch: Batch): Promise<number> {
    const before = this.order;
    const gate = this.isSlow ? new Promise<void>((go) => this.waiting.push(go)) : undefined;
    const done = (async () => {
      await before;
      await gate;
      return this.inner.commit(batch);
    })();
    this.order = done.catch(() => {});
    return done;
  }

  release(): void {
    for (const go of this.waiting.splice(0)) go();
  }

  /** For the server of one process. */
  view(): Log {
    return lend({
      open: (retention) => this.inner.open(retention),
      commit: (batch) => this.commit(batch),
      read: (query) => this.inner.read(query),
      history: (query) => this.inner.history(query),
      get: (key) => this.inner.get(key),
      states: (prefix) => this.inner.states(prefix),
      close: () => Promise.resolve(),
    });
  }
}

type Step =
  | { do: "emit"; to: string | undefined; except: string | undefined }
  | { do: "join" | "leave"; who: number; room: string }
  | { do: "drop" | "come" | "twin"; who: number }
  | { do: "slow" | "release" | "wait" | "restart" };

const who = fc.integer({ min: 0, max: 2 });
const room = fc.constantFrom(...rooms);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("emit" as const),
      to: fc.option(room, { nil: undefined }),
      except: fc.option(room, { nil: undefined, freq: 5 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom("join" as const, "leave" as const), who, room }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom("drop" as const, "come" as const, "twin" as const),
      who,
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom("slow" as const, "release" as const, "wait" as const, "restart" as const),
    }),
  },
);

/** What the application would say that each session is to get. */
class World {
  readonly log = new SlowLog();
  io!: Server;
  readonly peers: DurablePeer[] = [];
  readonly expected: number[][] = [[], [], []];
  private readonly memberships: Set<string>[] = [new Set(), new Set(), new Set()];
  private said = 0;

  async open(): Promise<void> {
    this.start();
    for (let made = 0; made < 3; made++) {
      this.peers.push(await new DurablePeer(this.io).connect());
    }
  }

  async do(it: Step): Promise<void> {
    switch (it.do) {
      case "emit":
        this.emit(it.to, it.except);
        break;
      case "join":
      case "leave":
        this.move(it.do, it.who, it.room);
        break;
      case "drop":
        this.peers[it.who]!.drop();
        break;
      case "come":
        await this.come(it.who);
        break;
      case "twin":
        // On another line, while the older one is believed to live.
        this.comeAgain(it.who);
        break;
      case "slow":
        this.log.isSlow = true;
        break;
      case "release":
        this.log.release();
        break;
      case "wait":
        await settled();
        break;
      case "restart":
        await this.restart();
        break;
    }
  }

  async finish(): Promise<void> {
    this.log.isSlow = false;
    for (let turn = 0; turn < 20; turn++) {
      this.log.release();
      await settled();
    }
    for (const [at, peer] of this.peers.entries()) {
      if (peer.conn.readyState !== "open" || !peer.live) await this.come(at);
      for (let turn = 0; turn < 50 && !peer.live; turn++) await peer.read();
      await peer.read();
    }
    await this.io.close();
  }

  private start(): void {
    this.io = withoutNetwork(new Server({ delivery: { log: this.log.view() } }));
    for (const peer of this.peers) Object.assign(peer, { io: this.io });
  }

  /** Everything that was promised is in the log, then the process is killed: its lines break. */
  private async restart(): Promise<void> {
    this.log.isSlow = false;
    for (let turn = 0; turn < 5; turn++) {
      this.log.release();
      await settled();
    }
    const { io } = this;
    for (const peer of this.peers) peer.drop();
    await io.close();
    this.start();
    await this.io.delivery!.ready;
  }

  private emit(to: string | undefined, except: string | undefined): void {
    const n = this.said++;
    let operator = this.io.compress(true);
    if (to !== undefined) operator = operator.to(to);
    if (except !== undefined) operator = operator.except(except);
    void operator.durable.emit("n", n);
    for (const [at, mine] of this.memberships.entries()) {
      if (to !== undefined && !mine.has(to)) continue;
      if (except !== undefined && mine.has(except)) continue;
      this.expected[at]!.push(n);
    }
  }

  /** Only who is there can join and leave. */
  private move(what: "join" | "leave", at: number, where: string): void {
    const socket = this.io.sockets.sockets.get(this.peers[at]!.sid);
    if (socket === undefined) return;
    void socket[what](where);
    if (what === "join") this.memberships[at]!.add(where);
    else this.memberships[at]!.delete(where);
  }

  private async come(at: number): Promise<void> {
    this.comeAgain(at);
    await this.peers[at]!.read();
  }

  private comeAgain(at: number): void {
    const peer = this.peers[at]!;
    for (const text of peer.conn.take()) peer["take"](text);
    // The client forgets its older line at once; the server may not know yet.
    peer.conn = new FakeConnection(this.io);
    peer.live = false;
    const request = { v: 1, session: peer.session, position: peer.position, next: 1 };
    peer.conn.receive(`0${JSON.stringify({ $delivery: request })}`);
  }
}

describe("sessions, whatever happens to lines, rooms and the log", () => {
  it("are given what was said to them, once and in order", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 10, maxLength: 80, size: "max" }),
        async (all) => {
          const world = new World();
          await world.open();
          for (const each of all) await world.do(each);
          await world.finish();
          for (const [at, peer] of world.peers.entries()) {
            expect(
              peer.heard.map(([, n]) => n),
              `client ${at}`,
            ).toEqual(world.expected[at]);
            expect([peer.resets, peer.repeats]).toEqual([[], 0]);
          }
        },
      ),
      { numRuns: 150 },
    );
  }, 60_000);
});
