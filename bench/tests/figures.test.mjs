import assert from "node:assert/strict";
import { test } from "node:test";
import { chart } from "../lib/chart.mjs";
import { doubtLines, figuresOf } from "../lib/figures.mjs";
import { short } from "../lib/numbers.mjs";
import { peers } from "../lib/peers.mjs";
import { selfTimes } from "../lib/profile.mjs";
import { markdownReport, terminalReport } from "../lib/report.mjs";
import { scenarios } from "../lib/scenarios.mjs";
import { median, pairedRatio } from "../lib/statistics.mjs";

const machine = {
  cpu: "<a & b>",
  cores: 2,
  memoryGiB: 1,
  kernel: "k",
  node: "v1",
  versions: { ws: "8" },
  date: "d",
};
const echo = scenarios.find((scenario) => scenario.name === "echo-32x16");
const running = peers.filter((peer) => ["ws", "socket.io", "hawser"].includes(peer.name));

function sample(round, value, busy = 1) {
  return {
    round,
    value,
    serverBusy: busy,
    generatorBusy: 0.5,
    disturbed: 0,
    systemShare: 0.5,
    perSecond: 1e6 / value,
  };
}

const result = {
  scenario: echo,
  samples: {
    ws: [sample(0, 10), sample(1, 20), sample(2, 10)],
    "socket.io": [sample(0, 20), sample(1, 40), sample(2, 20)],
    hawser: [sample(0, 3), sample(1, 6), sample(2, 5)],
  },
  failures: {},
};

test("median", () => {
  assert.equal(median([]), undefined);
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 2, 3]), 2.5);
});

test("a ratio pairs what was measured in the same round", () => {
  const ratio = pairedRatio(result.samples.hawser, result.samples.ws);
  assert.deepEqual(ratio, { median: 0.3, min: 0.3, max: 0.5 });
  assert.equal(pairedRatio([sample(0, 1)], [sample(1, 1)]), undefined);
});

test("figures hold our servers against the others, with the target", () => {
  const { costs, ratios, doubts } = figuresOf(result, running);
  assert.equal(costs.ws.value, 10);
  assert.deepEqual(
    ratios.map(({ subject, rival, median, target }) => [subject, rival, median, target]),
    [
      ["hawser", "socket.io", 0.15, 0.2],
      ["hawser", "ws", 0.3, 0.33],
    ],
  );
  assert.deepEqual(Object.values(doubts).filter(Boolean), []);
});

test("another dialect of our server is held against Socket.IO's on it, too", () => {
  const plain = peers.find((peer) => peer.name === "hawser-plain");
  const samples = { ...result.samples, "hawser-plain": [sample(0, 6), sample(1, 6), sample(2, 5)] };
  const figures = figuresOf({ ...result, samples }, [...running, plain]);
  assert.deepEqual(
    figures.ratios.map(({ subject, rival, median, target }) => [subject, rival, median, target]),
    [
      ["hawser-plain", "hawser", 1, 1],
      ["hawser-plain", "socket.io", 0.25, undefined],
      ["hawser-plain", "ws", 0.5, undefined],
      ["hawser", "socket.io", 0.15, 0.2],
      ["hawser", "ws", 0.3, 0.33],
    ],
  );
});

test("a server that was not busy is doubted", () => {
  const idle = { ...result, samples: { ws: [sample(0, 10, 0.4)] } };
  assert.deepEqual(doubtLines([figuresOf(idle, running)]), [
    "the generator was the bottleneck, the server busy only: echo-32x16, ws 40 %",
  ]);
});

test("a failure stands in every report", () => {
  const failed = {
    ...result,
    samples: { ...result.samples, hawser: [] },
    failures: { hawser: "lost: 3" },
  };
  const figures = [figuresOf(failed, running)];
  const options = { peers: running, rounds: 3, judge: true };
  assert.match(terminalReport(figures, options), /FAILED/);
  assert.match(
    markdownReport(figures, options, machine),
    /\*\*FAILED\*\* echo-32x16, hawser: lost: 3/,
  );
  assert.match(chart(figures, running, machine), />failed</);
});

test("a miss is judged, unless it is not to be", () => {
  const slow = { ...result, samples: { ...result.samples, hawser: [sample(0, 9)] } };
  const figures = [figuresOf(slow, running)];
  const judged = markdownReport(figures, { peers: running, rounds: 1, judge: true }, machine);
  assert.match(judged, /0\.90, ≤ 0\.33 ✗/);
  const plain = markdownReport(figures, { peers: running, rounds: 1, judge: false }, machine);
  assert.match(plain, /0\.90, ≤ 0\.33 \|/);
});

test("the chart escapes what it is given, and its longest bar is the dearest server's", () => {
  const svg = chart([figuresOf(result, running)], running, machine);
  assert.ok(svg.includes("&#60;a &#38; b&#62;") && !svg.includes("<a & b>"));
  const bars = [
    ...svg.matchAll(/<rect x="\d+" y="[\d.]+" width="([\d.]+)"[^>]*class="(peer|ours)"/g),
  ];
  assert.deepEqual(
    bars.map((it) => it[2]),
    ["peer", "peer", "ours"],
  );
  assert.equal(Math.max(...bars.map((it) => Number(it[1]))), Number(bars[1][1]));
});

test("numbers have three figures", () => {
  assert.deepEqual([0.196, 1.234, 12.34, 123.4, 12_345.6].map(short), [
    "0.20",
    "1.23",
    "12.3",
    "123",
    "12,346",
  ]);
});

test("a profile is summed by function, without the time in which nothing was to be done", () => {
  const callFrame = (functionName) => ({ functionName, url: "", lineNumber: 0 });
  const nodes = ["(idle)", "a", "b", "a"].map((name, id) => ({ id, callFrame: callFrame(name) }));
  const profile = {
    nodes,
    startTime: 0,
    endTime: 90,
    samples: [0, 1, 2, 3],
    timeDeltas: [0, 50, 10, 20, 10],
  };
  const times = selfTimes(profile);
  assert.deepEqual(times, [
    ["a", 0.5],
    ["b", 0.5],
  ]);
  assert.deepEqual(selfTimes(profile, 20), [["a", 1]]);
});
