// The lines between clients and server, and all that can happen to them. A seed decides what happens where.
import { connect, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import type { Random } from "../support/random.ts";
import type { Recorder } from "./history.ts";

/**
 * How a line fails: `reset` and `end` are noticed by both sides; after `server half` and `client half` one side believes
 * in it until its heartbeat says otherwise; `freeze` is silence on both sides, and then a reset; `stall` is silence that
 * ends well; `trickle` hands on what comes in pieces of some bytes, late.
 */
export const faults = [
  "reset",
  "end",
  "server half",
  "client half",
  "freeze",
  "stall",
  "trickle",
] as const;
export type Fault = (typeof faults)[number];

const silenceMs = 700;
const trickleMs = 15;
/** Pieces in which a trickle begins; what follows comes at once. */
const trickles = 8;

interface Line {
  readonly client: Socket;
  readonly upstream: Socket;
  /** Bytes that pass until something happens to it. */
  left: number;
  fault: Fault;
}

/** One direction of a line. */
interface Pipe {
  readonly line: Line;
  readonly from: Socket;
  readonly to: Socket;
  /** What waits while the direction is held up. */
  held: Buffer[] | undefined;
}

export class FaultProxy {
  /** Bytes that a line carries between faults, on average; Infinity: nothing happens. */
  bytesBetween = Infinity;
  readonly #random: Random;
  readonly #history: Recorder;
  readonly #server: Server;
  readonly #lines = new Set<Line>();
  readonly #timers = new Set<NodeJS.Timeout>();
  /** Ends of lines whose other end has gone. */
  readonly #orphans = new Set<Socket>();

  private constructor(target: number, random: Random, history: Recorder) {
    this.#random = random;
    this.#history = history;
    this.#server = createServer((client) => this.#join(client, target));
  }

  static async to(target: number, random: Random, history: Recorder): Promise<FaultProxy> {
    const proxy = new FaultProxy(target, random, history);
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
    for (const timer of this.#timers) clearTimeout(timer);
    for (const { client, upstream } of this.#lines) {
      client.destroy();
      upstream.destroy();
    }
    for (const orphan of this.#orphans) orphan.destroy();
  }

  #join(client: Socket, target: number): void {
    const upstream = connect(target, "127.0.0.1");
    const line: Line = { client, upstream, left: this.#span(), fault: this.#draw() };
    this.#lines.add(line);
    this.#pipe(line, client, upstream);
    this.#pipe(line, upstream, client);
  }

  #pipe(line: Line, from: Socket, to: Socket): void {
    const pipe: Pipe = { line, from, to, held: undefined };
    from.setNoDelay(true);
    from.on("data", (data) => {
      if (this.#lines.has(line)) this.#pass(pipe, data);
    });
    from.on("error", () => from.destroy());
    from.on("close", () => {
      this.#orphans.delete(from);
      if (this.#lines.delete(line) && !to.destroyed) to.end();
    });
  }

  #pass(pipe: Pipe, data: Buffer): void {
    const { line } = pipe;
    if (pipe.held !== undefined) {
      pipe.held.push(data);
      return;
    }
    if (this.bytesBetween === Infinity) line.left = Infinity;
    else if (line.left === Infinity) line.left = this.#span();
    if (data.length <= line.left) {
      line.left -= data.length;
      this.#hand(pipe, data);
      return;
    }
    // What fits still goes through: the cut is in the midst of a frame, or of a packet.
    const fits = line.left;
    this.#hand(pipe, data.subarray(0, fits));
    this.#strike(pipe, data.subarray(fits));
  }

  /** Hands bytes on, and reads no more than the other side takes. */
  #hand({ from, to }: Pipe, data: Buffer): void {
    if (data.length === 0 || to.destroyed || to.write(data)) return;
    from.pause();
    to.once("drain", () => from.resume());
  }

  #strike(pipe: Pipe, rest: Buffer): void {
    const { line } = pipe;
    const { fault, client, upstream } = line;
    this.#history.record({ kind: "fault", fault });
    line.left = this.#span();
    line.fault = this.#draw();
    if (fault === "stall" || fault === "trickle") {
      pipe.held = [rest];
      if (fault === "stall") this.#later(silenceMs / 2, () => this.#release(pipe));
      else this.#trickle(pipe, trickles);
      return;
    }
    this.#lines.delete(line);
    if (fault === "freeze") {
      this.#keep(client);
      this.#keep(upstream);
      this.#later(silenceMs, () => {
        client.resetAndDestroy();
        upstream.resetAndDestroy();
      });
    } else if (fault === "end") {
      client.end();
      upstream.end();
      this.#keep(client);
      this.#keep(upstream);
    } else {
      if (fault === "client half") this.#keep(client);
      else client.resetAndDestroy();
      if (fault === "server half") this.#keep(upstream);
      else upstream.resetAndDestroy();
    }
  }

  /** Lets go of what was held up. */
  #release(pipe: Pipe): void {
    const held = pipe.held ?? [];
    pipe.held = undefined;
    if (this.#lines.has(pipe.line)) this.#pass(pipe, Buffer.concat(held));
  }

  #trickle(pipe: Pipe, pieces: number): void {
    const rest = Buffer.concat(pipe.held ?? []);
    const size = 1 + this.#random(7);
    if (pieces === 0 || rest.length <= size || !this.#lines.has(pipe.line)) {
      this.#release(pipe);
      return;
    }
    this.#hand(pipe, rest.subarray(0, size));
    pipe.held = [rest.subarray(size)];
    this.#later(trickleMs, () => this.#trickle(pipe, pieces - 1));
  }

  /** An end that goes on without the other: it is read, and what it says is lost. */
  #keep(socket: Socket): void {
    if (socket.destroyed) return;
    this.#orphans.add(socket);
    socket.resume();
  }

  #later(ms: number, run: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, ms);
    this.#timers.add(timer);
  }

  #span(): number {
    return this.bytesBetween === Infinity ? Infinity : this.#random(2 * this.bytesBetween);
  }

  #draw(): Fault {
    return faults[this.#random(faults.length)]!;
  }
}
