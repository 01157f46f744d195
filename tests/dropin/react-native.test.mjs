// An app's bundle, made by Metro with React Native's settings, in a world that has what React Native has and no more.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { createContext, runInContext } from "node:vm";
import { expected, startBackend } from "./support/backend.mjs";
import { launch, skip, talkInPage } from "./support/browser.mjs";
import { bundleNative } from "./support/native.mjs";

/** The globals of React Native that concern a client: no page, no `Buffer`, no `process`, and a `URL` that throws. */
function nativeWorld() {
  class LackingUrl {
    get host() {
      throw new Error("URL.host is not implemented");
    }
  }
  const world = {
    navigator: { product: "ReactNative" },
    WebSocket,
    URL: LackingUrl,
    console,
    setTimeout,
    clearTimeout,
    setInterval,
    clearInterval,
    queueMicrotask,
    fetch,
    // The world's own would be another realm's than those of its WebSocket.
    ArrayBuffer,
    Uint8Array,
  };
  world.global = world.window = world.self = world;
  return createContext(world);
}

describe("bundled by Metro", () => {
  let backend;
  before(async () => {
    backend = await startBackend({ options: { cors: { origin: "*" } } });
  });
  after(() => backend.close());

  for (const platform of ["ios", "android"]) {
    it(`for ${platform}, in React Native's world`, async () => {
      const { code, modules } = await bundleNative(platform);
      const ours = modules.filter((name) => /node_modules\/(socket\.io|@hawser|ws)/.test(name));
      assert.ok(ours.length > 0);
      for (const name of ours)
        assert.match(name, /node_modules\/socket\.io-client\/dist\/native\//);
      const world = nativeWorld();
      runInContext(code, world);
      const url = backend.url;
      const found = await world.talk(url, { transports: ["websocket"] });
      assert.deepEqual(structuredClone(found), expected("websocket"));
    });
  }

  it("with its own XMLHttpRequest, as far as Chromium has the same", { skip }, async () => {
    const { code } = await bundleNative("ios");
    const texts = { "/": '<!doctype html><script src="/app.js"></script>', "/app.js": code };
    const page = await startBackend({ texts });
    const browser = await launch();
    try {
      const { found } = await talkInPage(browser, page.url, ["polling", "websocket"], page.url);
      assert.deepEqual(found, [expected("polling"), expected("websocket")]);
    } finally {
      await browser.close();
      await page.close();
    }
  });
});
