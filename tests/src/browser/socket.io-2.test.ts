// npm socket.io-client 2 in a real browser, on npm socket.io 4 (the control) and on Hawser: XHR with bytes, JSONP, and
// websocket.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import type { Browser } from "playwright-core";
import { browserSkip, launch } from "../support/browser.ts";
import { loadServer } from "../support/pairing.ts";
import type { Maker } from "../support/pairing.ts";
import { next } from "../support/wait.ts";

interface V2Socket {
  id: string;
  on(event: string, listener: (...args: unknown[]) => void): void;
  emit(event: string, ...args: unknown[]): void;
  io: { engine: { transport: { name: string; supportsBinary: boolean; query: object } } };
}

/** What the page's script leaves behind; valid inside `page.evaluate` only. */
interface V2Window {
  io(url: string, options: object): V2Socket;
}

const bundle = readFileSync(
  createRequire(import.meta.url).resolve("socket.io-client-2/dist/socket.io.js"),
);

const ways: [name: string, options: object][] = [
  ["XHR", { transports: ["polling"] }],
  ["JSONP", { transports: ["polling"], forceJSONP: true }],
  ["websocket", { transports: ["websocket"] }],
  ["XHR, upgraded", {}],
];

/** Serves the page and Socket.IO on one port. */
async function open(maker: Maker): Promise<{ url: string; close: () => Promise<void> }> {
  const { Server } = await loadServer(maker);
  const http = createServer((request, response) => {
    if (request.url === "/v2.js") return response.end(bundle);
    response.setHeader("content-type", "text/html");
    return response.end('<!doctype html><title>test</title><script src="/v2.js"></script>');
  });
  const io = new Server(http, { allowEIO3: true });
  io.on("connection", (socket) => {
    socket.on("echo", (...args: unknown[]) => {
      const done = args.pop() as (...answer: unknown[]) => void;
      done(...args);
    });
  });
  http.listen(0, "127.0.0.1");
  await next(http, "listening");
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/`,
    close: async () => {
      const closed = io.close();
      http.closeAllConnections();
      await closed;
    },
  };
}

/** Runs in the page: connects, sends what breaks payloads most easily, and gives what came back. */
async function talk({ url, options }: { url: string; options: object }): Promise<unknown> {
  const socket = (window as unknown as V2Window).io(url, { ...options, reconnection: false });
  return new Promise((resolve) => {
    for (const event of ["connect_error", "error"]) {
      socket.on(event, (error) => resolve(`refused: ${String(error)}`));
    }
    socket.on("connect", () => {
      const text = 'é€😀 \\n \n \u2028 "</script>';
      const bytes = Uint8Array.of(1, 2, 255).buffer;
      socket.emit(
        "echo",
        text,
        { deep: [bytes] },
        (back: string, more: { deep: [ArrayBuffer] }) => {
          resolve([back === text, [...new Uint8Array(more.deep[0])], socket.id.length]);
        },
      );
    });
  });
}

describe("socket.io-client 2 in Chromium", { skip: browserSkip }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());

  for (const maker of ["socket.io", "hawser"] as Maker[]) {
    for (const [name, options] of ways) {
      it(`exchanges text and binary with ${maker} over ${name}`, async () => {
        const server = await open(maker);
        const page = await browser.newPage();
        await page.goto(server.url);
        assert.deepEqual(await page.evaluate(talk, { url: server.url, options }), [
          true,
          [1, 2, 255],
          20,
        ]);
        await page.close();
        await server.close();
      });
    }
  }

  it("gets nothing by JSONP from a page of another origin", async () => {
    const [server, foreign] = [await open("hawser"), await open("hawser")];
    const page = await browser.newPage();
    await page.goto(foreign.url);
    const options = { transports: ["polling"], forceJSONP: true, timeout: 2_000 };
    assert.match(String(await page.evaluate(talk, { url: server.url, options })), /^refused: /);
    await page.close();
    await server.close();
    await foreign.close();
  });
});
