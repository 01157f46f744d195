// Vite's development server before an application's server, with the proxy that its documentation shows.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { createServer } from "vite";
import { expected, startBackend } from "./support/backend.mjs";
import { launch, skip, talkInPage } from "./support/browser.mjs";
import { apps } from "./support/bundles.mjs";
import { scratch } from "./support/scratch.mjs";

describe("Vite's development server", { skip }, () => {
  const running = [];
  let backend, browser;
  before(async () => {
    [backend, browser] = await Promise.all([startBackend(), launch()]);
  });
  after(async () => {
    await browser.close();
    await Promise.all(running.map((it) => it.close()));
    await backend.close();
  });

  async function develop(proxy) {
    const server = await createServer({
      configFile: false,
      logLevel: "silent",
      root: join(apps, "web"),
      cacheDir: scratch("vite"),
      server: {
        host: "127.0.0.1",
        port: 0,
        hmr: false,
        watch: null,
        proxy: { "/socket.io": { target: backend.url, ws: true, ...proxy } },
      },
    });
    running.push(server);
    await server.listen();
    return server.resolvedUrls.local[0] ?? server.resolvedUrls.network[0];
  }

  it("serves the page, and hands its sockets on", async () => {
    const { found, errors } = await talkInPage(browser, await develop({}));
    assert.deepEqual(found, [expected("polling"), expected("websocket")]);
    assert.deepEqual(errors, []);
  });

  it("is of another origin when its proxy changes the host, until cors names it", async () => {
    const url = await develop({ changeOrigin: true });
    await assert.rejects(talkInPage(browser, url, ["websocket"]), /connect_error/);
    const named = await startBackend({ options: { cors: { origin: new URL(url).origin } } });
    running.push(named);
    const { found } = await talkInPage(browser, url, ["polling", "websocket"], named.url);
    assert.deepEqual(found, [expected("polling"), expected("websocket")]);
  });
});
