// Every process that is started here is ended here, by its pid, also when the run is interrupted.
import { spawn } from "node:child_process";

const running = new Set();

function killAll() {
  for (const child of running) child.kill("SIGKILL");
}

process.on("exit", killAll);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => process.exit(1));
}

export function startChild(command, words, options) {
  const child = spawn(command, words, options);
  running.add(child);
  child.ended = new Promise((resolve) => {
    child.once("error", (error) => {
      running.delete(child);
      resolve({ error });
    });
    child.once("exit", (code, signal) => {
      running.delete(child);
      resolve({ code, signal });
    });
  });
  return child;
}

/** The end of what a stream says, for error messages. */
export function tailOf(stream, charactersMax = 4000) {
  let tail = "";
  stream.setEncoding("utf8");
  stream.on("data", (text) => {
    tail = (tail + text).slice(-charactersMax);
  });
  return () => tail.trim();
}

export async function within(ms, promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not within ${ms / 1000} s`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
