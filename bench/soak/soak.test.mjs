// The short form: nothing is left of those who have gone, and what would be left is found.
import assert from "node:assert/strict";
import { test } from "node:test";
import { judge, soak } from "./soak.mjs";

const timeout = 90_000;

test("nothing is left of those who have gone", { timeout }, async () => {
  const { grows, heap, buffers, samples } = await soak({ cycles: 5, loadMs: 2500 });
  assert.ok(samples.at(-1).connections > 500, `only ${samples.at(-1).connections} connections`);
  assert.equal(grows, false, `${heap.toFixed(1)} B of heap and ${buffers} B of buffers each`);
});

test("a leak is found", { timeout }, async () => {
  const { grows, heap } = await soak({ cycles: 4, loadMs: 2500, leak: true });
  assert.equal(grows, true, `only ${heap.toFixed(1)} B each`);
});

test("a long run is judged more strictly, and by its RSS", () => {
  const samples = Array.from({ length: 30 }, (_, at) => ({
    connections: at * 500,
    heapUsed: 10e6 + (at % 3) * 20_000,
    arrayBuffers: 0,
    rss: 60e6,
  }));
  assert.equal(judge(samples).grows, false);
  const growing = samples.map((it, at) => ({ ...it, heapUsed: it.heapUsed + at * 500 * 30 }));
  assert.equal(judge(growing).grows, true);
  const swelling = samples.map((it, at) => ({ ...it, rss: it.rss + at * 500 * 200 }));
  assert.equal(judge(swelling).grows, true);
});
