// A page's script, made by each bundler as it is, in Chromium.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { expected, startBackend } from "./support/backend.mjs";
import { launch, skip, talkInPage } from "./support/browser.mjs";
import { bundlers, prebuilt } from "./support/bundles.mjs";

/** The client's files in a bundle: for pages, and none of Node's. */
function assertForPages(code, modules) {
  const ours = modules.filter((name) => /node_modules\/(socket\.io|@hawser|ws)/.test(name));
  assert.ok(ours.length > 0, modules.join("\n"));
  for (const name of ours) assert.match(name, /node_modules\/socket\.io-client\/dist\/web\//);
  assert.doesNotMatch(code, /["']node:|require\(["'](?:ws|http|https|net|crypto)["']\)/);
  assert.doesNotMatch(code, /__vite-browser-external/);
}

describe("bundled for a page", { skip }, () => {
  const texts = {};
  let backend, browser;
  before(async () => {
    [backend, browser] = await Promise.all([startBackend({ texts }), launch()]);
  });
  after(async () => {
    await browser.close();
    await backend.close();
  });

  for (const [name, bundle] of Object.entries(bundlers)) {
    it(`by ${name}`, async () => {
      const { code, modules } = await bundle();
      assertForPages(code, modules);
      texts["/"] = '<!doctype html><script type="module" src="/bundle.js"></script>';
      texts["/bundle.js"] = code;
      const { found, errors } = await talkInPage(browser, backend.url);
      assert.deepEqual(found, [expected("polling"), expected("websocket")]);
      assert.deepEqual(errors, []);
    });
  }

  for (const [name, bundle] of Object.entries(prebuilt)) {
    it(`by ${name}, of the package's own bundle`, async () => {
      const { code } = await bundle();
      texts["/"] = '<!doctype html><script type="module" src="/bundle.js"></script>';
      texts["/bundle.js"] = code;
      const { found, errors } = await talkInPage(browser, backend.url);
      const same = ["hello", "polling"];
      assert.deepEqual(
        found.map((it) => it.slice(0, 2)),
        [same, ["hello", "websocket"]],
      );
      assert.deepEqual(errors, []);
    });
  }
});
