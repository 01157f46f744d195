// A Redis of our own for one test file: on a free port of 127.0.0.1, without a file, ended by its pid.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { createClient } from "redis";

const program = "redis-server";
const startMs = 15_000;

/** Why there is none, or false: for the `skip` of a suite. */
export const noRedis =
  spawnSync(program, ["--version"]).status === 0
    ? false
    : `${program} is not installed (Debian: apt-get install redis-server)`;

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** Starts one; the world ends it and every client of it. */
export async function startRedis(world) {
  const port = await freePort();
  const args = ["--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"];
  const child = spawn(program, args.map(String), { stdio: ["ignore", "pipe", "inherit"] });
  const gone = once(child, "exit");
  world.onEnd(async () => {
    child.kill();
    await gone;
  });
  await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${program} did not start`)), startMs);
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text) => {
      output += text;
      if (!output.includes("Ready to accept connections")) return;
      clearTimeout(timer);
      resolve();
    });
    child.once("exit", () => reject(new Error(`${program} ended: ${output}`)));
  });
  return {
    port,
    /** A connected client. */
    async client() {
      const client = createClient({ url: `redis://127.0.0.1:${port}` });
      client.on("error", () => {});
      await client.connect();
      // What adapters send while they close is still answered.
      world.onEnd(() => client.close());
      return client;
    },
  };
}
