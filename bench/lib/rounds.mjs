// The order of things: scenario by scenario, in rounds in which the servers take turns, each time forwards or backwards,
// so that a drift of the machine favours nobody.
import { requireSameBuild } from "./build.mjs";
import { measure } from "./measure.mjs";
import { plays } from "./scenarios.mjs";

export function countSamples({ scenarios, peers, rounds }) {
  const pairs = scenarios.map((scenario) => peers.filter((peer) => plays(peer, scenario)).length);
  return pairs.reduce((sum, count) => sum + count, 0) * rounds;
}

/** `take` takes one sample of `{ ...options, peer, scenario }`. */
export async function runScenario(scenario, options, progress, take = measure) {
  const playing = options.peers.filter((peer) => plays(peer, scenario));
  const samples = Object.fromEntries(playing.map((peer) => [peer.name, []]));
  const failures = {};
  for (let round = 0; round < options.rounds; round++) {
    for (const peer of round % 2 === 0 ? playing : playing.toReversed()) {
      if (failures[peer.name] === undefined) {
        progress.step(scenario, peer, round);
        if (peer.ours) requireSameBuild(options.build);
        try {
          const sample = await take({ ...options, peer, scenario });
          samples[peer.name].push({ round, ...sample });
        } catch (error) {
          failures[peer.name] = error.message;
          progress.failure(scenario, peer, error);
        }
      }
      progress.done();
    }
  }
  return { scenario, samples, failures };
}

/**
 * One result a scenario: `samples` by peer, and `failures` of those that lost a message, or died.
 * Throws when our packages are rebuilt meanwhile.
 */
export async function runAll(options, progress, onResult) {
  const results = [];
  for (const scenario of options.scenarios) {
    const result = await runScenario(scenario, options, progress);
    results.push(result);
    onResult(result);
  }
  return results;
}
