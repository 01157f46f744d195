// Runs a case on npm's pairing and on the three with Hawser, and compares what was observed.
import { within } from "../../src/support/wait.ts";
import { firstDifference, normal } from "./normal.ts";
import { Stage } from "./stage.ts";
import type { TransportMode } from "../../src/support/pairing.ts";
import type { Case } from "./case.ts";
import type { Pairing } from "./stage.ts";

const caseMs = 20_000;

export const reference: Pairing = { server: "socket.io", client: "socket.io" };

/** The pairings that are held against npm's own. */
export const pairings = {
  server: { server: "hawser", client: "socket.io" },
  client: { server: "socket.io", client: "hawser" },
  both: { server: "hawser", client: "hawser" },
} as const satisfies Record<string, Pairing>;

export type PairingName = keyof typeof pairings;

export interface Verdict {
  readonly pairing: PairingName | "reference";
  /** Nothing when it is as it should be. */
  readonly wrong?: string;
  readonly ms: number;
}

/** The pairings that a case is about. */
export function pairingsOf({ of }: Case): readonly PairingName[] {
  return of === undefined ? ["server", "client", "both"] : [of];
}

/** What a case showed on one pairing; a throw is its failure. */
async function observe(given: Case, pairing: Pairing, mode: TransportMode): Promise<unknown> {
  const stage = await Stage.set(pairing, mode);
  try {
    // Written down at once: what is observed may change when the stage is cleared.
    return await within(
      "the end of the case",
      (async () => normal(await given.run(stage)))(),
      caseMs,
    );
  } finally {
    await within("the end of what the case left behind", stage.clear());
  }
}

function expectedOf(given: Case, name: PairingName, mode: TransportMode): unknown {
  const { differs } = given;
  const expected = differs?.expected[name];
  return typeof expected === "function"
    ? (expected as (mode: TransportMode) => unknown)(mode)
    : expected;
}

function judged(
  given: Case,
  name: PairingName,
  mode: TransportMode,
  wanted: unknown,
  seen: unknown,
) {
  const declared = expectedOf(given, name, mode);
  if (declared === undefined) {
    const difference = firstDifference(wanted, seen);
    return difference && `not as npm's ${difference}`;
  }
  const difference = firstDifference(normal(declared), seen);
  if (difference !== undefined) return `not as declared ${difference}`;
  return firstDifference(wanted, seen) === undefined
    ? "declared to be different, but it is the same"
    : undefined;
}

const textOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);

/** The verdicts of one case in one mode; `only` leaves out the other pairings. */
export async function judge(
  given: Case,
  mode: TransportMode,
  only: readonly PairingName[],
): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  let started = performance.now();
  const since = (): number => Math.round(performance.now() - started);
  let wanted: unknown;
  try {
    wanted = await observe(given, reference, mode);
    verdicts.push({ pairing: "reference", ms: since() });
  } catch (error) {
    return [{ pairing: "reference", wrong: textOf(error), ms: since() }];
  }
  for (const name of pairingsOf(given)) {
    if (!only.includes(name)) continue;
    started = performance.now();
    let wrong: string | undefined;
    try {
      wrong = judged(given, name, mode, wanted, await observe(given, pairings[name], mode));
    } catch (error) {
      wrong = textOf(error);
    }
    verdicts.push({ pairing: name, ms: since(), ...(wrong === undefined ? {} : { wrong }) });
  }
  return verdicts;
}
