// The load generator for what goes over HTTP, polling and publishing: the same words and the same figures as the compiled one (generator/).
// It is Node, so it may be the side that has more to do; what is measured is the server's CPU.
import { between, readClock } from "./server-clock.mjs";
import { PublishLine } from "./publish-line.mjs";
import { PollingSession } from "./session.mjs";

const words = Object.fromEntries(process.argv.slice(2).map((word) => word.split("=")));
const { port, server, connections, events, bytes, warmup, window, deadline } = Object.fromEntries(
  Object.entries(words).map(([key, value]) => [key, Number(value)]),
);

setTimeout(() => {
  console.error("it took too long");
  process.exit(1);
}, deadline * 1000).unref();

const latencies = [];
let checked = 0;
let ends = Infinity;
let measuring = false;

async function drive(session) {
  while (performance.now() < ends) {
    const began = performance.now();
    await session.pair();
    checked++;
    if (measuring) latencies.push((performance.now() - began) * 1000);
  }
}

function percentile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

function pause(ms) {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

async function measure() {
  await pause(warmup);
  const own = process.cpuUsage();
  const before = readClock(server);
  measuring = true;
  await pause(window);
  measuring = false;
  const spent = between(before, readClock(server));
  const { user, system } = process.cpuUsage(own);
  ends = 0;
  return { spent, ownCpu: (user + system) / 1e6, completed: latencies.length };
}

const Session = words.scenario === "publish" ? PublishLine : PollingSession;
const sessions = Array.from(
  { length: connections },
  (_, number) => new Session({ port, number, events, bytes }),
);
await Promise.all(sessions.map((session) => session.open()));
const [{ spent, ownCpu, completed }] = await Promise.all([measure(), ...sessions.map(drive)]);
for (const session of sessions) session.end();
latencies.sort((a, b) => a - b);
const { at: seconds, cpu, waited, user, system } = spent;
console.log(
  JSON.stringify({
    completed,
    checked,
    seconds,
    server: { cpu, waited, user, system },
    generator: { idle: Math.max(0, seconds - ownCpu) },
    latencyUs: { p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) },
  }),
);
process.exit(0);
