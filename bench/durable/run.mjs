// npm run durable -w bench: what durable delivery costs, on a disk, in memory, and beside what is sent once and forgotten.
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { io } from "@hawser/client";
import { durable } from "@hawser/client/durable";
import { startChild, tailOf, within } from "../lib/children.mjs";
import { onCore, serverCore } from "../lib/cores.mjs";
import { median } from "../lib/statistics.mjs";
import { columns } from "../lib/table.mjs";
import { between, readClock } from "../polling/server-clock.mjs";
import { SessionLine } from "./session-line.mjs";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    clients: { type: "string", default: "1000" },
    missed: { type: "string", default: "10000" },
  },
});
const clients = Number(values.clients);
const missed = Number(values.missed);
const kinds = ["off", "memory", "disk"];
const orders = { sockets: 10, inFlight: 16, count: 20_000 };
const said = { count: 400, burst: 1 };
const limitMs = 300_000;

async function start(kind, path) {
  const file = join(import.meta.dirname, "server.mjs");
  const [command, ...rest] = onCore(serverCore, [process.execPath, file, kind, path]);
  const child = startChild(command, rest, { stdio: ["ignore", "ignore", "pipe", "ipc"] });
  const complaint = tailOf(child.stderr);
  const ended = child.ended.then(() => {
    throw new Error(`the server ended: ${complaint()}`);
  });
  ended.catch(() => {});
  const answer = (what) =>
    within(limitMs, Promise.race([once(child, "message").then(([it]) => it), ended]), what);
  const { port } = await answer("start");
  return {
    port,
    pid: child.pid,
    async task(task, settings = {}) {
      child.send({ task, ...settings });
      return (await answer(task)).result;
    },
    stop: () => child.kill("SIGKILL"),
  };
}

/** µs of server CPU for each of `count`, while `run` runs. */
async function cost(server, count, run) {
  const before = readClock(server.pid);
  const began = performance.now();
  await run();
  const { cpu } = between(before, readClock(server.pid));
  return { us: (cpu * 1e6) / count, seconds: (performance.now() - began) / 1000 };
}

/** Orders with answers, sixteen of each client on their way. */
async function measureOrders(server, kind) {
  const sockets = Array.from({ length: orders.sockets }, () =>
    io(`http://127.0.0.1:${server.port}`, {
      transports: ["websocket"],
      forceNew: true,
      ...(kind === "off" ? {} : { durable: durable() }),
    }),
  );
  for (const socket of sockets) if (!socket.connected) await once(socket, "connect");
  let left = orders.count;
  async function drive(socket) {
    while (left-- > 0) {
      const order = left;
      const answer =
        kind === "off"
          ? await socket.emitWithAck("order", order)
          : await socket.durable.emit("order", order);
      if (answer !== order) throw new Error(`ordered ${order}, got ${answer}`);
    }
  }
  const lanes = sockets.flatMap((socket) => Array.from({ length: orders.inFlight }, () => socket));
  const result = await cost(server, orders.count, () => Promise.all(lanes.map(drive)));
  for (const socket of sockets) socket.disconnect();
  return result;
}

function everybodyHas(lines, count) {
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (lines.some(({ received }) => received < count)) return;
      clearInterval(timer);
      resolve();
    }, 5);
  });
}

/** Messages to a room of all, as they are said. */
async function measureBroadcast(server, lines) {
  const before = lines[0].received;
  return cost(server, said.count * lines.length, async () => {
    await server.task("say", said);
    await everybodyHas(lines, before + said.count);
  });
}

/** All leave, miss so many, and come back at once. */
async function measureReplay(server, lines) {
  // They have handled all that came.
  const position = await server.task("position");
  for (const line of lines) line.position = position;
  await Promise.all(lines.map((line) => line.close()));
  while ((await server.task("state")).clients > 0) await new Promise((r) => setTimeout(r, 50));
  await server.task("say", { count: missed, burst: 100 });
  for (const line of lines) line.received = 0;
  let rss = 0;
  const timer = setInterval(async () => {
    rss = Math.max(rss, (await server.task("state").catch(() => ({ rss }))).rss);
  }, 500);
  const result = await cost(server, missed * lines.length, () =>
    Promise.all(lines.map((line) => line.open(server.port, true))),
  );
  clearInterval(timer);
  await new Promise((resolve) => setTimeout(resolve, 600));
  const wrong = lines.filter(({ received }) => received !== missed);
  if (wrong.length > 0) throw new Error(`${wrong[0].received} of ${missed} came`);
  return { ...result, rss };
}

const folder = mkdtempSync(join(tmpdir(), "hawser-durable-"));
const samples = {};
for (let round = 0; round < Number(values.rounds); round++) {
  for (const kind of round % 2 === 0 ? kinds : kinds.toReversed()) {
    const server = await start(kind, join(folder, `${kind}-${round}.db`));
    try {
      const sample = { orders: await measureOrders(server, kind) };
      const lines = Array.from({ length: clients }, () => new SessionLine());
      await Promise.all(lines.map((line) => line.open(server.port, kind !== "off")));
      sample.broadcast = await measureBroadcast(server, lines);
      if (kind !== "off") sample.replay = await measureReplay(server, lines);
      (samples[kind] ??= []).push(sample);
      await Promise.all(lines.map((line) => line.close()));
      console.error(`round ${round + 1}, ${kind}: ${JSON.stringify(sample)}`);
    } finally {
      server.stop();
    }
  }
}
rmSync(folder, { recursive: true, force: true });

const of = (kind, scenario, figure) => {
  const found = samples[kind].map((sample) => sample[scenario]?.[figure]);
  return found[0] === undefined ? "-" : median(found).toPrecision(3);
};
const head = ["", "sent once", "durable, in memory", "durable, on disk (fsync)"];
const row = (title, scenario, figure) => [
  title,
  ...kinds.map((kind) => of(kind, scenario, figure)),
];
console.log(
  columns(head, [
    row(`order with answer, ${orders.sockets} × ${orders.inFlight}, µs of CPU`, "orders", "us"),
    row(`broadcast 128 B to ${clients}, µs of CPU a delivery`, "broadcast", "us"),
    row(`replay of ${missed} to each of ${clients}, µs of CPU a delivery`, "replay", "us"),
    row("the same, seconds until all are live", "replay", "seconds"),
  ]),
);
process.exit(0);
