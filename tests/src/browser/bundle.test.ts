// The client's bundles in a real browser, served by the server: a script tag, minified or not, and ESM.
// npm's own bundle runs the same list against Hawser's server.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { Server as HttpServer } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { after, before, beforeEach, describe, it } from "node:test";
import type { TestContext } from "node:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import type { io as connect } from "socket.io-client";
import { browserSkip, launch } from "../support/browser.ts";
import { loadServer, ours } from "../support/pairing.ts";
import type { ClientSocket, Server, ServerSocket } from "../support/pairing.ts";
import { collect, next, until } from "../support/wait.ts";

declare global {
  /** What the page's scripts leave behind; valid inside `page.evaluate` only. */
  interface Window {
    io: typeof connect;
    socket: ClientSocket;
    heard: unknown[];
  }
}

const npmBundle = readFileSync(
  createRequire(import.meta.url).resolve("socket.io-client/dist/socket.io.js"),
);

const pages: Record<string, string> = {
  "/script": '<script src="/socket.io/socket.io.js"></script>',
  "/minified": '<script src="/socket.io/socket.io.min.js"></script>',
  "/esm":
    '<script type="module">import { io } from "/socket.io/socket.io.esm.min.js"; window.io = io;</script>',
  "/npm": '<script src="/npm.js"></script>',
};

describe("bundles in Chromium", { skip: browserSkip }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());

  for (const path of Object.keys(pages)) describe(path, () => bundle(path, () => browser));
});

function bundle(path: string, browser: () => Browser): void {
  let http: HttpServer;
  let io: Server;
  let context: BrowserContext;
  let page: Page;
  let troubles: string[];

  async function listen(port = 0): Promise<void> {
    const { Server } = await loadServer(ours);
    http = createServer((request, response) => {
      if (request.url === "/npm.js") return response.end(npmBundle);
      response.setHeader("content-type", "text/html");
      return response.end(`<!doctype html><title>test</title>${pages[request.url ?? ""] ?? ""}`);
    });
    io = new Server(http, { pingInterval: 1_000, pingTimeout: 10_000 });
    io.on("connection", (socket) => {
      socket.on("echo", (...args: unknown[]) => {
        const done = args.pop() as (...answer: unknown[]) => void;
        done(...args);
      });
    });
    http.listen(port, "127.0.0.1");
    await next(http, "listening");
  }

  async function close(): Promise<void> {
    const closed = io.close();
    // A browser opens lines ahead of use, and the port is free only when they are gone.
    http.closeAllConnections();
    await closed;
  }

  beforeEach(async (t) => {
    await listen();
    troubles = [];
    context = await browser().newContext();
    page = await context.newPage();
    page.on("pageerror", (error) => troubles.push(error.message));
    await page.goto(`http://127.0.0.1:${(http.address() as AddressInfo).port}${path}`);
    await page.waitForFunction(() => typeof window.io === "function");
    (t as TestContext).after(async () => {
      await context.close();
      await close();
      assert.deepEqual(troubles, []);
    });
  });

  /** Connects in the page; the server's socket. */
  async function open(options: object = {}): Promise<ServerSocket> {
    const connection = next<[ServerSocket]>(io, "connection");
    await page.evaluate((given) => {
      window.heard = [];
      window.socket = window.io({ reconnectionDelay: 50, reconnectionDelayMax: 100, ...given });
    }, options);
    return (await connection)[0];
  }

  const onWebSocket = (server: ServerSocket): Promise<void> =>
    until("the upgrade", () => server.conn.transport.name === "websocket");

  it("connects, upgrades to websocket, and keeps every event in order", async () => {
    const server = await open();
    const up = collect<number>(server, "up", 200);
    await page.evaluate(async () => {
      window.socket.on("down", (n: number) => window.heard.push(n));
      for (let n = 0; n < 200; n += 1) {
        window.socket.emit("up", n);
        if (n % 20 === 0) await new Promise((resolve) => setTimeout(resolve));
      }
    });
    for (let n = 0; n < 200; n += 1) server.emit("down", n);
    const expected = Array.from({ length: 200 }, (_, n) => n);
    assert.deepEqual(await up, expected);
    await page.waitForFunction(() => window.heard.length === 200);
    assert.deepEqual(await page.evaluate(() => window.heard), expected);
    await onWebSocket(server);
  });

  for (const transports of [["polling"], ["websocket"]]) {
    it(`acknowledgements both ways over ${transports.join()}`, async () => {
      const server = await open({ transports });
      const answer = await page.evaluate(() => window.socket.emitWithAck("echo", "grüße 🚢"));
      assert.equal(answer, "grüße 🚢");
      await page.evaluate(() => {
        window.socket.on("ask", (n: number, done: (answer: number) => void) => done(n + 1));
      });
      assert.equal(await server.timeout(5_000).emitWithAck("ask", 1), 2);
    });

    it(`binary both ways over ${transports.join()}: buffers, views, blobs, files (socket.io-parser cdae0198)`, async () => {
      const server = await open({ transports });
      const up = next(server, "up");
      await page.evaluate(() => {
        const bytes = Uint8Array.from([0, 1, 127, 128, 255]);
        window.socket.emit(
          "up",
          bytes.buffer,
          bytes.subarray(1, 3),
          { deep: [new Blob([bytes]), "text"] },
          new File([bytes], "name.bin"),
        );
      });
      const all = Buffer.from([0, 1, 127, 128, 255]);
      assert.deepEqual(await up, [all, Buffer.from([1, 127]), { deep: [all, "text"] }, all]);

      await page.evaluate(() => {
        window.socket.on("down", (value: { a: ArrayBuffer; b: unknown[] }, answer) => {
          const inner = value.b[0] as ArrayBuffer;
          answer(value.a instanceof ArrayBuffer, [...new Uint8Array(value.a)], inner.byteLength);
        });
      });
      const seen = await new Promise((resolve) => {
        server.emit("down", { a: all, b: [Buffer.alloc(3)] }, (...args: unknown[]) =>
          resolve(args),
        );
      });
      assert.deepEqual(seen, [true, [0, 1, 127, 128, 255], 3]);
    });
  }

  it("a large picture there and back, byte for byte", async () => {
    await open();
    const same = await page.evaluate(async () => {
      const bytes = Uint8Array.from({ length: 700_000 }, (_, index) => (index * 7919) % 256);
      const back = (await window.socket.emitWithAck("echo", bytes)) as ArrayBuffer;
      const view = new Uint8Array(back);
      return view.length === bytes.length && view.every((byte, index) => byte === bytes[index]);
    });
    assert.equal(same, true);
  });

  it("goes offline and comes back, with what was emitted meanwhile", async () => {
    const server = await open();
    await onWebSocket(server);
    await page.evaluate(() => {
      window.socket.on("disconnect", (reason) => window.heard.push(reason));
    });
    await context.setOffline(true);
    await page.waitForFunction(() => !window.socket.connected);
    const reasons = await page.evaluate(() => window.heard);
    assert.match(String(reasons[0]), /^transport (close|error)$/);
    const heard: unknown[] = [];
    const back = next<[ServerSocket]>(io, "connection", 20_000);
    io.on("connection", (socket) => socket.on("kept", (text) => heard.push(text)));
    await page.evaluate(() => window.socket.emit("kept", "while offline"));
    await context.setOffline(false);
    await back;
    await until("what was kept", () => heard.length > 0);
    assert.deepEqual(heard, ["while offline"]);
  });

  it("comes back after the server has restarted", async () => {
    const server = await open();
    await onWebSocket(server);
    const { port } = http.address() as AddressInfo;
    await close();
    await page.waitForFunction(() => !window.socket.connected);
    await listen(port);
    await page.waitForFunction(() => window.socket.connected, undefined, { timeout: 20_000 });
    assert.equal(await page.evaluate(() => window.socket.emitWithAck("echo", 1)), 1);
  });

  it("leaves cleanly when the page goes away", async () => {
    const server = await open();
    await onWebSocket(server);
    const gone = next(server, "disconnect");
    await page.goto("about:blank");
    assert.match(
      String((await gone)[0]),
      /^transport (close|error)$|^client namespace disconnect$/,
    );
    await until("nobody is left", () => io.engine.clientsCount === 0);
  });
}
