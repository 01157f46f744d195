import { performance } from "node:perf_hooks";
import { lineOptions, targetFrom } from "../connect/options.ts";
import { CliError, exitCodes } from "../errors.ts";
import { limits } from "../limits.ts";
import { websocketOptions } from "../lines/websocket-options.ts";
import { isLoopback } from "../target.ts";
import { Load } from "./load.ts";
import { progressText, reportJson, reportText } from "./report.ts";
import type { LineFlags } from "../connect/options.ts";
import type { Target } from "../target.ts";
import type { World } from "../terminal/world.ts";
import type { OwnCost, Report } from "./report.ts";
import type { Wire, WireSettings } from "./wire.ts";

export interface BenchFlags extends LineFlags {
  connections: number;
  rate?: number;
  inFlight: number;
  duration: number;
  warmup: number;
  size: number;
  echo: "ack" | "event";
  event: string;
  yes?: boolean;
}

const progressMs = 100;
/** CONNECT_ERROR, an error of the plain dialect, HTTP 4xx. */
const refusedPattern = /^(?:44|\{"error"|.*server response: 4\d\d)/;

/** `hawser bench`. Resolves with the exit code. */
export async function bench(world: World, url: string, flags: BenchFlags): Promise<number> {
  const target = targetFrom(url, flags);
  checkBounds(target, flags);
  const options = lineOptions(target, flags, world.env);
  const auth = options.auth ?? (options.token === undefined ? undefined : { token: options.token });
  const wire = await wireOf({
    ...flags,
    dialect: target.dialect,
    auth,
    namespace: options.namespace,
  });
  const load = new Load(
    {
      url: addressOf(target),
      protocols: target.dialect === "plain" ? ["hawser.v1.json"] : options.protocols,
      client: { ...websocketOptions(options), perMessageDeflate: false },
      wire,
      connections: flags.connections,
      durationMs: flags.duration,
      warmupMs: flags.warmup,
      rate: flags.rate,
      inFlight: flags.inFlight,
    },
    world.interrupted,
  );
  const stopShowing = showProgress(world, load);
  try {
    return await measure(world, load, target, flags);
  } finally {
    stopShowing();
    load.close();
  }
}

async function measure(
  world: World,
  load: Load,
  target: Target,
  flags: BenchFlags,
): Promise<number> {
  const open = await load.connect();
  const [error] = load.results.errors.keys();
  if (open === 0) {
    if (world.interrupted.aborted) return exitCodes.interrupted;
    const refused = refusedPattern.test(error ?? "");
    throw new CliError(refused ? "refused" : "lost", `no connection: ${error ?? "no answer"}`);
  }
  const cost = startCost();
  await load.run();
  const report: Report = {
    target: `${target.url.href} (${target.dialect})`,
    connections: open,
    measuredMs: load.measuredMs,
    rate: flags.rate,
    inFlight: flags.inFlight,
    results: load.results,
    own: cost(),
  };
  const { stdout, stderr, colours } = world;
  if (stderr.isTTY) stderr.write("\r\u001b[K");
  const columns = stdout.columns ?? 80;
  stdout.write(
    `${flags.json ? JSON.stringify(reportJson(report)) : reportText(report, colours, columns)}\n`,
  );
  if (load.results.answered === 0) {
    const advice = `the server is to answer the event "${flags.event}" ${flags.echo === "ack" ? "with an acknowledgement" : "with the same event"}`;
    throw new CliError("timeout", "no message came back", advice);
  }
  if (world.interrupted.aborted) return exitCodes.interrupted;
  return load.results.lost > 0 ? exitCodes.lost : exitCodes.ok;
}

/** Only loads that end, and nobody else's server by mistake. @throws CliError */
function checkBounds({ url, dialect }: Target, flags: BenchFlags): void {
  const { connections, duration, rate, inFlight, size, yes } = flags;
  const atMost = (name: string, value: number, max: number): void => {
    if (value > max)
      throw new CliError("usage", `${name} is at most ${max.toLocaleString("en-US")}`);
  };
  atMost("--connections", connections, limits.connectionsMax);
  atMost("--duration, in ms,", duration, limits.durationMsMax);
  atMost("--rate", rate ?? 0, limits.ratePerSecondMax);
  atMost("--in-flight", inFlight, limits.inFlightMax);
  atMost("--size", size, limits.payloadBytesMax);
  if (dialect === "sse") throw new CliError("usage", "Server-Sent Events send nothing back");
  if (connections > limits.foreignConnectionsMax && !isLoopback(url) && !yes) {
    throw new CliError(
      "usage",
      `${connections} connections to ${url.hostname}, which is not this machine`,
      `Give --yes when that server is yours to load; up to ${limits.foreignConnectionsMax} go without.`,
    );
  }
}

async function wireOf(settings: WireSettings): Promise<Wire> {
  switch (settings.dialect) {
    case "socket.io":
      return (await import("./socket-io-wire.ts")).socketIoWire(settings);
    case "plain":
      return (await import("./plain-wire.ts")).plainWire(settings);
    case "raw":
      return (await import("./raw-wire.ts")).rawWire(settings);
    case "msgpack":
    case "sse":
    default:
      throw new CliError("usage", `bench does not speak ${settings.dialect}; use --dialect plain`);
  }
}

/** Where the websocket of a language is. */
function addressOf({ url, dialect }: Target): URL {
  if (dialect !== "socket.io") return url;
  const address = new URL(url);
  address.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  address.pathname = url.pathname === "/" ? "/socket.io/" : `${url.pathname.replace(/\/$/, "")}/`;
  address.searchParams.set("EIO", "4");
  address.searchParams.set("transport", "websocket");
  return address;
}

/** Measures this process from now on until the returned function is called. */
function startCost(): () => OwnCost {
  const cpuBefore = process.cpuUsage();
  const loopBefore = performance.eventLoopUtilization();
  const startMs = performance.now();
  return () => {
    const { user, system } = process.cpuUsage(cpuBefore);
    const { utilization } = performance.eventLoopUtilization(loopBefore);
    return { cpu: (user + system) / 1_000 / (performance.now() - startMs), loop: utilization };
  };
}

/** On standard error, when that is a terminal; the result alone goes to standard output. */
function showProgress({ stderr }: World, load: Load): () => void {
  if (!stderr.isTTY) return () => undefined;
  const timer = setInterval(() => {
    stderr.write(`\r\u001b[K${progressText(load.progress(), stderr.columns ?? 80)}`);
  }, progressMs);
  return () => {
    clearInterval(timer);
    stderr.write("\r\u001b[K");
  };
}
