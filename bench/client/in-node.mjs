// One sample in Node: a fresh process on a core of its own.
import { once } from "node:events";
import { join } from "node:path";
import { startChild, tailOf, within } from "../lib/children.mjs";
import { onCore, serverCore } from "../lib/cores.mjs";

const spareMs = 20_000;

/** µs of CPU per event, or µs from the start of the process to `connect`. Throws when an event was lost or wrong. */
export async function sampleInNode({ peer, scenario, url, node, times }) {
  const file = join(import.meta.dirname, "node-client.mjs");
  const words = [node, file, peer.package, url, scenario.play, times.warmup, times.window];
  const [command, ...rest] = onCore(serverCore, words.map(String));
  const child = startChild(command, rest, {
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    env: { ...process.env, NODE_OPTIONS: "", NODE_ENV: "production" },
  });
  const complaint = tailOf(child.stderr);
  const told = once(child, "message").then(([message]) => message);
  const ended = child.ended.then(() => {
    throw new Error(`the client ended: ${complaint()}`);
  });
  ended.catch(() => {});
  try {
    const time = times.warmup + times.window + spareMs;
    return await within(time, Promise.race([told, ended]), scenario.name);
  } finally {
    child.kill("SIGKILL");
    await child.ended;
  }
}
