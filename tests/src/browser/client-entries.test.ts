// The smaller and the other bundles of the client in a real browser: websocket alone, MessagePack, transports as classes.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, afterEach, before, describe, it } from "node:test";
import type { Browser, Page } from "playwright-core";
import * as msgpack from "socket.io-msgpack-parser";
import { browserSkip, launch } from "../support/browser.ts";
import { loadServer } from "../support/pairing.ts";
import type { Maker, Server, ServerOptions } from "../support/pairing.ts";
import { next } from "../support/wait.ts";

const parser = msgpack as unknown as ServerOptions["parser"];

describe("other bundles in Chromium", { skip: browserSkip }, () => {
  let browser: Browser;
  let http: HttpServer;
  let io: Server;
  let page: Page;
  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());
  afterEach(async () => {
    await page.close();
    const closed = io.close();
    http.closeAllConnections();
    await closed;
  });

  /** A page of a server that answers what it is asked; the bundles are those that the server serves. */
  async function open(script: string, options: Partial<ServerOptions> = {}): Promise<void> {
    const { Server } = await loadServer("hawser" satisfies Maker);
    http = createServer((_request, response) => {
      response.setHeader("content-type", "text/html");
      response.end(`<!doctype html><title>test</title>${script}`);
    });
    io = new Server(http, options);
    io.on("connection", (socket) =>
      socket.on("echo", (value: unknown, done: (value: unknown, transport: string) => void) =>
        done(value, socket.conn.transport.name),
      ),
    );
    http.listen(0, "127.0.0.1");
    await next(http, "listening");
    page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(http.address() as AddressInfo).port}/`);
    await page.waitForFunction("window.io !== undefined");
  }

  /** Sends text, binary and nothing through a socket made by `make`, and tells what came back. */
  const echo = (make: string): Promise<unknown> =>
    page.evaluate(`(async () => {
      const socket = ${make};
      // A view is nothing to the MessagePack parser.
      const bytes = new Uint8Array([1, 2, 255]).buffer;
      const answers = [];
      for (const value of ["€", null, { deep: [bytes] }]) {
        answers.push(await new Promise((done) => socket.emit("echo", value, (...all) => done(all))));
      }
      const [binary] = answers.pop();
      socket.disconnect();
      return [...answers, [...new Uint8Array(binary.deep[0])]];
    })()`);

  const module = (file: string): string =>
    `<script type="module">import * as all from "/socket.io/${file}"; window.all = all; window.io = all.io;</script>`;
  const over = (transport: string): unknown[] => [
    ["€", transport],
    [null, transport],
    [1, 2, 255],
  ];

  it("websocket alone", async () => {
    await open(module("socket.io.websocket.esm.min.js"));
    assert.deepEqual(await echo("io()"), over("websocket"));
  });

  it("websocket alone comes back after the server has closed the line", async () => {
    await open(module("socket.io.websocket.esm.min.js"));
    await page.evaluate(`new Promise((resolve) => {
      window.socket = io({ reconnectionDelay: 20 });
      socket.once("connect", resolve);
    })`);
    const again = page.evaluate(
      `new Promise((resolve) => socket.once("connect", () => resolve("back")))`,
    );
    for (const socket of await io.fetchSockets()) io.sockets.sockets.get(socket.id)?.conn.close();
    assert.equal(await again, "back");
  });

  it("MessagePack", async () => {
    await open('<script src="/socket.io/socket.io.msgpack.min.js"></script>', { parser });
    assert.deepEqual(await echo('io({ transports: ["websocket"] })'), over("websocket"));
  });

  it("fetch, then a websocket, both as classes", async () => {
    await open(module("socket.io.esm.min.js"));
    assert.deepEqual(await echo("io({ transports: [all.Fetch] })"), over("polling"));
    assert.deepEqual(await echo("io({ transports: [all.WebSocket] })"), over("websocket"));
  });
});
