// The tables of a run: what each server costs, and the ratios with their targets.
import { styleText } from "node:util";
import { doubtLines } from "./figures.mjs";
import { machineText } from "./machine.mjs";
import { percent, ratioText, short } from "./numbers.mjs";
import { peerNamed, rivalsOf, subjectsOf } from "./peers.mjs";
import { unitOf } from "./scenarios.mjs";
import { columns, markdown } from "./table.mjs";

function costTable(figures, peers) {
  const head = ["scenario", "unit", ...peers.map((peer) => peer.label)];
  const rows = figures.map(({ scenario, costs, failures }) => [
    scenario.title,
    `${unitOf(scenario)}/${scenario.per}`,
    ...peers.map((peer) => (failures[peer.name] ? "FAILED" : short(costs[peer.name]?.value))),
  ]);
  return { head, rows };
}

function met(ratio) {
  return Number(ratioText(ratio.median)) <= ratio.target;
}

function ratioTable(figures, subject, peers, cell) {
  const rivals = rivalsOf(peers, subject).filter((peer) => peer !== subject);
  const head = [`${subject.label} against`, ...rivals.map((peer) => peer.label)];
  const rows = figures
    .filter(({ ratios }) => ratios.some((it) => it.subject === subject.name))
    .map(({ scenario, ratios }) => [
      scenario.title,
      ...rivals.map((rival) => {
        const ratio = ratios.find((it) => it.subject === subject.name && it.rival === rival.name);
        return ratio === undefined ? "-" : cell(ratio);
      }),
    ]);
  return { head, rows };
}

/** For the terminal. With `judge`, a ratio beyond its target is red. */
export function terminalReport(figures, { peers, judge }) {
  const cell = (ratio) => {
    if (ratio.target === undefined) return ratioText(ratio.median);
    const text = `${ratioText(ratio.median)} (≤ ${ratioText(ratio.target)})`;
    return judge ? styleText(met(ratio) ? "green" : "red", text) : text;
  };
  const costs = costTable(figures, peers);
  const parts = [columns(costs.head, costs.rows)];
  for (const subject of subjectsOf(peers)) {
    const { head, rows } = ratioTable(figures, subject, peers, cell);
    if (rows.length > 0) parts.push(columns(head, rows));
  }
  const doubts = doubtLines(figures);
  if (doubts.length > 0) parts.push(doubts.map((it) => styleText("yellow", it)).join("\n"));
  return parts.join("\n\n");
}

function spread(ratio) {
  return ratio.min === ratio.max ? "" : ` (${ratioText(ratio.min)}–${ratioText(ratio.max)})`;
}

function loadTable(figures) {
  const head = [
    "scenario",
    "server",
    "per second",
    "p50 µs",
    "p99 µs",
    "kernel",
    "server busy",
    "generator busy",
    "core lost to others",
  ];
  const rows = figures
    .filter(({ scenario }) => scenario.measure === "cpu" || scenario.measure === "latency")
    .flatMap(({ scenario, costs }) =>
      Object.entries(costs).map(([name, cost]) => [
        scenario.name,
        peerNamed(name).label,
        short(cost.perSecond),
        short(cost.p50),
        short(cost.p99),
        percent(cost.systemShare),
        percent(cost.serverBusy),
        percent(cost.generatorBusy),
        percent(cost.disturbed),
      ]),
    );
  return { head, rows };
}

function failureLines(figures) {
  return figures.flatMap(({ scenario, failures }) =>
    Object.entries(failures).map(
      ([name, text]) => `- **FAILED** ${scenario.name}, ${name}: ${text.split("\n")[0]}`,
    ),
  );
}

/** The figures in Markdown: for README.md. */
export function markdownSummary(figures, { peers, rounds, judge }, machine) {
  const cell = (ratio) => {
    const text = `${ratioText(ratio.median)}${spread(ratio)}`;
    if (ratio.target === undefined) return text;
    const verdict = !judge ? "" : met(ratio) ? " ✓" : " ✗";
    return `${text}, ≤ ${ratioText(ratio.target)}${verdict}`;
  };
  const costs = costTable(figures, peers);
  const ratios = subjectsOf(peers)
    .map((subject) => ratioTable(figures, subject, peers, cell))
    .filter(({ rows }) => rows.length > 0);
  const failures = failureLines(figures);
  const doubts = doubtLines(figures).map((it) => `- ${it}`);
  const counted = rounds === 1 ? "one round" : `medians of ${rounds} interleaved rounds`;
  return [
    machineText(machine),
    `Cost, ${counted}:`,
    markdown(costs.head, costs.rows),
    "Ratios, the median of the rounds' own (lowest–highest), and the target where there is one:",
    ...ratios.map(({ head, rows }) => markdown(head, rows)),
    ...(failures.length > 0 ? [failures.join("\n")] : []),
    ...(doubts.length > 0 ? [`To be read with care:\n\n${doubts.join("\n")}`] : []),
  ].join("\n\n");
}

/** The same with the load: for bench/results. */
export function markdownReport(figures, options, machine) {
  const load = loadTable(figures);
  const parts = [
    markdownSummary(figures, options, machine),
    "The load:",
    markdown(load.head, load.rows),
  ];
  return `${parts.join("\n\n")}\n`;
}
