// Other runtimes than Node: the client, and the server, in Bun and in Deno as npm brings them.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { io as original } from "original-client";
import { io as hawser } from "socket.io-client";
import { expected, startBackend } from "./support/backend.mjs";

const peer = fileURLToPath(new URL("apps/peer.mjs", import.meta.url));
const require = createRequire(import.meta.url);
const npm = join(dirname(require.resolve("socket.io/package.json")), "..");

/** The program inside of the package for this platform; scripts of packages are not run at installation. */
const runtimes = {
  Bun: {
    program: join(npm, "@oven", `bun-${process.platform}-${process.arch}`, "bin", "bun"),
    args: ["run"],
  },
  Deno: {
    program: join(npm, "@deno", `${process.platform}-${process.arch}-glibc`, "deno"),
    args: ["run", "-A"],
  },
};

for (const [name, { program, args }] of Object.entries(runtimes)) {
  const skip = existsSync(program) ? false : `${name} was not installed for this platform`;
  describe(`in ${name}`, { skip }, () => {
    let backend;
    const children = [];
    before(async () => {
      backend = await startBackend();
    });
    after(async () => {
      for (const child of children) child.kill();
      await backend.close();
    });

    /** Runs the peer; gives the lines that it says. */
    function run(...rest) {
      const child = spawn(program, [...args, peer, ...rest], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      children.push(child);
      return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
    }
    const nextOf = async (lines) => JSON.parse((await lines.next()).value);

    it("a client", async () => {
      const { lines } = run("client", backend.url);
      assert.deepEqual(await nextOf(lines), expected("polling"));
      assert.deepEqual(await nextOf(lines), expected("websocket"));
    });

    it("a server, with a client from npm and with ours", async () => {
      const { child, lines } = run("server");
      const { port } = await nextOf(lines);
      const url = `http://127.0.0.1:${port}`;
      assert.equal(await (await fetch(url)).text(), "the app's own");
      for (const io of [original, hawser]) {
        for (const transports of [["polling"], ["websocket"], ["polling", "websocket"]]) {
          const socket = io(url, { transports, forceNew: true, reconnection: false });
          const failed = once(socket, "connect_error").then(([error]) => Promise.reject(error));
          socket.on("question", (bytes, answer) => answer(bytes.length));
          const upgraded =
            transports.length > 1 &&
            new Promise((resolve) => {
              socket.io.engine.once("upgrade", resolve);
            });
          const talk = async () => {
            await upgraded;
            const back = await socket.emitWithAck("echo", { deep: [Buffer.from([0, 255])] });
            assert.deepEqual([...back.deep[0]], [0, 255]);
            assert.equal(await socket.emitWithAck("ask me"), 3);
          };
          await Promise.race([talk(), failed]);
          socket.disconnect();
        }
      }
      const last = hawser(url);
      const ended = once(child, "exit");
      last.emit("end");
      assert.deepEqual(await ended, [0, null]);
      last.disconnect();
    });
  });
}
