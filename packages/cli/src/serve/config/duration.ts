const units: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A time of the config, in ms; NaN for what is none. */
export function durationMs(value: number | string): number {
  if (typeof value === "number") return value > 0 ? value : Number.NaN;
  const parts = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(value.trim());
  return Number(parts?.[1]) * (units[parts?.[2] ?? ""] ?? Number.NaN);
}
