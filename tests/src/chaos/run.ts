// A whole run: a server that is killed, pages that die, lines that fail, and a judge at the end.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { Child } from "../support/child.ts";
import { randomOf } from "../support/random.ts";
import { until } from "../support/wait.ts";
import { check } from "./checker.ts";
import { FaultProxy } from "./fault-proxy.ts";
import { FileHistory, MemoryHistory, merged } from "./history.ts";
import { Tail } from "./tail.ts";
import type { Random } from "../support/random.ts";
import type { Verdict } from "./checker.ts";
import type { Seen } from "./history.ts";
import type { Bug, ClientsPlan, Kind, ServerPlan } from "./world.ts";

export interface Chaos {
  seed: number;
  kind: Kind;
  /** A folder of the run's own. */
  folder: string;
  /** The run goes on until there were so many messages, in both directions, … */
  messages: number;
  /** … and so many faults of lines, deaths and kills. */
  faults: number;
  /** But not longer than this, in ms. */
  budgetMs: number;
  /** Messages that the log keeps; default: all. */
  keep?: number;
  bug?: Bug;
  /** Hears how far the run is, now and then. */
  progress?: (text: string) => void;
}

const processes = 3;
const clientsEach = 4;
const bytesBetweenFaults = 30_000;
/** Time between two kills of the server, and between two deaths of a process with pages, on average. */
const killEveryMs = 4_000;
const dieEveryMs = 5_000;
/** How long all that is owed may take to come, once everything is well again; with a mistake it may never come. */
const quietMs = 60_000;
const quietWithBugMs = 3_000;

/** A process with pages, and the history it writes. */
interface Pages {
  readonly number: number;
  readonly history: string;
  readonly tail: Tail;
  child: Child;
  page: number;
}

class Run {
  readonly #chaos: Chaos;
  readonly #random: Random;
  readonly #history = new MemoryHistory();
  readonly #pages: Pages[] = [];
  readonly #serverTail: Tail;
  #server: Child | undefined;
  #proxy: FaultProxy | undefined;
  #port = 0;
  #run = 0;
  #killAt = 0;
  #dieAt = 0;

  constructor(chaos: Chaos) {
    this.#chaos = chaos;
    this.#random = randomOf(chaos.seed);
    this.#serverTail = new Tail(this.#serverHistory);
  }

  async start(): Promise<void> {
    await this.#startServer();
    this.#proxy = await FaultProxy.to(this.#port, this.#random, this.#history);
    for (let number = 0; number < processes; number++) {
      const history = join(this.#chaos.folder, `clients-${number}.jsonl`);
      const child = this.#open(number, 1, history);
      this.#pages.push({ number, history, tail: new Tail(history), page: 1, child });
    }
    this.#proxy.bytesBetween = bytesBetweenFaults;
    this.#killAt = performance.now() + this.#random(2 * killEveryMs);
    this.#dieAt = performance.now() + this.#random(2 * dieEveryMs);
  }

  /** Lets things happen, until there were enough of them. */
  async storm(): Promise<void> {
    const end = performance.now() + this.#chaos.budgetMs;
    let told = performance.now();
    while (performance.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      // It may have died by itself, at the worst moment.
      if (performance.now() > this.#killAt || !this.#server!.alive) {
        await this.#kill();
        this.#killAt = performance.now() + this.#random(2 * killEveryMs);
      }
      if (performance.now() > this.#dieAt && this.#chaos.kind === "durable") {
        await this.#die(this.#pages[this.#random(processes)]!);
        this.#dieAt = performance.now() + this.#random(2 * dieEveryMs);
      }
      if (performance.now() - told < 2_000) continue;
      told = performance.now();
      const { messages, faults } = this.#counts();
      this.#chaos.progress?.(`${messages} messages, ${faults} faults`);
      if (messages >= this.#chaos.messages && faults >= this.#chaos.faults) return;
    }
  }

  /** Lines are well, nobody is killed, nothing more is ordered: now everything that is owed must come. */
  async calm(): Promise<void> {
    this.#proxy!.bytesBetween = Infinity;
    for (const { child } of this.#pages) {
      child.send({ ask: "calm" });
      await child.line("its state", () => true);
    }
    // Handlers speak, too: the last word is said when none is at work any more.
    await this.#everybody("idle");
    this.#server!.send({ say: "the last word" });
    await this.#everybody("done");
  }

  /** Waits for all pages; who does not come so far has lost something, and the checker says what. */
  async #everybody(state: "idle" | "done"): Promise<void> {
    let waiting: string[] = [];
    const patienceMs = this.#chaos.bug === undefined ? quietMs : quietWithBugMs;
    const reached = async (): Promise<boolean> => {
      // It may have died by itself, in its last busy moment.
      if (!this.#server!.alive) {
        await this.#kill();
        if (state === "done") this.#server!.send({ say: "the last word" });
      }
      waiting = [];
      for (const { child } of this.#pages) {
        child.send({ ask: "state" });
        const said = await child.line("its state", () => true);
        if (said[state] !== true) waiting.push(JSON.stringify(said["states"]));
      }
      if (waiting.length > 0) await new Promise((resolve) => setTimeout(resolve, 200));
      return waiting.length === 0;
    };
    await until(`all pages are ${state}`, reached, patienceMs).catch(() => {
      for (const states of waiting) this.#chaos.progress?.(`not ${state}: ${states}`);
    });
  }

  /** Ends all; then a last run of the server tells what the log has. */
  async end(): Promise<Seen[]> {
    for (const { child } of this.#pages) await child.end();
    this.#proxy?.close();
    await this.#server?.end();
    await this.#startServer(true);
    await this.#server!.end();
    return this.#facts();
  }

  /** Whatever became of the run, no process stays. */
  async cleanUp(): Promise<void> {
    for (const { child } of this.#pages) await child.end("SIGKILL");
    await this.#server?.end("SIGKILL");
    this.#proxy?.close();
  }

  get #serverHistory(): string {
    return join(this.#chaos.folder, "server.jsonl");
  }

  #facts(): Seen[] {
    const files = this.#pages.map(({ history }) => FileHistory.read(history));
    return merged(this.#history.facts, FileHistory.read(this.#serverHistory), ...files);
  }

  #counts(): { messages: number; faults: number } {
    const tails = [this.#serverTail, ...this.#pages.map(({ tail }) => tail)];
    const count = (kind: Seen["kind"]): number =>
      tails.reduce((sum, tail) => sum + tail.count(kind), 0);
    const faults = this.#history.facts.filter(({ kind }) => kind === "fault" || kind === "kill");
    return { messages: count("said") + count("ordered"), faults: faults.length };
  }

  async #startServer(isLast = false): Promise<void> {
    const { seed, kind, folder, keep = 10_000_000, bug } = this.#chaos;
    this.#run++;
    const plan: ServerPlan = {
      run: this.#run,
      port: this.#port,
      log: join(folder, "log.db"),
      history: this.#serverHistory,
      seed,
      clients: kind,
      keep,
      isLast,
      bug,
    };
    const script = join(import.meta.dirname, "server-process.ts");
    this.#server = new Child(process.execPath, [script, JSON.stringify(plan)]);
    const { port } = await this.#server.line("the server's port", (line) => "port" in line);
    this.#port = port as number;
  }

  async #kill(): Promise<void> {
    await this.#server!.end("SIGKILL");
    this.#history.record({ kind: "kill", run: this.#run });
    await this.#startServer();
  }

  #open(number: number, page: number, history: string): Child {
    const { seed, kind, folder } = this.#chaos;
    const names = Array.from({ length: clientsEach }, (_, at) => `c${number * clientsEach + at}`);
    const known = page === 1 ? [] : FileHistory.read(history);
    const plan: ClientsPlan = {
      url: this.#proxy!.url,
      history,
      seed: seed + number,
      kind,
      store: join(folder, "outboxes"),
      clients: names.map((name) => ({ name, page, nextOrder: nextOrder(known, name) })),
      pauseMs: 40,
    };
    const script = join(import.meta.dirname, "clients-process.ts");
    return new Child(process.execPath, [script, JSON.stringify(plan)]);
  }

  async #die(pages: Pages): Promise<void> {
    await pages.child.end("SIGKILL");
    for (let at = 0; at < clientsEach; at++) {
      const client = `c${pages.number * clientsEach + at}`;
      this.#history.record({ kind: "died", client, page: pages.page });
    }
    this.#history.record({ kind: "fault", fault: "page" });
    pages.page++;
    pages.child = this.#open(pages.number, pages.page, pages.history);
  }
}

function nextOrder(facts: readonly Seen[], client: string): number {
  let last = 0;
  for (const fact of facts) {
    if (fact.kind === "ordered" && fact.client === client) last = Math.max(last, fact.order);
  }
  return last + 1;
}

/** Runs it all, and judges it. The folder stays when something was wrong. */
export async function runChaos(chaos: Chaos): Promise<Verdict> {
  const run = new Run(chaos);
  try {
    await run.start();
    await run.storm();
    await run.calm();
    const verdict = check(await run.end());
    if (verdict.violations.length === 0) await rm(chaos.folder, { recursive: true, force: true });
    return verdict;
  } finally {
    await run.cleanUp();
  }
}
