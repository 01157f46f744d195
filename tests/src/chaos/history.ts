// What happened in a run, as everybody who took part wrote it down. The checker reads nothing else.
import { closeSync, existsSync, openSync, readFileSync, writeSync } from "node:fs";

/** One thing that somebody saw. Rooms, clients and ids are names of the run's own. */
export type Fact =
  /** A server process listens; it has read in the log what each room has said so far. */
  | { kind: "run"; run: number; epoch: string }
  /** It was killed without a warning. */
  | { kind: "kill"; run: number }
  /** Something was done to a line. */
  | { kind: "fault"; fault: string }
  /** A message was given to the log; whether it will be there is not known yet. */
  | { kind: "said"; room: string; id: string }
  /** A message is in the log: said by the server when its commit was acknowledged, or when it found it there. */
  | { kind: "logged"; epoch: string; room: string; id: string; offset: number }
  /** A client's socket joined a room for the first time in its session; `after` is what was said there last. */
  | { kind: "joined"; client: string; room: string; after: string | undefined }
  /** An unmodified client is connected again, and takes its session for recovered or not. */
  | { kind: "reconnected"; client: string; recovered: boolean }
  /** A listener of a client was called. */
  | { kind: "heard"; client: string; room: string; id: string }
  /** A client was told that it missed something; without a room it concerns all. */
  | { kind: "reset"; client: string; reason: string; room?: string | undefined }
  /** A page was opened, and found these orders in its outbox. */
  | { kind: "page"; client: string; page: number; outbox: number[] }
  /** A page died without a warning. */
  | { kind: "died"; client: string; page: number }
  /** A page gave an order to its outbox. */
  | { kind: "ordered"; client: string; page: number; order: number }
  /** The promise of an order settled: with an answer, or with an error's code. */
  | { kind: "settled"; client: string; page: number; order: number; answer?: string; code?: string }
  /** A handler of the server was called with an order; `message` names it as the server does. */
  | {
      kind: "started";
      client: string;
      order: number;
      run: number;
      redelivered: boolean;
      message: string;
    }
  /** The log has said that the acceptance of this message and all before it in its session is durable. */
  | { kind: "accepted"; session: string; counter: number }
  /** It gave its answer, and returned. */
  | { kind: "answered"; client: string; order: number; run: number; answer: string };

/** A fact and when it was seen, in µs of the machine's own clock, which all processes share. */
export type Seen = Fact & { at: number };

/** Takes what is seen, in the order in which it is seen. */
export interface Recorder {
  record(fact: Fact): void;
}

function seen(fact: Fact): Seen {
  return { at: Number(process.hrtime.bigint() / 1_000n), ...fact };
}

/** The histories of several processes as one. */
export function merged(...histories: readonly Seen[][]): Seen[] {
  return histories.flat().toSorted((a, b) => a.at - b.at);
}

export class MemoryHistory implements Recorder {
  readonly facts: Seen[] = [];

  record(fact: Fact): void {
    this.facts.push(seen(fact));
  }
}

/** A file that a process which may be killed at any time writes: each fact is handed to the kernel at once. */
export class FileHistory implements Recorder {
  readonly #file: number;

  constructor(path: string) {
    this.#file = openSync(path, "a");
  }

  record(fact: Fact): void {
    writeSync(this.#file, `${JSON.stringify(seen(fact))}\n`);
  }

  close(): void {
    closeSync(this.#file);
  }

  /** What was written; a line that the process did not live to finish is left out. It may have died before its first. */
  static read(path: string): Seen[] {
    if (!existsSync(path)) return [];
    const lines = readFileSync(path, "utf8").split("\n");
    lines.pop();
    return lines.map((line) => JSON.parse(line) as Seen);
  }
}
