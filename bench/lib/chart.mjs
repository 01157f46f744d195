// The figures as an SVG: one panel a scenario, one bar a server, shorter is better. Follows the reader's light or dark setting.
import { short } from "./numbers.mjs";
import { unitOf } from "./scenarios.mjs";
import { kindOf, picture, text } from "./svg.mjs";

const width = 960;
const margin = 24;
const columnGap = 40;
const panelWidth = (width - 2 * margin - columnGap) / 2;
const headHeight = 84;
const footHeight = 36;
const titleHeight = 30;
const barHeight = 14;
const barStep = 22;
const panelGap = 24;
const labelWidth = 160;
const valueWidth = 56;
const barMax = panelWidth - labelWidth - valueWidth;
const barMin = 1.5;

function bar(peer, cost, failed, longest, y) {
  const strong = peer.ours ? " strong" : "";
  const baseline = y + barHeight - 2.5;
  const label = text(labelWidth - 10, baseline, peer.label, `end${strong}`);
  if (failed) return label + text(labelWidth + 6, baseline, "failed", "bad strong");
  const length = Math.max(barMin, (cost.value / longest) * barMax);
  const rect = `<rect x="${labelWidth}" y="${y}" width="${length.toFixed(1)}" height="${barHeight}" rx="2" class="${kindOf(peer)}"/>`;
  return (
    label +
    rect +
    text((labelWidth + length + 7).toFixed(1), baseline, short(cost.value), `value${strong}`)
  );
}

function playingIn(figure, peers) {
  return peers.filter(({ name }) => figure.costs[name] || figure.failures[name]);
}

function panelHeight(figure, peers) {
  return titleHeight + playingIn(figure, peers).length * barStep;
}

function panel(figure, peers, x, y) {
  const { scenario, costs, failures } = figure;
  const longest = Math.max(...Object.values(costs).map((cost) => cost.value));
  const playing = playingIn(figure, peers);
  const bars = playing.map((peer, i) =>
    bar(peer, costs[peer.name], failures[peer.name], longest, titleHeight + i * barStep - 4),
  );
  const bottom = titleHeight + playing.length * barStep - 8;
  return [
    `<g transform="translate(${x} ${y})">`,
    text(0, 13, scenario.title, "panel"),
    text(panelWidth, 13, `${unitOf(scenario)} / ${scenario.per}`, "faint end"),
    `<line x1="${labelWidth}" x2="${labelWidth}" y1="${titleHeight - 8}" y2="${bottom}" class="axis"/>`,
    ...bars,
    "</g>",
  ].join("\n");
}

/** Panels in two columns, row by row. */
function panels(figures, peers) {
  const parts = [];
  let y = headHeight;
  for (let i = 0; i < figures.length; i += 2) {
    const row = figures.slice(i, i + 2);
    parts.push(...row.map((it, j) => panel(it, peers, margin + j * (panelWidth + columnGap), y)));
    y += Math.max(...row.map((it) => panelHeight(it, peers))) + panelGap;
  }
  return { parts, bottom: y };
}

export function chart(figures, peers, machine) {
  const { parts, bottom } = panels(figures, peers);
  const isOfClients = figures.every(({ scenario }) => scenario.sample !== undefined);
  const height = bottom + footHeight - panelGap;
  return picture({
    width,
    height,
    margin,
    title: `What a message costs the ${isOfClients ? "client" : "server"}`,
    subtitle: "CPU time (user + system) unless the panel says otherwise; shorter is better.",
    label: `Server cost by scenario: ${peers.map((peer) => peer.label).join(", ")}`,
    parts,
    machine,
  });
}
