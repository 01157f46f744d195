// The command line.
import { parseArgs } from "node:util";
import { growthScenarios } from "./growth.mjs";
import { clientScenarios } from "../client/run.mjs";
import { installNative, whyNot } from "../native/load.mjs";
import { clientPeers, isInstalled, nativePeers, peerNamed, peers } from "./peers.mjs";
import { nativeScenarios, plays, scenarios } from "./scenarios.mjs";

const full = { rounds: 7, times: { warmup: 800, window: 1200 }, idleConnections: 10_000 };
const growth = { rounds: 2, times: { warmup: 600, window: 1000 }, idleConnections: undefined };
const native = { rounds: 3, times: { warmup: 600, window: 1000 }, idleConnections: 10_000 };
const client = { rounds: 5, times: { warmup: 800, window: 1500 }, idleConnections: undefined };
const short = { rounds: 1, times: { warmup: 600, window: 1200 }, idleConnections: 2000 };

export const usage = `npm run bench -- [options]

  --only <names>     these scenarios only, separated by commas
  --peers <names>    these servers only (${peers.map((peer) => peer.name).join(", ")})
  --rounds <n>       how many times each pair is measured (${full.rounds})
  --growth           instead: how cost grows with connections, rooms and the size of a message
  --native           instead: µWebSockets.js and Bun, and socket.io and hawser on them; installs them first
  --client           instead: the client, in Node and in Chromium
  --soak             instead: whether the server keeps anything of those who have gone
  --minutes <n>      of the soak (10)
  --short            under 3 minutes: one round of short windows, ratios without judgement
  --node <path>      run the servers on another Node
  --profile          one scenario, one server, under Node's CPU profiler
  --publish          a full run: put its figures into bench/README.md
  --name <name>      of the files in bench/results/ (a full run: the Node version; else "short", "only")
  --help

scenarios: ${scenarios.map((scenario) => scenario.name).join(", ")}
of growth: ${growthScenarios.map((scenario) => scenario.name).join(", ")}`;

const roundsMax = 100;

const spec = {
  only: { type: "string" },
  peers: { type: "string" },
  rounds: { type: "string" },
  short: { type: "boolean", default: false },
  growth: { type: "boolean", default: false },
  native: { type: "boolean", default: false },
  client: { type: "boolean", default: false },
  soak: { type: "boolean", default: false },
  minutes: { type: "string", default: "10" },
  node: { type: "string", default: process.execPath },
  profile: { type: "boolean", default: false },
  publish: { type: "boolean", default: false },
  name: { type: "string" },
  help: { type: "boolean", default: false },
};

function chosen(list, all, what) {
  if (list === undefined) return all;
  return list.split(",").map((name) => {
    const found = all.find((it) => it.name === name);
    if (found === undefined) {
      throw new Error(`No ${what} "${name}"; there are ${all.map((it) => it.name).join(", ")}.`);
    }
    return found;
  });
}

function roundsOf(text, otherwise) {
  if (text === undefined) return otherwise;
  const rounds = Number(text);
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > roundsMax) {
    throw new Error(`--rounds: expected a whole number from 1 to ${roundsMax}, got "${text}".`);
  }
  return rounds;
}

function minutesOf(text) {
  const minutes = Number(text);
  if (minutes >= 0.5 && minutes <= 600) return minutes;
  throw new Error(`--minutes: expected a number from 0.5 to 600, got "${text}".`);
}

/** Those on Node's own sockets for comparison, and the native ones that run here. */
function withNative(node) {
  installNative();
  const possible = nativePeers.filter((peer) => {
    const why = whyNot(peer, node);
    if (why !== undefined) console.error(`${peer.label} is left out: ${why}.`);
    return why === undefined;
  });
  const compared = ["ws", "socket.io", "hawser"].map(peerNamed);
  return [...compared, ...possible];
}

function requireInstalled(running) {
  const missing = running.filter((peer) => !isInstalled(peer));
  if (missing.length === 0) return;
  throw new Error(
    `Not built or not installed: ${missing.map((peer) => peer.label).join(", ")}. ` +
      "Run npm run build, or choose others with --peers.",
  );
}

function withIdle(scenario, connections) {
  if (scenario.measure !== "memory" || connections === undefined) return scenario;
  const title = scenario.title.replace("10,000", connections.toLocaleString("en"));
  return { ...scenario, title, load: { ...scenario.load, connections } };
}

/** The floor does not say how anything grows, and the plain dialects grow as Socket.IO's does. */
const inGrowth = peers.filter(({ name, rivals }) => name !== "net" && rivals === undefined);

/** One of the forms of the benchmark: what it measures, and the name of its files. */
function formOf({ growth: isGrowth, native: isNative, client: isClient, short: isShort, node }) {
  if ([isGrowth, isNative, isClient, isShort].filter(Boolean).length > 1) {
    throw new Error(
      "--growth, --native, --client and --short are forms of their own: choose one; --only and --rounds shorten each.",
    );
  }
  if (isGrowth)
    return { name: "growth", size: growth, peers: inGrowth, scenarios: growthScenarios };
  if (isNative) {
    return { name: "native", size: native, peers: withNative(node), scenarios: nativeScenarios };
  }
  if (isClient) {
    return { name: "client", size: client, peers: clientPeers, scenarios: clientScenarios };
  }
  return { name: isShort ? "short" : undefined, size: isShort ? short : full, peers, scenarios };
}

/** What is to be done. Throws, with a sentence for the reader, when that cannot be. */
export function readOptions(words) {
  const { values } = parseArgs({ args: words, options: spec });
  if (values.help) return { help: true };
  if (values.soak) return { soak: minutesOf(values.minutes) };
  if (values.publish && (values.short || values.only || values.peers)) {
    throw new Error("--publish is for a full run: without --short, --only and --peers.");
  }
  const form = formOf(values);
  const { size } = form;
  const running = chosen(values.peers, form.peers, "server");
  const wanted = chosen(values.only, form.scenarios, "scenario")
    .map((scenario) => withIdle(scenario, size.idleConnections))
    .filter((scenario) => running.some((peer) => plays(peer, scenario)));
  const options = {
    scenarios: wanted,
    peers: form.peers.filter((peer) => running.includes(peer)),
    rounds: roundsOf(values.rounds, size.rounds),
    times: size.times,
    node: values.node,
    publish: values.publish,
    growth: values.growth,
    judge: !values.short,
    name:
      values.name ??
      (values.only || values.peers ? (form.name === "short" ? "short" : "only") : form.name),
    client: values.client,
  };
  const whole = values.profile ? { ...options, profile: profiled(options, values) } : options;
  // Last: whoever mistyped a word wants to hear of the word, built or not.
  requireInstalled(running);
  return whole;
}

function sendsMessages({ measure }) {
  return measure === "cpu" || measure === "latency";
}

function profiled(options, values) {
  const peer = values.peers === undefined ? peerNamed("hawser") : options.peers[0];
  const scenario = options.scenarios[0];
  if (options.scenarios.length !== 1 || !sendsMessages(scenario) || !plays(peer, scenario)) {
    throw new Error(
      "--profile takes one scenario that sends messages: --only echo-32x16 --peers hawser",
    );
  }
  return { peer, scenario };
}
