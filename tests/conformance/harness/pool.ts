// Worker processes that take jobs until there are none.
import { fork } from "node:child_process";
import { extname } from "node:path";
import type { ChildProcess } from "node:child_process";
import type { Answer, Order } from "./jobs.ts";

export interface PoolOptions {
  readonly workers: number;
  /** How many jobs a worker has at a time. */
  readonly slots: number;
  readonly args: readonly string[];
}

/** Runs jobs by number; `onAnswer` hears each answer. */
export async function runPool(
  jobs: readonly number[],
  { workers, slots, args }: PoolOptions,
  onAnswer: (answer: Answer) => void,
): Promise<void> {
  const queue = [...jobs];
  const script = new URL(`../worker${extname(import.meta.url)}`, import.meta.url);
  const one = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker: ChildProcess = fork(script, args);
      let busy = 0;
      const give = (): void => {
        while (busy < slots && queue.length > 0) {
          busy += 1;
          worker.send({ job: queue.shift()! } satisfies Order);
        }
        if (busy === 0) worker.disconnect();
      };
      worker.on("message", (answer: Answer) => {
        onAnswer(answer);
        if ("uncaught" in answer) return;
        busy -= 1;
        give();
      });
      worker.on("error", reject);
      worker.on("disconnect", () => worker.kill());
      worker.on("exit", (code) => {
        if (busy === 0) resolve();
        else reject(new Error(`a worker ended with code ${code} and ${busy} jobs`));
      });
      give();
    });
  await Promise.all(Array.from({ length: Math.min(workers, jobs.length) }, one));
}
