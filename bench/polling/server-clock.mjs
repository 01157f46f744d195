// CPU time of another process, from the operating system's account of all its threads.
import { readdirSync, readFileSync } from "node:fs";

const ticksPerSecond = 100; // USER_HZ, the same on every Linux that Node runs on

function threadTimes(pid) {
  return readdirSync(`/proc/${pid}/task`).map((thread) => {
    const [ran, waited] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, "utf8").split(" ");
    return { ran: Number(ran) / 1e9, waited: Number(waited) / 1e9 };
  });
}

/** Seconds so far: on a core, waiting for one; and in user and kernel mode, in ticks. */
export function readClock(pid) {
  const threads = threadTimes(pid);
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return {
    at: performance.now() / 1000,
    cpu: threads.reduce((sum, { ran }) => sum + ran, 0),
    waited: threads.reduce((sum, { waited }) => sum + waited, 0),
    user: Number(fields[11]) / ticksPerSecond,
    system: Number(fields[12]) / ticksPerSecond,
  };
}

export function between(before, after) {
  return Object.fromEntries(Object.keys(before).map((key) => [key, after[key] - before[key]]));
}
