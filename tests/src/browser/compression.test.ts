// Chromium's own WebSocket, which offers permessage-deflate, on @hawser/websocket; on npm ws as the control.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import type { Browser } from "playwright-core";
import { browserSkip, launch } from "../support/browser.ts";
import { next } from "../support/wait.ts";
import { loadWebSocket } from "../support/websockets.ts";
import type { WsSocket } from "../support/websockets.ts";

const settings = {
  "context taken over": {},
  "no context": { serverNoContextTakeover: true, clientNoContextTakeover: true },
  "small windows": { serverMaxWindowBits: 9, clientMaxWindowBits: 9 },
};

describe("Chromium's WebSocket, compressed", { skip: browserSkip }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());
  for (const maker of ["hawser", "ws"] as const) {
    for (const [name, perMessageDeflate] of Object.entries(settings)) {
      it(`echoes on ${maker}, ${name}`, async (t) => {
        const { WebSocketServer } = await loadWebSocket(maker);
        const http = createServer((_request, response) => {
          response.setHeader("content-type", "text/html");
          response.end("<!doctype html><title>test</title>");
        });
        const server = new WebSocketServer({ server: http, perMessageDeflate });
        server.on("connection", (socket: WsSocket) => {
          socket.on("message", (data: Buffer, isBinary: boolean) => {
            socket.send(data, { binary: isBinary });
          });
        });
        http.listen(0, "127.0.0.1");
        await next(http, "listening");
        const host = `127.0.0.1:${(http.address() as AddressInfo).port}`;
        const context = await browser.newContext();
        t.after(async () => {
          await context.close();
          for (const socket of server.clients) socket.terminate();
          http.close();
        });
        const page = await context.newPage();
        await page.goto(`http://${host}/`);
        const seen = await page.evaluate(echoes, `ws://${host}/`);
        assert.deepEqual(seen.wrong, []);
        assert.match(seen.extensions, /^permessage-deflate/);
        assert.deepEqual([seen.code, seen.wasClean], [1_000, true]);
      });
    }
  }
});

/** Runs in the page: which of the messages that it sends do not come back as they were. */
async function echoes(address: string): Promise<{
  wrong: number[];
  extensions: string;
  code: number;
  wasClean: boolean;
}> {
  const socket = new WebSocket(address);
  await new Promise((resolve) => socket.addEventListener("open", resolve));
  const sent: string[] = [];
  for (const size of [0, 1, 100, 1_024, 4_097, 40_000, 150_000]) {
    sent.push("é".repeat(size), `{"size":${size},"again":true,"size":${size}}`);
    sent.push(Array.from({ length: size }, (_, at) => (at * 7_919) % 1_009).join(" "));
  }
  const heard: string[] = [];
  const done = new Promise<void>((resolve, reject) => {
    socket.addEventListener("close", ({ code }) => reject(new Error(`closed with ${code}`)));
    socket.addEventListener("message", ({ data }: MessageEvent<string>) => {
      heard.push(data);
      if (heard.length === sent.length) resolve();
    });
  });
  for (const message of sent) socket.send(message);
  await done;
  const { extensions } = socket;
  const closed = new Promise<CloseEvent>((resolve) => socket.addEventListener("close", resolve));
  socket.close(1_000);
  const { code, wasClean } = await closed;
  const wrong = sent.flatMap((message, index) => (heard[index] === message ? [] : [index]));
  return { wrong, extensions, code, wasClean };
}
