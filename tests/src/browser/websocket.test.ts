// Chromium's own WebSocket on @hawser/websocket; on npm ws as the control.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import type { TestContext } from "node:test";
import type { Browser, Page } from "playwright-core";
import { browserSkip, launch } from "../support/browser.ts";
import { next } from "../support/wait.ts";
import { loadWebSocket } from "../support/websockets.ts";
import type { WebSocketMaker, WsServer, WsSocket } from "../support/websockets.ts";

describe("Chromium's WebSocket", { skip: browserSkip }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());
  for (const maker of ["hawser", "ws"] as const) {
    describe(`on ${maker}`, () => pairing(maker, () => browser));
  }
});

function pairing(maker: WebSocketMaker, browser: () => Browser): void {
  async function open(t: TestContext): Promise<{ server: WsServer; page: Page; url: string }> {
    const { WebSocketServer } = await loadWebSocket(maker);
    const http = createServer((_request, response) => {
      response.setHeader("content-type", "text/html");
      response.end("<!doctype html><title>test</title>");
    });
    const server = new WebSocketServer({ server: http });
    http.listen(0, "127.0.0.1");
    await next(http, "listening");
    const host = `127.0.0.1:${(http.address() as AddressInfo).port}`;
    const context = await browser().newContext();
    t.after(async () => {
      await context.close();
      for (const socket of server.clients) socket.terminate();
      http.close();
    });
    const page = await context.newPage();
    await page.goto(`http://${host}/`);
    return { server, page, url: `ws://${host}/` };
  }

  function echo(server: WsServer): void {
    server.on("connection", (socket: WsSocket) => {
      socket.on("message", (data: Buffer, isBinary: boolean) => {
        socket.send(data, { binary: isBinary });
      });
    });
  }

  it("echoes text and binary of many sizes, in order", async (t) => {
    const { server, page, url } = await open(t);
    echo(server);
    const wrong = await page.evaluate(async (address) => {
      const socket = new WebSocket(address);
      socket.binaryType = "arraybuffer";
      await new Promise((resolve) => socket.addEventListener("open", resolve));
      const sent: (string | Uint8Array)[] = [];
      for (const size of [0, 1, 125, 126, 65_535, 65_536, 300_000]) {
        sent.push("é".repeat(size), new Uint8Array(size).fill(size % 251));
      }
      const failures: number[] = [];
      let index = 0;
      const done = new Promise<void>((resolve) => {
        socket.addEventListener("message", ({ data }: MessageEvent<string | ArrayBuffer>) => {
          const expected = sent[index];
          const same =
            typeof data === "string"
              ? data === expected
              : typeof expected === "object" &&
                new Uint8Array(data).every((byte, at) => byte === expected[at]) &&
                data.byteLength === expected.length;
          if (!same) failures.push(index);
          index += 1;
          if (index === sent.length) resolve();
        });
      });
      for (const message of sent) socket.send(message as string);
      await done;
      socket.close();
      return failures;
    }, url);
    assert.deepEqual(wrong, []);
  });

  it("hears the server's fragments, ping and close", async (t) => {
    const { server, page, url } = await open(t);
    const ponged = new Promise<string>((resolve) => {
      server.on("connection", (socket: WsSocket) => {
        socket.send("in ", { fin: false });
        socket.send("parts", { fin: true });
        socket.ping("data");
        socket.on("pong", (data: Buffer) => {
          resolve(data.toString());
          socket.close(4_000, "größe");
        });
      });
    });
    const seen = await page.evaluate(async (address) => {
      const socket = new WebSocket(address);
      const heard: unknown[] = [];
      socket.addEventListener("message", ({ data }) => heard.push(data));
      const { code, reason, wasClean } = await new Promise<CloseEvent>((resolve) => {
        socket.addEventListener("close", resolve);
      });
      return { heard, code, reason, wasClean };
    }, url);
    assert.equal(await ponged, "data");
    assert.deepEqual(seen, { heard: ["in parts"], code: 4_000, reason: "größe", wasClean: true });
  });
}
