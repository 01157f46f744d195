// The examples, and the code that the README shows, as their readers would run them.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { promisify } from "node:util";
import { testsRoot } from "../support/fixtures.ts";
import { pythonSkip } from "../support/python.ts";
import { codeOf, freePort, serveShown, writeShown } from "../support/shown-code.ts";
import { until } from "../support/wait.ts";

const root = join(testsRoot, "..");
const run = promisify(execFile);

/** What each example prints. */
const examples: Record<string, string | RegExp> = {
  "admission.mjs": "refused: unauthorized (log in first); comes back by itself: false\nlet in\n",
  "binary.mjs": "not dark [ 255, 254, 253 ]\n",
  "durable.mjs":
    "soup is on the list\n2 wait in the outbox\ndone: soup\n[ 'fish is on the list', 'cake is on the list' ]\n" +
    "done: fish\nleft behind: coffee -> coffee is on the list\n",
  "express.mjs": "welcome\nthe app's own page\n",
  "hello.mjs": "hello, Ada\n",
  "listen-and-publish.mjs": "published: 200\nheard: first\nmissed: second\n",
  "mixed-room.mjs": ["ada", "grace", "linus"]
    .map((name) => {
      const said = ["Ada: from Socket.IO", "Grace: from JSON", "Linus: from a line of text"];
      return `${name} heard ${said.join(", ")}\n`;
    })
    .join(""),
  "plain.mjs":
    '{"ack":7,"data":[3]}\n' +
    "[ 'match:1' ] SUBSCRIBE_REFUSED\nheard: 1:0\nrecovered: true\nmissed: 2:0\n",
  "plain-http.mjs": 'true 200 "4.9.0"\n',
  // The ids of sockets are random.
  "publish.mjs":
    /^\{ status: 200, ok: true \}\nada hears welcome .+\nada hears paid .+\nlogged once: true\n[^]+'FIELD_MISSING'[^]+'SCOPE_MISSING'/,
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
      if (typeof expected === "string") assert.equal(stdout, expected);
      else assert.match(stdout, expected);
    });
  }

  it("are all listed in their README", async () => {
    const readme = await readFile(join(root, "examples", "README.md"), "utf8");
    const listed = [...readme.matchAll(/^\| \[([\w-]+\.mjs)\]/gm)].map(([, name]) => name);
    assert.deepEqual(new Set(listed), new Set(Object.keys(examples)));
  });
});

describe("the README", () => {
  it("its server talks to its clients", async (t) => {
    const [server, client] = await codeOf("README.md", "js");
    const [python] = await codeOf("README.md", "python");
    const port = await freePort();
    const serving = await serveShown("server.mjs", server!, port);
    t.after(() => serving.kill());
    await t.test("in JavaScript", async () => {
      const ending =
        "let lines = 0;\n" +
        "const { log } = console;\n" +
        "console.log = (...args) => { log(...args); if (++lines === 2) process.exit(); };\n";
      const file = await writeShown("client.mjs", `${client!}\n${ending}`, port);
      const { stdout } = await run(process.execPath, [file], { timeout: 20_000 });
      assert.match(stdout, /^[\w-]{20} hello$/m);
      assert.match(stdout, /^heard$/m);
    });
    await t.test("in Python", { skip: pythonSkip }, async () => {
      const file = await writeShown("client.py", python!, port);
      const child = spawn("/usr/bin/python3", ["-u", file], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      t.after(() => child.kill());
      let output = "";
      child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
      await until("python is answered", () => output.includes('{"ack":1,"data":["heard"]}'));
      assert.match(output, /^\{"event":"said","data":\["[\w-]{20}","hello"\]\}$/m);
    });
  });
});
