// Cycle by cycle: load, then nobody, then a look at what is left. What is left may not grow.
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { startChild, tailOf, within } from "../lib/children.mjs";
import { generatorCore, onCore, serverCore } from "../lib/cores.mjs";
import { slope } from "./slope.mjs";

/** Time for everybody to be gone: the heartbeat notices who has vanished. */
const drainMs = 15_000;
const answerMs = 20_000;
/** Code that V8 throws away when it has not been used for a while would look like memory that comes back. */
const flags = ["--expose-gc", "--no-flush-bytecode"];
/** Cycles that do not count, and the part of a long run: code is compiled, pools are filled. */
const warmCycles = 2;
const warmShare = 0.2;

/** What may be left of a connection, in bytes; a short run sees more of what is filled once. */
export const toleranceBytes = { short: 150, long: 20 };
/** From so many cycles on a run is long. */
export const longCycles = 20;
/** RSS follows the heap late and in steps: it is judged in long runs, in bytes a connection. */
const rssToleranceBytes = 100;

function start(core, file, ...words) {
  const command = onCore(core, [process.execPath, ...flags, join(import.meta.dirname, file)]);
  const [program, ...rest] = [...command, ...words.map(String)];
  const child = startChild(program, rest, { stdio: ["ignore", "ignore", "pipe", "ipc"] });
  child.complaint = tailOf(child.stderr);
  return child;
}

async function ask(child, request) {
  const answer = once(child, "message").then(([message]) => message);
  const ended = child.ended.then(() => {
    throw new Error(`a process of the soak ended: ${child.complaint()}`);
  });
  ended.catch(() => {});
  if (request !== undefined) child.send(request);
  return within(answerMs, Promise.race([answer, ended]), request ?? "start");
}

async function untilNobody(server) {
  const end = performance.now() + drainMs;
  for (;;) {
    const state = await ask(server, "state");
    if (state.clients === 0 && state.rooms === 0) return state;
    if (performance.now() > end) {
      throw new Error(`nobody is there any more, but the server has ${JSON.stringify(state)}`);
    }
    await pause(100);
  }
}

/** One cycle; its sample. */
async function cycle(server, load, loadMs) {
  server.send("busy");
  load.send("start");
  await pause(loadMs);
  await ask(load, "stop");
  server.send("quiet");
  const { connections } = await untilNobody(server);
  return { connections, ...(await ask(server, "memory")) };
}

/**
 * Runs so many cycles with so many ms of load. Returns the samples, what is left of each connection (bytes of heap and of RSS, by regression over
 * the samples after the first cycles), and whether that is more than it may be.
 */
export async function soak({ cycles, loadMs = 4000, leak = false, onSample = () => {} }) {
  const server = start(serverCore, "server.mjs", leak ? "leak" : "");
  let load;
  try {
    const { port } = await ask(server);
    load = start(generatorCore, "load.mjs", port);
    await ask(load);
    const samples = [];
    for (let at = 0; at < cycles; at++) {
      samples.push(await cycle(server, load, loadMs));
      onSample(samples.at(-1), at);
    }
    return judge(samples);
  } finally {
    load?.kill("SIGKILL");
    server.kill("SIGKILL");
  }
}

export function judge(samples) {
  const settled = samples.slice(Math.max(warmCycles, samples.length * warmShare));
  const points = (name) => settled.map((sample) => [sample.connections, sample[name]]);
  const heap = slope(points("heapUsed"));
  const buffers = slope(points("arrayBuffers"));
  const rss = slope(points("rss"));
  const isLong = samples.length >= longCycles;
  const allowed = isLong ? toleranceBytes.long : toleranceBytes.short;
  const grows = heap > allowed || buffers > allowed || (isLong && rss > rssToleranceBytes);
  return { samples, heap, buffers, rss, allowed, grows };
}
