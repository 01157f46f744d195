// One job is one case in one mode. Both sides of the channel make the same list from the same sections.
import { transportModes } from "../../src/support/pairing.ts";
import type { TransportMode } from "../../src/support/pairing.ts";
import { sections } from "../cases/sections.ts";
import type { Case, Section } from "./case.ts";
import type { Verdict } from "./judge.ts";

export interface Job {
  readonly section: Section;
  readonly name: string;
  readonly given: Case;
  readonly mode: TransportMode;
}

/** What a worker is told, and what it answers. */
export type Order = { readonly job: number };
export type Answer =
  | { readonly job: number; readonly verdicts: Verdict[] }
  | { readonly uncaught: string; readonly during: number[] };

export const jobs: readonly Job[] = sections.flatMap((section) =>
  Object.entries(section.cases).flatMap(([name, given]) =>
    (given.modes ?? transportModes).map((mode) => ({ section, name, given, mode })),
  ),
);

export const titleOf = ({ section, name, mode }: Job): string =>
  `${section.title} · ${name} (${mode})`;
