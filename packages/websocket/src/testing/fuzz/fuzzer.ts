import type { CodeCoverage } from "./coverage.ts";
import { mutate, randomOf } from "./mutate.ts";
import type { Random } from "./mutate.ts";

/** Code that takes any bytes. What it throws, or rejects with, is a finding; so is an input that takes too long. */
export interface FuzzTarget {
  readonly name: string;
  /** Inputs to start from: small ones that each go another way. */
  readonly seeds: readonly Buffer[];
  /** Words of the language, which are put into inputs. */
  readonly words: readonly Buffer[];
  /** `note` names something that happened; an input with which it happened for the first time is kept. */
  run(input: Buffer, note: (feature: string) => void): void | Promise<void>;
}

export interface Finding {
  readonly kind: "threw" | "slow";
  readonly input: Buffer;
  readonly error: unknown;
}

export interface FuzzOptions {
  readonly seed: number;
  /** Where the run ends, whichever comes first. */
  readonly inputsMax: number;
  readonly milliseconds: number;
  /** Without it inputs are mutated blindly. */
  readonly coverage: CodeCoverage | undefined;
  /** One input may take so long; it is run again before it counts as a finding. */
  readonly slowMs: number;
  /** Findings that end the run. Default 5. */
  readonly findingsMax?: number;
  /** Told of each input before it runs, so that a watchdog can name it. */
  readonly onInput?: (input: Buffer) => void;
}

/** Inputs between two looks at the coverage, since a look costs as much as many inputs. */
const batchInputs = 64;
const findingsMaxByDefault = 5;

/** Keeps the inputs that reach something new, and mutates those. */
export class Fuzzer {
  readonly target: FuzzTarget;
  readonly corpus: Buffer[] = [];
  readonly findings: Finding[] = [];
  inputs = 0;
  private readonly options: FuzzOptions;
  private readonly random: Random;
  private readonly features: Set<string> = new Set();
  private readonly seen: Set<string> = new Set();
  private sawFeature = false;
  private readonly note: (feature: string) => void = (feature) => {
    if (this.features.has(feature)) return;
    this.features.add(feature);
    this.sawFeature = true;
  };

  constructor(target: FuzzTarget, options: FuzzOptions) {
    this.target = target;
    this.options = options;
    this.random = randomOf(options.seed);
  }

  get featureCount(): number {
    return this.features.size;
  }

  async run(): Promise<void> {
    const { options, target } = this;
    const { findingsMax = findingsMaxByDefault } = options;
    const end = performance.now() + options.milliseconds;
    for (const seed of target.seeds) {
      await this.runOne(seed);
      this.corpus.push(seed);
    }
    options.coverage?.take(true);
    while (this.inputs < options.inputsMax && performance.now() < end) {
      const batch: Buffer[] = [];
      for (let count = 0; count < batchInputs; count++) {
        const input = this.next();
        batch.push(input);
        await this.runOne(input);
        if (this.findings.length >= findingsMax) return;
      }
      if (options.coverage?.take(false) === true) await this.keepNew(batch, options.coverage);
    }
  }

  private next(): Buffer {
    const { corpus, random, target } = this;
    // Young inputs are nearer to what has not been reached yet.
    const young = random(2) === 0 ? Math.max(0, corpus.length - 16) : 0;
    const parent = corpus[young + random(corpus.length - young)] ?? Buffer.alloc(0);
    return mutate(parent, random, random(2) === 0 ? target.words : corpus);
  }

  private async runOne(input: Buffer): Promise<void> {
    this.inputs++;
    this.sawFeature = false;
    if ((await this.attempt(input)) > this.options.slowMs) {
      // Something else may have held the process up.
      const again = Math.min(await this.attempt(input), await this.attempt(input));
      if (again > this.options.slowMs) this.find("slow", input, `${Math.round(again)} ms`);
    }
    if (this.sawFeature) this.keep(input);
  }

  /** Runs an input; how many milliseconds it took. */
  private async attempt(input: Buffer): Promise<number> {
    this.options.onInput?.(input);
    const start = performance.now();
    try {
      const running = this.target.run(Buffer.from(input), this.note);
      if (running !== undefined) await running;
    } catch (error) {
      this.find("threw", input, error);
    }
    return performance.now() - start;
  }

  /** Finds those of a batch that reached something new, by halves. */
  private async keepNew(batch: readonly Buffer[], coverage: CodeCoverage): Promise<void> {
    for (let round = 0; round < 4; round++) {
      let among = batch;
      while (among.length > 1) {
        const half = among.slice(0, among.length >> 1);
        for (const input of half) await this.attempt(input);
        among = coverage.take(false) ? half : among.slice(half.length);
      }
      const [found] = among;
      if (found === undefined) return;
      coverage.take(false);
      await this.attempt(found);
      if (!coverage.take(true)) return;
      this.keep(found);
    }
  }

  private keep(input: Buffer): void {
    const key = input.toString("latin1");
    if (this.seen.has(key)) return;
    this.seen.add(key);
    this.corpus.push(input);
  }

  private find(kind: Finding["kind"], input: Buffer, error: unknown): void {
    const text = String(error);
    if (this.findings.some((known) => known.kind === kind && String(known.error) === text)) return;
    this.findings.push({ kind, input: Buffer.from(input), error });
  }
}
