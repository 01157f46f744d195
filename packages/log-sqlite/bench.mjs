// How much of a bare insert loop is left when commits go through the log, and how long it keeps the event loop.
//   npm run build -w packages/log-sqlite && node packages/log-sqlite/bench.mjs [--rounds 7] [--folder .]
// Both write the same messages in batches of the same size, with the same settings of SQLite, in turns. The bare loop
// runs in a thread, too, so that both have the same machine; it has its rows ready, the log is given them one commit each.
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";

const messages = 40_000;
const batch = 256;
const text = JSON.stringify(["message", { from: "ada", text: "x".repeat(200), at: 1_700_000_000 }]);
const rooms = Array.from({ length: 100 }, (_, at) => `room:${at}`);
const levels = { fsync: 2, none: 0 };

/** In µs, of all threads. */
function cpuSince(before) {
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/** One table, and two as the log has them: the message, and where to find it. */
async function bare({ path, level, tables }) {
  process.emitWarning = () => {};
  const { DatabaseSync } = await import("node:sqlite");
  const database = new DatabaseSync(path);
  database.exec(`PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = ${level};
    CREATE TABLE messages (offset INTEGER PRIMARY KEY, at INTEGER, bytes INTEGER, room TEXT, except_rooms TEXT, event TEXT, attachments BLOB);
    CREATE TABLE said (room INTEGER, offset INTEGER, PRIMARY KEY (room, offset)) WITHOUT ROWID`);
  const message = database.prepare("INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?)");
  const said = database.prepare("INSERT INTO said VALUES (?, ?)");
  const before = process.cpuUsage();
  const started = performance.now();
  for (let from = 0; from < messages; from += batch) {
    database.exec("BEGIN");
    for (let at = from; at < from + batch && at < messages; at++) {
      message.run(at + 1, 1_700_000_000_000, text.length, "1", "", text, null);
      if (tables === 2) said.run(at % 100, at + 1);
    }
    database.exec("COMMIT");
  }
  const ms = performance.now() - started;
  const cpu = cpuSince(before);
  database.close();
  return { ms, cpu };
}

/** The event loop has nothing to do meanwhile: its delay is what the machine does to everybody. */
async function bareInThread(path, level, tables) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const worker = new Worker(new URL(import.meta.url), { workerData: { path, level, tables } });
  delay.enable();
  const [measured] = await once(worker, "message");
  delay.disable();
  return { ...measured, delayMs: delay.max / 1e6 };
}

async function throughLog(path, durability) {
  const { fileLog } = await import("@hawser/log-sqlite");
  const log = fileLog(path, { durability, queueBytes: 1e9 });
  await log.open({});
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const before = process.cpuUsage();
  const started = performance.now();
  let next = 0;
  /** As many as a batch are always under way, each on its own: as from handlers that run at the same time. */
  const line = async () => {
    while (next < messages) {
      const room = rooms[next++ % 100];
      const entry = { namespace: "/", rooms: [room], except: [], text, attachments: [] };
      await log.commit({ entries: [entry], states: [] });
    }
  };
  await Promise.all(Array.from({ length: 2 * batch }, line));
  const ms = performance.now() - started;
  delay.disable();
  const cpu = cpuSince(before);
  await log.close();
  return { ms, cpu, delayMs: delay.max / 1e6 };
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const range = (values, digits) =>
  `${median(values).toFixed(digits)} (${Math.min(...values).toFixed(digits)} to ${Math.max(...values).toFixed(digits)})`;

async function main() {
  const { values } = parseArgs({
    options: { rounds: { type: "string", default: "7" }, folder: { type: "string", default: "." } },
  });
  const folder = mkdtempSync(join(resolve(values.folder), "bench-log-"));
  try {
    let file = 0;
    const path = () => join(folder, `${file++}.db`);
    for (const [durability, level] of Object.entries(levels)) {
      const figures = { rate: [], one: [], two: [], cpu: [], delay: [], idle: [] };
      for (let round = -1; round < Number(values.rounds); round++) {
        const one = await bareInThread(path(), level, 1);
        const { ms, cpu, delayMs } = await throughLog(path(), durability);
        const two = await bareInThread(path(), level, 2);
        if (round < 0) continue; // to warm up
        figures.rate.push(messages / ms);
        figures.one.push(one.ms / ms);
        figures.two.push(two.ms / ms);
        figures.cpu.push(two.cpu / cpu);
        figures.delay.push(delayMs);
        figures.idle.push(two.delayMs);
      }
      console.log(`durability ${durability}, ${messages} messages of ${text.length} bytes:`);
      console.log(`  ${range(figures.rate, 0)} messages per ms`);
      console.log(`  of a bare loop over one table: ${range(figures.one, 2)}`);
      console.log(`  of a bare loop over message and index: ${range(figures.two, 2)}`);
      console.log(`  the same in time of the processor, all threads: ${range(figures.cpu, 2)}`);
      console.log(`  longest delay of the event loop: ${range(figures.delay, 1)} ms`);
      console.log(`  the same while the bare loop ran: ${range(figures.idle, 1)} ms`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (isMainThread) await main();
else parentPort.postMessage(await bare(workerData), []);
