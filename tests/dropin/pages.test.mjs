// Pages without a bundler: script tags and import maps, from the server itself and from the package's files on a CDN.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { after, before, describe, it } from "node:test";
import { expected, serveFiles, startBackend } from "./support/backend.mjs";
import { launch, skip, talkInPage } from "./support/browser.mjs";
import { apps } from "./support/bundles.mjs";

const manifest = createRequire(import.meta.url).resolve("socket.io-client/package.json");
const client = dirname(manifest);
const { unpkg, jsdelivr } = JSON.parse(readFileSync(manifest, "utf8"));

const withMap = (url) => `<!doctype html>
<script type="importmap">{ "imports": { "socket.io-client": "${url}" } }</script>
<script type="module">import { talk } from "/talk.js"; window.talk = talk;</script>`;
const withTag = (url) => `<!doctype html>
<script src="${url}"></script>
<script>
  window.talk = (url, options) => new Promise((resolve, reject) => {
    const socket = io(url, options);
    const other = io.connect(url, { ...options, forceNew: true });
    socket.on("connect_error", reject);
    socket.emit("echo", "hello", (text) => other.emit("echo", "you", (again) => {
      resolve([text, again, socket instanceof io.Socket, typeof io.Manager, socket.io.engine.transport.name]);
      socket.disconnect();
      other.disconnect();
    }));
  });
</script>`;

describe("without a bundler", { skip }, () => {
  const texts = { "/talk.js": readFileSync(join(apps, "talk.js"), "utf8") };
  let backend, browser, cdn;
  before(async () => {
    [backend, browser, cdn] = await Promise.all([
      startBackend({ texts }),
      launch(),
      serveFiles({}, client),
    ]);
  });
  after(async () => {
    await browser.close();
    cdn.http.close();
    cdn.http.closeAllConnections();
    await backend.close();
  });

  async function open(page, transports) {
    texts["/"] = page;
    const { found, errors } = await talkInPage(browser, backend.url, transports);
    assert.deepEqual(errors, []);
    return found;
  }

  const modules = {
    "the server": () => "/socket.io/socket.io.esm.min.js",
    "a CDN": () => `${cdn.url}/dist/socket.io.esm.min.js`,
  };
  for (const [from, url] of Object.entries(modules)) {
    it(`an import map to ${from}`, async () => {
      const found = await open(withMap(url()));
      assert.deepEqual(found, [expected("polling"), expected("websocket")]);
    });
  }

  const scripts = {
    "the server": () => "/socket.io/socket.io.js",
    "the server, small": () => "/socket.io/socket.io.min.js",
    "a CDN": () => `${cdn.url}/dist/socket.io.js`,
    "a CDN, small": () => `${cdn.url}/dist/socket.io.min.js`,
    "a CDN that looks for the package's file": () => `${cdn.url}/${unpkg}`,
  };
  for (const [from, url] of Object.entries(scripts)) {
    it(`a script tag to ${from}`, async () => {
      const found = await open(withTag(url()));
      const same = ["hello", "you", true, "function"];
      assert.deepEqual(found, [
        [...same, "polling"],
        [...same, "websocket"],
      ]);
    });
  }

  it("CDNs agree on the file", () => assert.equal(jsdelivr, unpkg));
});
