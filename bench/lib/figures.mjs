// From samples to the figures of the report: medians, ratios, doubts.
import { rivalsOf, subjectsOf } from "./peers.mjs";
import { median, pairedRatio } from "./statistics.mjs";
import { targetOf } from "./targets.mjs";

const saturatedFrom = 0.9;
const disturbedFrom = 0.25;

function medianOf(samples, pick) {
  const numbers = samples.map((sample) => pick(sample)).filter((it) => it !== undefined);
  return median(numbers);
}

function costOf(samples) {
  return {
    value: medianOf(samples, (it) => it.value),
    min: Math.min(...samples.map((it) => it.value)),
    max: Math.max(...samples.map((it) => it.value)),
    perSecond: medianOf(samples, (it) => it.perSecond),
    p50: medianOf(samples, (it) => it.latencyUs?.p50),
    p99: medianOf(samples, (it) => it.latencyUs?.p99),
    systemShare: medianOf(samples, (it) => it.systemShare),
    serverBusy: medianOf(samples, (it) => it.serverBusy),
    generatorBusy: medianOf(samples, (it) => it.generatorBusy),
    disturbed: medianOf(samples, (it) => it.disturbed),
  };
}

function ratiosOf(scenario, samples, peers) {
  const ratios = [];
  for (const subject of subjectsOf(peers)) {
    for (const rival of rivalsOf(peers, subject)) {
      if (rival === subject) continue;
      const ratio = pairedRatio(samples[subject.name] ?? [], samples[rival.name] ?? []);
      const target = targetOf(subject.name, scenario.name, rival.name);
      if (ratio) ratios.push({ subject: subject.name, rival: rival.name, ...ratio, target });
    }
  }
  return ratios;
}

function worst(scenario, costs, peers, pick, isDoubtful) {
  const doubtful = peers.filter((peer) => costs[peer.name] && isDoubtful(costs[peer.name]));
  if (doubtful.length === 0) return undefined;
  const list = doubtful.map(
    (peer) => `${peer.label} ${Math.round(pick(costs[peer.name]) * 100)} %`,
  );
  return `${scenario.name}, ${list.join(", ")}`;
}

// Where the server was not the saturated side, CPU per message still counts, but batches were smaller than they would be.
function doubtsOf(scenario, costs, peers) {
  if (scenario.measure !== "cpu") return {};
  const busy = (cost) => cost.serverBusy;
  const idle = (cost) => cost.serverBusy < saturatedFrom && cost.generatorBusy <= cost.serverBusy;
  const starved = (cost) => cost.serverBusy < saturatedFrom && cost.generatorBusy > cost.serverBusy;
  const disturbed = (cost) => cost.disturbed > disturbedFrom;
  return {
    "the generator was the bottleneck, the server busy only": worst(
      scenario,
      costs,
      peers,
      busy,
      starved,
    ),
    "neither side was busy all the time, the server": worst(scenario, costs, peers, busy, idle),
    "others had the server's core": worst(
      scenario,
      costs,
      peers,
      (cost) => cost.disturbed,
      disturbed,
    ),
  };
}

/** What the reader should know before trusting the figures, one sentence each. */
export function doubtLines(figures) {
  const kinds = [...new Set(figures.flatMap(({ doubts }) => Object.keys(doubts)))];
  return kinds.flatMap((kind) => {
    const found = figures.map(({ doubts }) => doubts[kind]).filter((it) => it !== undefined);
    return found.length === 0 ? [] : [`${kind}: ${found.join("; ")}`];
  });
}

export function figuresOf({ scenario, samples, failures }, peers) {
  const measured = Object.entries(samples).filter(([, list]) => list.length > 0);
  const costs = Object.fromEntries(measured.map(([name, list]) => [name, costOf(list)]));
  return {
    scenario,
    costs,
    failures,
    ratios: ratiosOf(scenario, samples, peers),
    doubts: doubtsOf(scenario, costs, peers),
  };
}
