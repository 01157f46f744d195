// Every way to give a Hawser server its port, beside what else answers there.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { createServer as createTlsServer, request as tlsRequest } from "node:https";
import type { AddressInfo, Server as NetServer } from "node:net";
import { describe, it } from "node:test";
import type { TestContext } from "node:test";
import express from "express";
import Fastify from "fastify";
import { tls } from "../support/fixtures.ts";
import { loadClient, loadServer, ours } from "../support/pairing.ts";
import type { ClientOptions, Server } from "../support/pairing.ts";
import { next } from "../support/wait.ts";

const { Server: IoServer } = await loadServer(ours);
const { io: connect } = await loadClient(ours);

function answerEchoes(io: Server): void {
  io.on("connection", (socket) => socket.on("echo", (value, done) => done(value)));
}

const portOf = (listening: NetServer): number => (listening.address() as AddressInfo).port;

const listen = async (listening: NetServer): Promise<number> => {
  listening.listen(0, "127.0.0.1");
  if (!listening.listening) await next(listening, "listening");
  return portOf(listening);
};

/** One event there and back over each transport, and over the upgrade. */
async function assertEchoes(url: string, options: Partial<ClientOptions> = {}): Promise<void> {
  for (const transports of [["polling"], ["websocket"], ["polling", "websocket"]]) {
    const socket = connect(url, { transports, forceNew: true, reconnection: false, ...options });
    try {
      const value = ["text", Buffer.from([0, 255])];
      assert.deepEqual(await socket.timeout(5_000).emitWithAck("echo", value), value);
    } finally {
      socket.disconnect();
    }
  }
}

/** The client's script is served at the usual path. */
async function assertServesClient(url: string): Promise<void> {
  const answer = await fetch(`${url}/socket.io/socket.io.js`);
  assert.equal(answer.status, 200);
  assert.match(String(answer.headers.get("content-type")), /javascript/);
  assert.match(await answer.text(), /io/);
}

const closeAfter = (t: TestContext, io: Server): void => {
  answerEchoes(io);
  t.after(() => io.close());
};

describe("attach", () => {
  it("to node:http, given to the constructor; other routes answer", async (t) => {
    const http = createServer((request, response) => response.end(`other ${request.url}`));
    closeAfter(t, new IoServer(http));
    const url = `http://127.0.0.1:${await listen(http)}`;
    await assertEchoes(url);
    await assertServesClient(url);
    assert.equal(await (await fetch(`${url}/socket.iox`)).text(), "other /socket.iox");
    assert.equal(await (await fetch(`${url}/a?b`)).text(), "other /a?b");
  });

  it("to node:http, given to attach() after it listens", async (t) => {
    const http = createServer((_request, response) => response.end("other"));
    const url = `http://127.0.0.1:${await listen(http)}`;
    const io = new IoServer();
    closeAfter(t, io);
    io.attach(http, { path: "/deep/path/" });
    await assertEchoes(url, { path: "/deep/path/" });
    assert.equal(await (await fetch(`${url}/socket.io/`)).text(), "other");
  });

  it("to node:http, with routes that are added later", async (t) => {
    const http = createServer();
    closeAfter(t, new IoServer(http));
    http.on("request", (request, response) => {
      if (!request.url?.startsWith("/socket.io/")) response.end("later");
    });
    const url = `http://127.0.0.1:${await listen(http)}`;
    await assertEchoes(url);
    assert.equal(await (await fetch(`${url}/x`)).text(), "later");
  });

  it("to https", async (t) => {
    const https = createTlsServer(tls, (_request, response) => response.end("other"));
    closeAfter(t, new IoServer(https));
    const port = await listen(https);
    await assertEchoes(`https://127.0.0.1:${port}`, { rejectUnauthorized: false });
    await assertEchoes(`https://127.0.0.1:${port}`, { ca: tls.cert.toString() });
    const status = await new Promise((resolve, reject) => {
      tlsRequest({ port, host: "127.0.0.1", ca: tls.cert }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on("error", reject)
        .end();
    });
    assert.equal(status, 200);
  });

  it("CVE-2016-10536: a certificate that nobody vouches for is refused", async (t) => {
    const https = createTlsServer(tls);
    closeAfter(t, new IoServer(https));
    const url = `https://127.0.0.1:${await listen(https)}`;
    for (const transports of [["polling"], ["websocket"]]) {
      const socket = connect(url, { transports, forceNew: true, reconnection: false });
      t.after(() => socket.disconnect());
      socket.on("connect", () => assert.fail(`connected over ${transports.join()}`));
      await next(socket, "connect_error");
    }
  });

  it("to Express 5; its routes answer", async (t) => {
    const app = express();
    app.get("/hello/:name", (request, response) => {
      response.json({ hello: request.params.name });
    });
    const http = createServer(app);
    closeAfter(t, new IoServer(http));
    const url = `http://127.0.0.1:${await listen(http)}`;
    await assertEchoes(url);
    await assertServesClient(url);
    assert.deepEqual(await (await fetch(`${url}/hello/you`)).json(), { hello: "you" });
    assert.equal((await fetch(`${url}/nothing`)).status, 404);
  });

  it("to Fastify 5; its routes answer", async (t) => {
    const app = Fastify();
    app.get("/hello", () => ({ hello: "fastify" }));
    const io = new IoServer(app.server);
    answerEchoes(io);
    t.after(async () => {
      await io.close();
      await app.close();
    });
    const url = await app.listen({ port: 0, host: "127.0.0.1" });
    await assertEchoes(url);
    await assertServesClient(url);
    assert.deepEqual(await (await fetch(`${url}/hello`)).json(), { hello: "fastify" });
    assert.equal((await fetch(`${url}/nothing`)).status, 404);
  });

  for (const [name, open] of [
    ["new Server(port)", () => new IoServer(0)],
    ["listen(port)", () => new IoServer().listen(0)],
    ["attach(port)", () => new IoServer().attach(0)],
  ] as const) {
    it(`alone: ${name}; whatever else is asked for is answered`, async (t) => {
      const io = open();
      closeAfter(t, io);
      // The port is taken at once; when it is open, a request shows.
      const { httpServer } = io as unknown as { httpServer: NetServer };
      if (!httpServer.listening) await next(httpServer, "listening");
      const url = `http://127.0.0.1:${portOf(httpServer)}`;
      await assertEchoes(url);
      await assertServesClient(url);
      const other = await fetch(`${url}/other`);
      await other.text();
      assert.equal(other.status >= 400, true, String(other.status));
    });
  }

  it("two servers on one port, with paths of their own", async (t) => {
    const http = createServer();
    const one = new IoServer(http, { path: "/one/", destroyUpgrade: false });
    const two = new IoServer(http, { path: "/two/", destroyUpgrade: false });
    one.on("connection", (socket) => socket.on("echo", (value, done) => done(value)));
    two.on("connection", (socket) => socket.on("echo", (value, done) => done(value)));
    t.after(async () => {
      await one.close();
      await two.close().catch(() => undefined);
    });
    const url = `http://127.0.0.1:${await listen(http)}`;
    await assertEchoes(url, { path: "/one/" });
    await assertEchoes(url, { path: "/two/" });
  });

  it("an upgrade for another path is left to others, or ended in time", async (t) => {
    const http = createServer();
    closeAfter(t, new IoServer(http, { destroyUpgradeTimeout: 50 }));
    const url = `ws://127.0.0.1:${await listen(http)}/elsewhere`;
    const { WebSocket } = await import("ws");
    const socket = new WebSocket(url);
    const [error] = await next<[Error]>(socket, "error");
    assert.match(error.message, /socket hang up|ECONNRESET|Unexpected server response/);
  });
});
