// The page of @socket.io/admin-ui, unchanged, in Chromium: it shows our sockets. Its fonts from afar are not fetched.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join, normalize } from "node:path";
import { after, before, describe, it } from "node:test";
import { instrument } from "@socket.io/admin-ui";
import { chromium } from "playwright-core";
import { hawserServer } from "./support/alias.mjs";
import { World, portOf } from "./support/world.mjs";

const { Server } = hawserServer();
const executablePath = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const skip = existsSync(executablePath) ? false : `there is no ${executablePath}`;
const manifest = createRequire(import.meta.url).resolve("@socket.io/admin-ui/package.json");
const page = join(dirname(manifest), "ui", "dist");
const patienceMs = 15_000;
const types = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };

/** Serves the page's files beside our own paths. */
function servePage(http) {
  http.on("request", (request, response) => {
    const { pathname } = new URL(request.url, "http://page.test");
    if (pathname.startsWith("/socket.io/")) return;
    const file = join(page, normalize(pathname === "/" ? "/index.html" : pathname));
    if (!existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    response.setHeader("Content-Type", types[extname(file)] ?? "application/octet-stream");
    response.end(readFileSync(file));
  });
}

describe("the page of @socket.io/admin-ui", { skip }, () => {
  const world = new World();
  let io, client, tab;
  before(async () => {
    io = await world.server(Server);
    servePage(io.httpServer);
    instrument(io, { auth: false, mode: "development" });
    client = await world.client(io, { transports: ["websocket"] });
    const browser = await chromium.launch({
      executablePath,
      args: ["--no-sandbox", "--disable-gpu"],
    });
    world.onEnd(() => browser.close());
    tab = await browser.newPage();
    await tab.route(/googleapis|jsdelivr/, (route) => route.abort());
    const origin = `http://127.0.0.1:${portOf(io)}`;
    // What the page keeps of its form for the next visit.
    await tab.addInitScript((url) => {
      localStorage.setItem("server_url", url);
      localStorage.setItem("namespace", "/admin");
    }, origin);
    await tab.goto(`${origin}/#/sockets`);
  });
  after(() => world.end());

  it("connects, and lists the sockets with their transport", async () => {
    await tab.getByText("connected", { exact: true }).first().waitFor({ timeout: patienceMs });
    const row = tab.locator("tr", { hasText: client.id });
    await row.first().waitFor({ timeout: patienceMs });
    assert.match(await row.first().innerText(), /WebSocket/i);
  });

  it("shows one that comes, and takes it away when it leaves", async () => {
    const other = await world.client(io);
    const row = tab.locator("tr", { hasText: other.id });
    await row.first().waitFor({ timeout: patienceMs });
    other.disconnect();
    await row.first().waitFor({ state: "detached", timeout: patienceMs });
  });
});
