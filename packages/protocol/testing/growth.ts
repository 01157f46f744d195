// Quadratic work grows by 10,000 here. Caches, the compiler and the collector cost a few times.
export const linearGrowthMax: number = 800;

const runs = 3;
const attempts = 3;
// Below this a measurement is mostly noise, which must not look like growth.
const costFloorMicros = 50;

/** What `work` costs at 1, 10 and 100 times a size. */
export interface Growth {
  readonly costsMicros: readonly number[];
  /** Cost at 100 times the size by the cost at the size. */
  readonly hundredfold: number;
}

/**
 * The growth that a test judges. A busy machine can make linear work look worse, never quadratic work
 * look better by so much: so what looks bad is measured again.
 */
export function leastGrowthOf(size: number, prepare: (size: number) => () => unknown): Growth {
  let least = growthOf(size, prepare);
  for (let more = 1; more < attempts && least.hundredfold >= linearGrowthMax; more++) {
    const growth = growthOf(size, prepare);
    if (growth.hundredfold < least.hundredfold) least = growth;
  }
  return least;
}

/** Measures the best of some runs, since whatever else the machine does can only add to a run. */
export function growthOf(size: number, prepare: (size: number) => () => unknown): Growth {
  const works = [size, 10 * size, 100 * size].map((n) => prepare(n));
  // The first run pays for the compiler.
  for (const work of works) work();
  const costsMicros = works.map(costOf);
  return { costsMicros, hundredfold: costsMicros[2]! / costsMicros[0]! };
}

function costOf(work: () => unknown): number {
  let best = Infinity;
  for (let run = 0; run < runs; run++) {
    const before = performance.now();
    work();
    best = Math.min(best, performance.now() - before);
  }
  return Math.max(Math.round(best * 1_000), costFloorMicros);
}
