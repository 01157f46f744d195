// The start command: whatever Node runs it, the playground answers, and signals and exit codes pass through.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Playground } from "../support/playground.ts";

describe("npm start", () => {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`serves the page, and ends well on ${signal}`, async (t) => {
      const playground = new Playground("scripts/start.mjs");
      t.after(() => playground.end());
      await playground.start();
      const page = await fetch(playground.url);
      assert.equal(page.status, 200);
      assert.match(await page.text(), /<!doctype html>/i);
      assert.equal((await fetch(`${playground.url}/socket.io/socket.io.js`)).status, 200);
      assert.equal(await playground.stop(signal), 0);
      assert.match(playground.output, /Stopping/);
    });
  }
});
