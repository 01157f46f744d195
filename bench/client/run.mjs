// npm run bench -- --client: the clients side by side, in Node and in Chromium.
import { once } from "node:events";
import { join } from "node:path";
import { startChild, tailOf, within } from "../lib/children.mjs";
import { generatorCore, onCore } from "../lib/cores.mjs";
import { runScenario } from "../lib/rounds.mjs";
import { hasChromium, launch, sampleInChromium } from "./in-chromium.mjs";
import { sampleInNode } from "./in-node.mjs";

const plays = [
  ["echo", "echo 32 B, 10 × 16", "event"],
  ["ack", "acknowledgement 32 B, 10 × 16", "event"],
  ["binary", "binary 1 KiB, 10 × 16", "event"],
  ["receive", "received events of 128 B", "event"],
  ["connect", "from its start to connect", "start"],
];

function scenariosIn(where, sample) {
  return plays.map(([play, title, per]) => ({
    name: `${where.toLowerCase()}-${play}`,
    title: `${where}: ${title}`,
    measure: play === "connect" ? "start" : "client",
    per,
    play,
    sample,
  }));
}

export const clientScenarios = [
  ...scenariosIn("Node", sampleInNode),
  ...scenariosIn("Chromium", sampleInChromium),
];

async function startServer(node) {
  const words = onCore(generatorCore, [node, join(import.meta.dirname, "server.mjs")]);
  const [command, ...rest] = words;
  const child = startChild(command, rest, { stdio: ["ignore", "ignore", "pipe", "ipc"] });
  const complaint = tailOf(child.stderr);
  const ended = child.ended.then(() => {
    throw new Error(`the server ended: ${complaint()}`);
  });
  ended.catch(() => {});
  const told = once(child, "message").then(([message]) => message);
  const { port } = await within(20_000, Promise.race([told, ended]), "start");
  return { url: `http://127.0.0.1:${port}`, stop: () => child.kill("SIGKILL") };
}

export async function runClients(options, progress, onResult) {
  const browser = hasChromium ? await launch() : undefined;
  if (browser === undefined) progress.line("Without Chromium: it is measured in Node alone.");
  const server = await startServer(options.node);
  try {
    const results = [];
    for (const scenario of options.scenarios) {
      if (browser === undefined && scenario.sample === sampleInChromium) continue;
      const result = await runScenario(
        scenario,
        { ...options, ...server, browser },
        progress,
        scenario.sample,
      );
      results.push(result);
      onResult(result);
    }
    return results;
  } finally {
    server.stop();
    await browser?.close();
  }
}
