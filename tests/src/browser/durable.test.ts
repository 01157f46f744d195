// The outbox of a page in a real browser: offline, reloaded, crashed, and in two tabs. Nothing is lost, nothing comes twice.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { Server } from "hawser";
import type { Socket } from "hawser";
import type { DurableSocket } from "@hawser/client/durable";
import { browserSkip, launch } from "../support/browser.ts";
import { next, until } from "../support/wait.ts";

declare global {
  /** What the page's script leaves behind; valid inside `page.evaluate` only. */
  interface Window {
    outbox: DurableSocket;
    /** Numbers of the news that were handed out. */
    news: number[];
    /** What became of each emit. */
    fates: Record<number, string>;
    emit(from: number, to: number): void;
  }
}

const script = `<!doctype html><title>test</title><script type="module">
import { io } from "/socket.io/socket.io.esm.min.js";
import { durable } from "/socket.io/socket.io.durable.esm.min.js";
window.news = [];
window.fates = {};
const socket = io({
  transports: ["websocket"],
  reconnectionDelay: 50,
  reconnectionDelayMax: 100,
  durable: durable({ storage: "indexeddb", name: "orders" }),
  autoConnect: !location.hash,
});
socket.on("news", (n) => window.news.push(n));
window.emit = (from, to) => {
  for (let n = from; n <= to; n++) {
    socket.durable.emit("order", n, { bytes: new Uint8Array([n]) }).then(
      (answer) => (window.fates[n] = "answered " + answer),
      (error) => (window.fates[n] = error.code),
    );
  }
};
await socket.outbox.ready;
window.outbox = socket;
</script>`;

const numbers = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe("the outbox in Chromium", { skip: browserSkip }, () => {
  let browser: Browser;
  let context: BrowserContext;
  let http: HttpServer;
  let io: Server;
  let url: string;
  let orders: number[];
  let bytes: number[];
  let held: (() => void)[] | undefined;

  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());
  beforeEach(async () => {
    orders = [];
    bytes = [];
    held = undefined;
    http = createServer((_request, response) => {
      response.setHeader("content-type", "text/html");
      response.end(script);
    });
    io = new Server(http, { delivery: {} });
    io.on("connection", (socket: Socket) => {
      socket.on("order", (n: number, more: { bytes: Uint8Array }, answer: (n: number) => void) => {
        orders.push(n);
        bytes.push(more.bytes[0]!);
        if (held) held.push(() => answer(n));
        else answer(n);
      });
    });
    http.listen(0, "127.0.0.1");
    await next(http, "listening");
    url = `http://127.0.0.1:${(http.address() as AddressInfo).port}/`;
    context = await browser.newContext();
  });
  afterEach(async () => {
    await context.close();
    const closed = io.close();
    http.closeAllConnections();
    await closed;
  });

  /** A tab; with `away` it does not connect by itself. */
  async function open(away = false): Promise<Page> {
    const page = await context.newPage();
    await page.goto(url + (away ? "#away" : ""));
    await ready(page);
    return page;
  }

  const ready = async (page: Page): Promise<void> =>
    void (await page.waitForFunction("window.outbox !== undefined"));
  const connected = async (page: Page): Promise<void> =>
    void (await page.waitForFunction("window.outbox.delivery.live"));
  const empty = async (page: Page): Promise<void> =>
    void (await page.waitForFunction("window.outbox.outbox.length === 0"));
  const waiting = (page: Page): Promise<number[]> =>
    page.evaluate(() => window.outbox.outbox.entries.map(({ args }) => args[0] as number));
  /** All that was emitted is in the database: what the page emits after that waits for the next write. */
  const stored = (page: Page): Promise<void> =>
    page.evaluate(
      () =>
        new Promise<void>((resolve, reject) => {
          const request = indexedDB.open("hawser-outbox");
          request.addEventListener("error", () => reject(request.error!));
          request.addEventListener("success", () => {
            const look = (): void => {
              const count = request.result.transaction("entries").objectStore("entries").count();
              count.addEventListener("success", () => {
                if (count.result >= window.outbox.outbox.length) resolve();
                else look();
              });
            };
            look();
          });
        }),
    );

  it("sends what was emitted offline, in order, and brings the answers", async () => {
    const page = await open();
    await connected(page);
    await context.setOffline(true);
    await page.waitForFunction("!window.outbox.connected");
    await page.evaluate(() => window.emit(1, 100));
    await io.durable.emit("news", 1);
    await context.setOffline(false);
    await page.waitForFunction("Object.keys(window.fates).length === 100");
    assert.deepEqual(orders, numbers(1, 100));
    assert.deepEqual(bytes, numbers(1, 100));
    const fates = await page.evaluate(() => Object.values(window.fates));
    assert.deepEqual(
      fates,
      numbers(1, 100).map((n) => `answered ${n}`),
    );
    await page.waitForFunction("window.news.length === 1");
  });

  it("survives a reload: the outbox, the session and the position", async () => {
    const page = await open();
    await connected(page);
    await io.durable.emit("news", 1);
    await page.waitForFunction("window.news.length === 1");
    const id = await page.evaluate(() => window.outbox.id);
    held = [];
    await page.evaluate(() => window.emit(1, 3));
    await until("the first is being handled", () => orders.length === 1);
    // It is handled, but its answer is lost with the page.
    await page.evaluate(() => window.outbox.io.engine.close());
    await page.evaluate(() => window.emit(4, 80));
    await stored(page);
    await page.reload();
    await ready(page);
    await io.durable.emit("news", 2);
    for (const answer of held) answer();
    held = undefined;
    await empty(page);
    assert.deepEqual(orders, numbers(1, 80));
    await page.waitForFunction("window.news.length > 0");
    assert.deepEqual(await page.evaluate(() => [window.outbox.id, window.outbox.recovered]), [
      id,
      true,
    ]);
    assert.deepEqual(await page.evaluate(() => window.news), [2]);
  });

  it("survives a crash of the tab", async () => {
    const page = await open(true);
    await page.evaluate(() => window.emit(1, 500));
    await stored(page);
    const crashed = new Promise((resolve) => page.once("crash", resolve));
    const session = await context.newCDPSession(page);
    session.send("Page.crash").catch(() => undefined);
    await crashed;
    await page.close();
    const again = await open(true);
    assert.deepEqual(await waiting(again), numbers(1, 500));
    await again.evaluate(() => window.outbox.connect());
    await empty(again);
    assert.deepEqual(orders, numbers(1, 500));
  });

  it("gives each of two tabs a session of its own, and the outbox of a closed one to the next", async () => {
    const first = await open(true);
    await first.evaluate(() => window.emit(1, 50));
    const second = await open();
    await connected(second);
    await second.evaluate(() => window.emit(101, 150));
    await empty(second);
    assert.deepEqual(orders, numbers(101, 150));
    await stored(first);
    await first.close();
    const third = await open();
    await empty(third);
    assert.deepEqual(orders, [...numbers(101, 150), ...numbers(1, 50)]);
    await connected(third);
    const ids = await Promise.all(
      [second, third].map((page) => page.evaluate(() => window.outbox.id)),
    );
    assert.notEqual(ids[0], ids[1]);
    await io.durable.emit("news", 7);
    for (const page of [second, third]) {
      await page.waitForFunction("window.news.length > 0");
      assert.deepEqual(await page.evaluate(() => window.news), [7]);
    }
  });
});
