// Medians, and ratios of what was measured in the same round.

export function median(numbers) {
  if (numbers.length === 0) return undefined;
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * The median over the rounds of a round's own ratio: what slows the machine for a while slows both sides of a pair.
 * Rounds that one of them lacks do not count.
 */
export function pairedRatio(samples, rivalSamples) {
  const ratios = [];
  for (const sample of samples) {
    const rival = rivalSamples.find((it) => it.round === sample.round);
    if (rival !== undefined && rival.value > 0) ratios.push(sample.value / rival.value);
  }
  if (ratios.length === 0) return undefined;
  return { median: median(ratios), min: Math.min(...ratios), max: Math.max(...ratios) };
}
