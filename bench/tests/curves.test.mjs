import assert from "node:assert/strict";
import { test } from "node:test";
import { curves } from "../lib/curves.mjs";
import { growthScenarios } from "../lib/growth.mjs";
import { peers } from "../lib/peers.mjs";

const machine = { versions: { ws: "8" }, cpu: "a & b", node: "v24", date: "2026-01-01" };

function figuresFor(scenarios, names) {
  const costs = Object.fromEntries(names.map((name, i) => [name, { value: 2 + i }]));
  return scenarios.map((scenario) => ({ scenario, costs, failures: {} }));
}

test("one panel a family, one line a server that was measured", () => {
  const svg = curves(figuresFor(growthScenarios, ["ws", "hawser"]), peers, machine);
  const families = new Set(growthScenarios.map(({ family }) => family));
  assert.equal(svg.match(/<g transform/g).length, families.size);
  assert.equal(svg.match(/<path /g).length, families.size * 2);
  assert.ok(!svg.includes("NaN") && svg.includes("a &#38; b"));
});

test("a single point is drawn too", () => {
  const svg = curves(figuresFor(growthScenarios.slice(0, 1), ["ws"]), peers, machine);
  assert.ok(!svg.includes("NaN"));
  assert.equal(svg.match(/<circle /g).length, 1);
});
