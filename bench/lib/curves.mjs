// Growth as an SVG: one panel a family of scenarios, one line a server, both axes logarithmic, lower is better.
import { short } from "./numbers.mjs";
import { unitOf } from "./scenarios.mjs";
import { kindOf, picture, text } from "./svg.mjs";

const width = 960;
const margin = 24;
const columnGap = 40;
const headHeight = 84;
const footHeight = 36;
const panelWidth = (width - 2 * margin - columnGap) / 2;
const panelHeight = 280;
const panelGap = 32;
const plot = { left: 52, right: panelWidth - 158, top: 32, bottom: panelHeight - 28 };
const labelStep = 16;
const tickGap = 44;

function scale([from, to], [start, end]) {
  const span = Math.log(to / from) || 1;
  return (value) => start + (Math.log(value / from) / span) * (end - start);
}

/** Round values that lie within: powers of ten, or where those are few, their halves and fifths too. */
function ticksOf([from, to]) {
  const steps = to / from > 100 ? [1] : [1, 2, 5];
  const ticks = [];
  for (let power = 10 ** Math.floor(Math.log10(from)); power <= to; power *= 10) {
    ticks.push(...steps.map((step) => step * power).filter((it) => it >= from && it <= to));
  }
  return ticks;
}

function atText(value) {
  if (value >= 2 ** 20) return `${value / 2 ** 20} Mi`;
  if (value >= 1024 && Number.isInteger(value / 1024)) return `${value / 1024} Ki`;
  return value.toLocaleString("en");
}

function pointsOf(peer, figures) {
  return figures
    .filter(({ costs }) => costs[peer.name] !== undefined)
    .map(({ scenario, costs }) => [scenario.at, costs[peer.name].value]);
}

/** Labels at the ends of the lines, pushed apart where they would lie on each other. */
function spread(labels) {
  const sorted = labels.toSorted((a, b) => a.y - b.y);
  for (let i = 1; i < sorted.length; i++) {
    sorted[i].y = Math.max(sorted[i].y, sorted[i - 1].y + labelStep);
  }
  return sorted;
}

function curve(peer, points, x, y, second) {
  const path = points.map(
    ([at, value], i) => `${i === 0 ? "M" : "L"}${x(at).toFixed(1)} ${y(value).toFixed(1)}`,
  );
  const dots = points.map(
    ([at, value]) =>
      `<circle cx="${x(at).toFixed(1)}" cy="${y(value).toFixed(1)}" r="3" class="${kindOf(peer)}"/>`,
  );
  return `<path d="${path.join("")}" class="curve ${kindOf(peer)}${second ? " second" : ""}"/>${dots.join("")}`;
}

function axes(ats, xs, ys, x, y) {
  const ticks = ticksOf(ys).map(
    (value) =>
      `<line x1="${plot.left}" x2="${plot.right}" y1="${y(value)}" y2="${y(value)}" class="axis"/>` +
      text(plot.left - 8, y(value) + 4, short(value), "faint end value"),
  );
  // From the right, since the last one says how far it goes; what would lie on its neighbour is left out.
  let free = Infinity;
  const shown = ats.toReversed().filter((at) => {
    if (x(at) > free) return false;
    free = x(at) - tickGap;
    return true;
  });
  return [
    ...ticks,
    ...shown.map((at) => text(x(at), plot.bottom + 18, atText(at), "faint middle value")),
  ];
}

function panel(family, figures, peers, left, top) {
  const ats = figures.map(({ scenario }) => scenario.at);
  const playing = peers
    .map((peer) => ({ peer, points: pointsOf(peer, figures) }))
    .filter(({ points }) => points.length > 0);
  const values = playing.flatMap(({ points }) => points.map(([, value]) => value));
  const xs = [Math.min(...ats), Math.max(...ats)];
  const ys = [Math.min(...values) * 0.8, Math.max(...values) * 1.25];
  const x = scale(xs, [plot.left, plot.right]);
  const y = scale(ys, [plot.bottom, plot.top]);
  const seen = new Set();
  const lines = playing.map(({ peer, points }) => {
    const second = seen.has(kindOf(peer));
    seen.add(kindOf(peer));
    return curve(peer, points, x, y, second);
  });
  const labels = playing.map(({ peer, points }) => ({ peer, y: y(points.at(-1)[1]) + 4 }));
  const { scenario } = figures[0];
  return [
    `<g transform="translate(${left} ${top})">`,
    text(0, 13, family, "panel"),
    text(panelWidth, 13, `${unitOf(scenario)} / ${scenario.per}`, "faint end"),
    ...axes(ats, xs, ys, x, y),
    ...lines,
    ...spread(labels).map(({ peer, y: at }) =>
      text(plot.right + 8, at.toFixed(1), peer.label, peer.ours ? "strong" : ""),
    ),
    "</g>",
  ].join("\n");
}

/** `figures` of scenarios that say `family` and `at`. */
export function curves(figures, peers, machine) {
  const families = Map.groupBy(figures, ({ scenario }) => scenario.family);
  const drawn = [...families].filter(([, list]) =>
    list.some(({ costs }) => Object.keys(costs).length > 0),
  );
  const parts = drawn.map(([family, list], i) => {
    const left = margin + (i % 2) * (panelWidth + columnGap);
    const top = headHeight + Math.floor(i / 2) * (panelHeight + panelGap);
    return panel(family, list, peers, left, top);
  });
  const rows = Math.ceil(drawn.length / 2);
  return picture({
    width,
    height: headHeight + rows * (panelHeight + panelGap) - panelGap + footHeight,
    margin,
    title: "How the cost grows",
    subtitle: "Both axes are logarithmic; lower is better.",
    label: `Growth of server cost: ${peers.map((peer) => peer.label).join(", ")}`,
    parts,
    machine,
  });
}
