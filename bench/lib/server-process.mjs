// One server under measurement: its own process on its own core, ended by its pid.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bun } from "../native/load.mjs";
import { startChild, tailOf, within } from "./children.mjs";
import { onCore, serverCore } from "./cores.mjs";

const servers = join(import.meta.dirname, "../servers");
const startTimeoutMs = 20_000;
const memoryTimeoutMs = 30_000;
const taskTimeoutMs = 120_000;
const stopTimeoutMs = 10_000;
const spareFiles = 100;

// The limit of open files is raised as far as it must be, else as far as it can be.
const raiseFiles = 'ulimit -n "$0" 2>/dev/null || ulimit -n "$(ulimit -H -n)"; exec "$@"';
const filesWanted = 65_536;

export class ServerProcess {
  /** Resolves when the server listens. `flags` go to Node; `rooms`: how many its clients fill, all in all. */
  static async start({ peer, role, rooms = 1, node, flags = [] }) {
    const file = join(servers, `${peer.file ?? peer.name}.mjs`);
    const program = peer.runtime === "bun" ? [bun] : [node, "--expose-gc", ...flags];
    const words = onCore(serverCore, [...program, file, role, String(rooms)]);
    const child = startChild("sh", ["-c", raiseFiles, String(filesWanted), ...words], {
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      env: { ...process.env, NODE_OPTIONS: "", NODE_ENV: "production" },
    });
    const server = new ServerProcess(child, peer);
    server.port = (await server.#answer(startTimeoutMs, "start")).port;
    return server;
  }

  #child;
  #complaint;
  #peer;

  constructor(child, peer) {
    this.#child = child;
    this.#peer = peer;
    this.#complaint = tailOf(child.stderr);
    this.pid = child.pid;
    this.port = undefined;
  }

  /** What it wrote to its standard error, the end of it. */
  get complaint() {
    return this.#complaint();
  }

  async #answer(timeoutMs, what) {
    const ended = this.#child.ended.then(() => {
      throw new Error(`${this.#peer.label}: the server ended: ${this.complaint}`);
    });
    ended.catch(() => {});
    const message = once(this.#child, "message").then(([it]) => it);
    return within(timeoutMs, Promise.race([message, ended]), `${this.#peer.label}: ${what}`);
  }

  /** Throws when the operating system would not let it have so many connections. */
  requireFiles(connections) {
    const limits = readFileSync(`/proc/${this.pid}/limits`, "utf8");
    const limit = Number(/^Max open files\s+(\d+)/m.exec(limits)[1]);
    if (limit < connections + spareFiles) {
      throw new Error(
        `${connections} connections need as many open files; the limit is ${limit} and could not be raised (ulimit -n).`,
      );
    }
  }

  /** process.memoryUsage() of the server after several full garbage collections. */
  async memory() {
    this.#child.send("memory");
    return (await this.#answer(memoryTimeoutMs, "memory")).memory;
  }

  /** Has it do a task of servers/control.mjs. */
  async task(name, argument) {
    this.#child.send({ task: name, argument });
    return (await this.#answer(taskTimeoutMs, name)).result;
  }

  async stop() {
    if (this.#child.connected) this.#child.send("stop", () => {});
    try {
      await within(stopTimeoutMs, this.#child.ended, "stop");
    } finally {
      this.#child.kill("SIGKILL");
    }
  }
}
