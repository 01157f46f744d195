// Runs the jobs that it is told to, in a process of its own.
import { WebSocket } from "ws";
import { judge } from "./harness/judge.ts";
import { jobs } from "./harness/jobs.ts";
import type { Answer, Order } from "./harness/jobs.ts";
import type { PairingName } from "./harness/judge.ts";

const only = process.argv.slice(2) as PairingName[];
const running = new Set<number>();
const answer = (message: Answer): void => void process.send?.(message);

for (const event of ["uncaughtException", "unhandledRejection"] as const) {
  process.on(event, (error: unknown) => {
    // A case that expects one listens for itself, and runs alone.
    if (process.listenerCount(event) > 1) return;
    const uncaught = error instanceof Error ? (error.stack ?? error.message) : String(error);
    answer({ uncaught, during: [...running] });
  });
}

/** Node 20 has none of its own, and cases use it as a bare line. An error that nobody hears does no harm there. */
class BareWebSocket extends WebSocket {
  constructor(url: string, protocols?: string[]) {
    super(url, protocols);
    this.on("error", () => undefined);
  }
}
(globalThis as { WebSocket?: unknown }).WebSocket ??= BareWebSocket;

// A case that looks at warnings listens for itself, and runs alone.
console.warn = () => undefined;

process.on("message", async ({ job }: Order) => {
  const { given, mode } = jobs[job]!;
  running.add(job);
  const verdicts = await judge(given, mode, only);
  running.delete(job);
  answer({ job, verdicts });
});
