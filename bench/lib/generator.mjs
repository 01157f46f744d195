// Runs the load generator against a server and reads what it found.
import { once } from "node:events";
import { join } from "node:path";
import { startChild, tailOf, within } from "./children.mjs";
import { compiledGenerator } from "./compiler.mjs";
import { generatorCore, onCore } from "./cores.mjs";

/** Those that go over HTTP. */
const httpScenarios = new Set(["polling", "publish"]);
const pollingLoad = join(import.meta.dirname, "../polling/load.mjs");
const spareSeconds = 60; // beyond warm-up and window: connecting and draining

function start(server, load, stdin) {
  const seconds = Math.ceil(((load.warmup ?? 0) + (load.window ?? 0)) / 1000) + spareSeconds;
  const settings = { port: server.port, server: server.pid, deadline: seconds, ...load };
  const words = Object.entries(settings).map(([key, value]) => `${key}=${value}`);
  const program = httpScenarios.has(load.scenario)
    ? [process.execPath, pollingLoad]
    : [compiledGenerator()];
  const [command, ...rest] = onCore(generatorCore, [...program, ...words]);
  const child = startChild(command, rest, { stdio: [stdin, "pipe", "pipe"] });
  return { child, output: tailOf(child.stdout), complaint: tailOf(child.stderr) };
}

async function finish({ child, output, complaint }) {
  const { code, signal, error } = await child.ended;
  if (code === 0) return output();
  const how =
    error?.message ?? (signal === "SIGALRM" ? "it took too long" : `status ${code ?? signal}`);
  throw new Error(complaint() || `the load generator failed: ${how}`);
}

/** Measures one window. Throws when a message was lost, repeated or wrong. */
export async function generate(server, load) {
  return JSON.parse(await finish(start(server, load, "ignore")));
}

/** Opens the connections, calls `then` while they are held, and lets them go. */
export async function hold(server, load, then) {
  const generator = start(server, load, "pipe");
  const ready = once(generator.child.stdout, "data");
  ready.catch(() => {});
  try {
    const opened = await within(
      spareSeconds * 1000,
      Promise.race([ready, finish(generator)]),
      "opening",
    );
    if (!Array.isArray(opened)) throw new Error("the load generator ended before it was asked to");
    return await then();
  } finally {
    generator.child.stdin.end();
    await finish(generator);
  }
}
