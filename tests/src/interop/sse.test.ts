// Server-Sent Events with curl, and through an HTTP proxy.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { Agent, createServer, request as httpRequest } from "node:http";
import type { Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, it } from "node:test";
import { Server } from "hawser";
import type { Socket } from "hawser";
import { SseClient } from "../support/sse-client.ts";
import { next, until } from "../support/wait.ts";

const curlSkip = spawnSync("curl", ["--version"]).error === undefined ? false : "needs curl";

let http: HttpServer;
let io: Server;
const cleanups: (() => void)[] = [];

const portOf = (server: HttpServer): number => (server.address() as AddressInfo).port;

beforeEach(async () => {
  http = createServer();
  io = new Server(http, {
    sse: true,
    delivery: {},
    subscribe: () => true,
    pingInterval: 200,
    pingTimeout: 5_000,
  });
  http.listen(0, "127.0.0.1");
  await next(http, "listening");
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) cleanup();
  const closed = io.close();
  http.closeAllConnections();
  await closed;
});

/** curl's output, as it comes. */
function curl(...args: string[]): {
  said: () => string;
  kill: () => void;
  ended: Promise<unknown>;
} {
  const child = spawn("curl", ["-sN", ...args]);
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise((resolve) => child.on("close", resolve));
  const kill = (): void => void child.kill();
  cleanups.push(kill);
  return { said: () => said, kill, ended };
}

describe("curl -N", { skip: curlSkip }, () => {
  it("shows events as they come, and what was missed with Last-Event-ID", async () => {
    const url = `http://127.0.0.1:${portOf(http)}/hawser/sse?room=news`;
    const connected = next<[Socket]>(io, "connection");
    const first = curl("-H", "Authorization: Bearer secret", url);
    const [socket] = await connected;
    assert.deepEqual(socket.handshake.auth, { token: "secret" });
    await until("it is live", () => socket.delivery.live);
    const { epoch, offset } = await io.to("news").durable.emit("headline", "one", { n: 1 });
    const id = `${epoch}.${offset.toString(36)}`;
    const event = `id: ${id}\ndata: {"event":"headline","data":["one",{"n":1}]}\n\n`;
    await until("the event", () => first.said().includes(event));
    assert.match(
      first.said(),
      /^retry: 2000\nid: \S+\ndata: \{"connected":\{"id":"[\w-]+"\}\}\n\n/,
    );
    await until("a heartbeat", () => first.said().includes("\n:\n\n"));
    const gone = next(socket, "disconnect");
    first.kill();
    await gone;
    await io.to("news").durable.emit("headline", "two");
    await io.to("other").durable.emit("headline", "no");
    const second = curl("-H", `Last-Event-ID: ${id}`, url);
    await until("what it missed", () => second.said().includes('"data":["two"]'));
    assert.doesNotMatch(second.said(), /"one"|"no"|reset/);
  });

  it("ends with the server, and says why it is refused", async () => {
    const url = `http://127.0.0.1:${portOf(http)}/hawser/sse`;
    const connected = next(io, "connection");
    const line = curl(url);
    await connected;
    await until("the head", () => line.said().includes("connected"));
    const refused = curl("-w", "%{http_code}", `${url}?room=`);
    await refused.ended;
    assert.match(refused.said(), /^\{"error":\{"code":"FIELD_INVALID".*\}\}400$/);
    const closed = io.close();
    assert.equal(await line.ended, 0);
    await closed;
  });
});

describe("an HTTP/1.1 proxy between", () => {
  /** Passes requests on, over lines that it keeps open. */
  async function startProxy(): Promise<HttpServer> {
    const agent = new Agent({ keepAlive: true });
    const proxy = createServer((request, response) => {
      const { method, url, headers } = request;
      const upstream = httpRequest(
        { host: "127.0.0.1", port: portOf(http), method, path: url, headers, agent },
        (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
          answer.on("error", () => response.destroy());
        },
      );
      upstream.on("error", () => response.destroy());
      response.on("close", () => upstream.destroy());
      request.pipe(upstream);
    });
    proxy.listen(0, "127.0.0.1");
    await next(proxy, "listening");
    cleanups.push(() => {
      agent.destroy();
      proxy.closeAllConnections();
      proxy.close();
    });
    return proxy;
  }

  it("lets every event through at once, keeps its lines, and loses nothing when it drops them", async () => {
    const proxy = await startProxy();
    const url = `http://127.0.0.1:${portOf(proxy)}`;
    const path = "/hawser/sse?room=a";
    const heard: unknown[] = [];
    let lastEventId = "";
    let said = 0;
    for (let round = 0; round < 5; round++) {
      const connected = next<[Socket]>(io, "connection");
      const line = await SseClient.open(url, path, { "Last-Event-ID": lastEventId });
      assert.equal(line.status, 200);
      assert.equal(line.headers["cache-control"], "no-store, no-transform");
      assert.equal(line.headers["x-accel-buffering"], "no");
      const [socket] = await connected;
      await until("it is live", () => socket.delivery.live);
      for (let n = 0; n < 50; n++) void io.to("a").durable.emit("n", ++said);
      const wanted = 50 + (round === 0 ? 0 : 50);
      await until("this round", () => line.heard("n").length >= wanted);
      heard.push(...line.heard("n").map(([n]) => n));
      lastEventId = line.lastEventId;
      const gone = next(socket, "disconnect");
      proxy.closeAllConnections();
      await gone;
      for (let n = 0; n < 50; n++) void io.to("a").durable.emit("n", ++said);
    }
    assert.deepEqual(
      heard,
      Array.from({ length: said - 50 }, (_, at) => at + 1),
    );
  });

  it("may use its line to the server for others when a stream has ended", async () => {
    const proxy = await startProxy();
    const url = `http://127.0.0.1:${portOf(proxy)}`;
    for (let round = 0; round < 3; round++) {
      const connected = next<[Socket]>(io, "connection");
      const line = await SseClient.open(url, "/hawser/sse");
      const [socket] = await connected;
      socket.disconnect();
      await line.message("the end", ({ disconnect }) => disconnect !== undefined);
      await until("the stream's end", () => line.closed);
    }
    assert.equal(io.engine.clientsCount, 0);
  });
});
