// The examples, and the code that the README shows, as their readers would run them.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, it } from "node:test";
import { promisify } from "node:util";
import { testsRoot } from "../support/fixtures.ts";

const root = join(testsRoot, "..");
const run = promisify(execFile);

/** What each example prints. */
const examples: Record<string, string> = {
  "admission.mjs": "refused: unauthorized (log in first); comes back by itself: false\nlet in\n",
  "binary.mjs": "not dark [ 255, 254, 253 ]\n",
  "durable.mjs":
    "soup is on the list\n2 wait in the outbox\ndone: soup\n[ 'fish is on the list', 'cake is on the list' ]\n" +
    "done: fish\nleft behind: coffee -> coffee is on the list\n",
  "express.mjs": "welcome\nthe app's own page\n",
  "hello.mjs": "hello, Ada\n",
  "plain-http.mjs": 'true 200 "4.9.0"\n',
  "reconnect.mjs": "noted: one\nlost: transport close\nnoted: two\n",
  "rooms.mjs": "in red: Ada, Grace\nnot in red: Linus\n",
  "websocket.mjs":
    "Ada: told 1; Grace: hello, everybody\nLinus: 503, come again in 5 seconds\nround trip measured: true\n",
};

describe("examples", () => {
  for (const [name, expected] of Object.entries(examples)) {
    it(name, async () => {
      const file = join(root, "examples", name);
      const { stdout } = await run(process.execPath, [file], { timeout: 20_000 });
      assert.equal(stdout, expected);
    });
  }

  it("are all listed in their README", async () => {
    const readme = await readFile(join(root, "examples", "README.md"), "utf8");
    const listed = [...readme.matchAll(/^\| \[([\w-]+\.mjs)\]/gm)].map(([, name]) => name);
    assert.deepEqual(new Set(listed), new Set(Object.keys(examples)));
  });
});

describe("the README", () => {
  it("its server and its client talk to each other", async (t) => {
    const readme = await readFile(join(root, "README.md"), "utf8");
    const [server, client] = [...readme.matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code!);
    const port = String(await freePort());
    // They stand where their imports are found.
    const folder = join(testsRoot, ".cache", `readme-${process.version}`);
    await mkdir(folder, { recursive: true });
    const write = async (name: string, code: string): Promise<string> => {
      await writeFile(join(folder, name), code.replaceAll("3000", port));
      return join(folder, name);
    };
    const serving = execFile(process.execPath, [await write("server.mjs", server!)]);
    t.after(() => serving.kill());
    // The client waits for the server by itself, and is done once it has printed both lines.
    const until =
      "let lines = 0;\n" +
      "const { log } = console;\n" +
      "console.log = (...args) => { log(...args); if (++lines === 2) process.exit(); };\n";
    const file = await write("client.mjs", `${client!}\n${until}`);
    const { stdout } = await run(process.execPath, [file], { timeout: 20_000 });
    assert.match(stdout, /^[\w-]{20} hello$/m);
    assert.match(stdout, /^heard$/m);
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => {
    server.once("listening", resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}
