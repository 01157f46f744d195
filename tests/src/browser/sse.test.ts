// The browser's own EventSource: it comes back by itself, with the position that it had, and misses nothing.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, beforeEach, describe, it } from "node:test";
import type { TestContext } from "node:test";
import { memoryLog, Server } from "hawser";
import type { Socket } from "hawser";
import type { Browser, Page } from "playwright-core";
import { browserSkip, launch } from "../support/browser.ts";
import { CuttingProxy } from "../support/cutting-proxy.ts";
import { next, until } from "../support/wait.ts";

declare global {
  interface Window {
    source: EventSource;
    messages: Record<string, unknown>[];
    failures: number;
  }
}

/** Long enough for `retry: 2000` and a slow machine. */
const backMs = 30_000;

describe("EventSource in Chromium", { skip: browserSkip }, () => {
  let browser: Browser;
  let http: HttpServer;
  let io: Server;
  let page: Page;
  let proxy: CuttingProxy;

  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());

  beforeEach(async (t) => {
    http = createServer((_request, response) => {
      response.setHeader("content-type", "text/html");
      response.end("<!doctype html><title>test</title>");
    });
    io = new Server(http, {
      sse: true,
      delivery: { log: memoryLog() },
      subscribe: (_socket, room) => room.startsWith("public"),
      cors: { origin: /^http:\/\/localhost:/, credentials: true },
    });
    http.listen(0, "127.0.0.1");
    await next(http, "listening");
    proxy = await CuttingProxy.to((http.address() as AddressInfo).port);
    page = await browser.newPage();
    (t as TestContext).after(async () => {
      await page.close();
      proxy.close();
      const closed = io.close();
      http.closeAllConnections();
      await closed;
    });
  });

  async function listen(url: string, credentials = false): Promise<void> {
    await page.evaluate(
      ([to, withCredentials]) => {
        window.messages = [];
        window.failures = 0;
        window.source = new EventSource(to, { withCredentials });
        window.source.addEventListener("error", () => window.failures++);
        window.source.addEventListener("message", ({ data, lastEventId }) => {
          window.messages.push({ ...JSON.parse(data), at: lastEventId });
        });
      },
      [url, credentials] as const,
    );
  }

  const heard = (): Promise<unknown[]> =>
    page.evaluate(() => window.messages.flatMap(({ event, data }) => (event ? [data] : [])));
  const hears = (count: number): Promise<void> =>
    until(`${count} events`, async () => (await heard()).length >= count, backMs);

  it("hears a room, and after a cut what it has missed, once", async () => {
    await page.goto(proxy.url);
    let connected = next<[Socket]>(io, "connection");
    await listen("/hawser/sse?room=public");
    let [socket] = await connected;
    await until("it is live", () => socket.delivery.live);
    await io.to("public").durable.emit("n", 1);
    io.to("public").emit("n", "not logged");
    await hears(2);
    for (let round = 0; round < 2; round++) {
      const gone = next(socket, "disconnect");
      connected = next<[Socket]>(io, "connection", backMs);
      proxy.cut("reset");
      await gone;
      for (let n = 0; n < 500; n++) void io.to("public").durable.emit("n", round * 500 + n + 2);
      [socket] = await connected;
      await hears((round + 1) * 500 + 2);
    }
    const wanted = Array.from({ length: 1_001 }, (_, at) => [at + 1]);
    assert.deepEqual((await heard()).toSpliced(1, 1), wanted);
    const [connectedAgain] = await page.evaluate(() =>
      window.messages.filter(({ connected: it }) => it).slice(-1),
    );
    assert.deepEqual(connectedAgain?.["connected"], { id: socket.id });
    assert.equal(await page.evaluate(() => window.messages.some(({ reset }) => reset)), false);
  });

  it("has a position before it has heard anything", async () => {
    await page.goto(proxy.url);
    await io.durable.emit("before");
    await listen("/hawser/sse");
    await page.waitForFunction(() => window.messages.length === 1);
    const again = next(io, "connection", backMs);
    proxy.cut("reset");
    await io.durable.emit("missed");
    await again;
    await hears(1);
    assert.deepEqual(
      await page.evaluate(() => window.messages.flatMap(({ event }) => event ?? [])),
      ["missed"],
    );
  });

  it("stays away when it is refused, and goes when it is told to", async () => {
    await page.goto(proxy.url);
    await listen("/hawser/sse?room=secret");
    const closed = (): Promise<boolean> =>
      page.evaluate(() => window.source.readyState === EventSource.CLOSED);
    await until("it gives up", closed);
    assert.equal(io.sockets.sockets.size, 0);
    const connected = next<[Socket]>(io, "connection");
    await listen("/hawser/sse");
    await page.evaluate(() => {
      window.source.addEventListener("message", ({ data }) => {
        if (JSON.parse(data).disconnect) window.source.close();
      });
    });
    (await connected)[0].disconnect();
    await until("it goes", closed);
  });

  it("comes from another origin when cors lets it, with its cookies, and not otherwise", async () => {
    const { port } = http.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/hawser/sse`;
    const other = createServer((_request, response) => {
      response.setHeader("content-type", "text/html");
      response.end("<!doctype html><title>other</title>");
    });
    other.listen(0);
    await next(other, "listening");
    const otherPort = (other.address() as AddressInfo).port;
    try {
      await page.goto(`http://localhost:${otherPort}`);
      const connected = next<[Socket]>(io, "connection");
      await listen(url, true);
      (await connected)[0].emit("hello", "friend");
      await hears(1);
      await page.goto(`http://127.0.0.1:${otherPort}`);
      await listen(url);
      await until("it is refused", () => page.evaluate(() => window.failures > 0));
      assert.equal(await page.evaluate(() => window.source.readyState), 2);
    } finally {
      other.closeAllConnections();
      other.close();
    }
  });
});
