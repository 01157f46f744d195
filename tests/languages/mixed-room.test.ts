// One room with everybody in it: a page in Chromium, python-socketio, and each client of examples/clients.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Browser, Page } from "playwright-core";
import { browserSkip, launch } from "../src/support/browser.ts";
import { PythonClient, pythonSkip } from "../src/support/python.ts";
import { until } from "../src/support/wait.ts";
import { ChatServer } from "./chat-server.ts";
import { Chatter } from "./chatter.ts";
import { build, languages, skipOf } from "./toolchains.ts";

const room = "harbour";
const pageMs = 20_000;

const here = languages.filter((language) => skipOf(language) === false);
const skip = browserSkip || pythonSkip;

describe(
  `one room: a browser, python-socketio, ${here.map((it) => it.name).join(", ")}`,
  { skip },
  () => {
    let server: ChatServer;
    let browser: Browser;
    let page: Page;
    let python: PythonClient;
    let chatters: Chatter[];

    before(async () => {
      [server, browser] = await Promise.all([ChatServer.start(), launch()]);
      await Promise.all(here.map(build));
      page = await browser.newPage();
      page.setDefaultTimeout(pageMs);
      await page.goto(server.page(room, "browser"));
      await page.waitForFunction(() => document.title === "Chat: connected");
      python = new PythonClient();
      await python.connect(`http://127.0.0.1:${server.port}`, {
        transports: ["websocket"],
        auth: { token: server.token },
      });
      await python.call("hello", ["python-socketio"]);
      await python.call("join", [room]);
      const url = `ws://127.0.0.1:${server.port}/hawser/ws`;
      chatters = here.map((it) => new Chatter(it, url, server.token, room, it.name));
      for (const [index, chatter] of chatters.entries()) {
        const entered = here[index]!.over === "sse" ? "connected" : "subscribed";
        await chatter.until("is in the room", () => chatter.messages.some((it) => it[entered]));
      }
    });
    after(async () => {
      await Promise.all((chatters ?? []).map((chatter) => chatter.end()));
      await python?.end();
      await browser?.close();
      await server.end();
    });

    /** The lines that the page shows. */
    const shown = (): Promise<string[]> => page.locator("#lines li").allInnerTexts();

    it("a line typed in the browser arrives at everybody, and their answers in the browser", async () => {
      await page.locator("#text").fill("ping-from-browser");
      await page.locator("#text").press("Enter");
      await Promise.all(chatters.map((it) => it.hears("browser", "ping-from-browser")));
      assert.deepEqual(await python.heard("chat"), ["browser", "ping-from-browser"]);
      await python.call("say", [room, "python-socketio heard it"]);
      const names = [...here.map((it) => it.name), "python-socketio"];
      const wanted = names.map((name) => `${name}: ${name} heard it`);
      await until(
        "every answer on the page",
        async () => (await shown()).length >= 1 + names.length,
        pageMs,
      );
      const [first, ...answers] = await shown();
      assert.equal(first, "browser: ping-from-browser");
      assert.deepEqual(answers.toSorted(), wanted.toSorted());
      // And each client has heard the answers of all the others, in the order in which the page shows them.
      for (const chatter of chatters) {
        await chatter.until("hears all answers", () => chatter.chat.length > names.length);
        assert.deepEqual(
          chatter.chat.map(([from, text]) => `${from}: ${text}`),
          [first, ...answers],
          chatter.name,
        );
      }
    });

    it("python-socketio and a plain Python client talk to each other", async () => {
      const plain = chatters.find((it) => it.name === "Python")!;
      await python.call("say", [room, "hello from Socket.IO"]);
      await plain.hears("python-socketio", "hello from Socket.IO");
      plain.type("hello from a plain WebSocket");
      await until("Socket.IO hears it", async () => {
        const [from, text] = await python.heard("chat");
        return from === "Python" && text === "hello from a plain WebSocket";
      });
    });
  },
);
