// The mixed room of the playground: its page on Socket.IO, plain WebSockets and an EventSource in the page itself, Python and curl
// as the page tells people to run them.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import type { Browser, Locator, Page } from "playwright-core";
import { browserSkip, launch } from "../support/browser.ts";
import { Playground } from "../support/playground.ts";
import { pythonSkip } from "../support/python.ts";
import { until } from "../support/wait.ts";

const wires = ["json", "msgpack", "sse"];

describe("joining the playground from anywhere", { skip: browserSkip }, () => {
  const playground = new Playground();
  const troubles: string[] = [];
  const children: ChildProcess[] = [];
  let browser: Browser;
  let anna: Page;
  let ben: Page;

  async function arrive(name: string): Promise<Page> {
    const page = await (
      await browser.newContext({ viewport: { width: 1400, height: 900 } })
    ).newPage();
    page.setDefaultTimeout(20_000);
    page.on("pageerror", (error) => troubles.push(`${name}: ${error.message}`));
    await page.goto(`${playground.url}/r/harbour`);
    await page.getByTestId("name").fill(name);
    await page.getByTestId("enter").click();
    await page.getByTestId("beginning").waitFor();
    return page;
  }

  async function say(page: Page, text: string): Promise<void> {
    await page.getByTestId("message-field").fill(text);
    await page.getByTestId("send").click();
  }

  const message = (page: Page, text: string): Locator =>
    page.getByTestId("message").filter({ hasText: text });
  const heard = (text: string): Locator =>
    anna.getByTestId("guest-heard").locator("li").filter({ hasText: text });
  const guest = (wire: string, state: string): Locator =>
    anna.locator(`[data-testid=guest][data-wire=${wire}][data-state=${state}]`);

  /** All guests have heard it, each once. */
  async function heardByAll(text: string): Promise<void> {
    for (const wire of wires) await heard(text).locator(`[data-wire=${wire}]`).waitFor();
    assert.equal(await heard(text).count(), 1);
  }

  async function speak(wire: string, text: string): Promise<void> {
    await anna.getByTestId("guest-wire").selectOption(wire);
    await anna.getByTestId("guest-text").fill(text);
    await anna.getByTestId("guest-say").click();
  }

  /** What the panel shows to copy. */
  async function snippet(name: string): Promise<string> {
    await anna.getByTestId("join-from").getByLabel(name, { exact: true }).check();
    return anna.getByTestId("join-code").innerText();
  }

  /** Runs what was copied; all that it has printed so far. */
  function run(code: string): () => string {
    // Debian's python3 has the packages; another one may come first in PATH.
    const env = {
      ...process.env,
      PATH: `/usr/bin:${process.env["PATH"] ?? ""}`,
      PYTHONUNBUFFERED: "1",
    };
    const child = spawn("sh", ["-c", `exec ${code}`], { env, stdio: ["ignore", "pipe", "pipe"] });
    children.push(child);
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
    return () => output;
  }

  before(async () => {
    await playground.start();
    browser = await launch();
    anna = await arrive("Anna");
    ben = await arrive("Ben");
    await anna.getByTestId("join-from-anywhere").click();
  });
  after(async () => {
    for (const child of children) child.kill();
    await browser?.close();
    await playground.end();
    assert.deepEqual(troubles, [], "errors in a page");
  });

  it("guests in the page join over three wires, and everybody sees by which", async () => {
    await anna.getByTestId("run-here").click();
    for (const wire of wires) await guest(wire, "open").waitFor();
    for (const wire of ["socket.io", ...wires])
      await ben.getByTestId("people").locator(`[data-wire="${wire}"]`).first().waitFor();
    await until("all are here", async () => {
      return (await ben.getByTestId("people-count").first().innerText()) === "5";
    });
  });

  it("what is said over Socket.IO is heard over each, and shown as it came", async () => {
    await say(ben, "Hello from Ben");
    await heardByAll("Hello from Ben");
    for (const wire of ["socket.io", ...wires]) {
      const frame = anna.locator(`[data-testid=frame][data-wire="${wire}"]`);
      await frame.locator("pre").waitFor();
      assert.ok(Number(await frame.getAttribute("data-bytes")) > 20);
      const shown = await frame.locator("pre").innerText();
      const text = wire === "msgpack" ? /^([0-9a-f]{2} )+[0-9a-f]{2}$/ : /Hello from Ben/;
      assert.match(shown, text);
    }
  });

  for (const wire of ["json", "msgpack"]) {
    it(`what a guest says over ${wire} is a message like any other`, async () => {
      await speak(wire, `Said by ${wire}`);
      for (const page of [anna, ben]) {
        await message(page, `Said by ${wire}`)
          .locator(`[data-testid=wire][data-wire=${wire}]`)
          .waitFor();
        assert.equal(await message(page, `Said by ${wire}`).count(), 1);
      }
      await heardByAll(`Said by ${wire}`);
    });
  }

  it("a guest that is cut hears what it missed, and the chat's own messages stand as they stood", async () => {
    await anna.getByTestId("guest-cut").click();
    await guest("json", "lost").waitFor();
    await say(ben, "While it was away");
    await say(anna, "This is mine");
    await heard("While it was away").locator("[data-wire=sse]").waitFor();
    await guest("json", "open").waitFor();
    await heardByAll("While it was away");
    await heardByAll("This is mine");
    await anna
      .locator("[data-testid=message][data-state=stored]")
      .filter({ hasText: "This is mine" })
      .waitFor();
    assert.equal(await anna.locator("[data-testid=message]:not([data-state=stored])").count(), 0);
    await until("nobody is here twice", async () => {
      return (await ben.getByTestId("people-count").first().innerText()) === "5";
    });
  });

  it("the line for Python joins, speaks and listens", { skip: pythonSkip }, async () => {
    const output = run(await snippet("Python"));
    await message(ben, "Hello from Python").locator("[data-wire=json]").waitFor();
    await say(ben, "Hello, Python");
    await until("python hears it", () => output().includes("Hello, Python"));
  });

  it("the lines for curl listen, and publish", { skip: !existsSync("/usr/bin/curl") }, async () => {
    const output = run(await snippet("SSE"));
    await until("curl is in the room", () => output().includes("connected"));
    run(await snippet("HTTP"));
    await message(ben, "Hello from curl").locator("[data-wire=http]").waitFor();
    await until("curl hears curl", () => output().includes("Hello from curl"));
  });

  it("guests go when they are stopped, and what was published is there after a reload", async () => {
    await anna.getByTestId("run-here").click();
    for (const child of children) child.kill();
    await until("only people are left", async () => {
      return (await ben.getByTestId("people-count").first().innerText()) === "2";
    });
    await ben.reload();
    await message(ben, "Hello from curl").waitFor();
    assert.equal(await message(ben, "Hello from curl").count(), 1);
  });
});
