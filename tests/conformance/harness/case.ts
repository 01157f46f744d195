// What a case is: a function that plays a scene on any pairing and returns what could be observed.
import type { TransportMode } from "../../src/support/pairing.ts";
import type { Stage } from "./stage.ts";

/** Plays a scene and returns what was observed: values that `normal.ts` can write down. */
export type Run = (it: Stage) => unknown;

/** What the other pairings than npm's are expected to show where they are different on purpose. */
export interface Difference {
  /** One row of the page: what it is about, what Socket.IO does, what Hawser does. */
  readonly what: string;
  readonly socketIo: string;
  readonly hawser: string;
  /** Why; one sentence. */
  readonly why: string;
  /** The observation with Hawser as the server, as the client, as both; one that is left out is npm's. */
  readonly expected: Readonly<Partial<Record<"server" | "client" | "both", Expected>>>;
}

/** The observation, or a function of the mode; where that returns undefined, npm's is demanded. */
export type Expected =
  | string
  | number
  | boolean
  | null
  | object
  | ((mode: TransportMode) => unknown);

export interface Case {
  readonly run: Run;
  /** The transports on which it runs; all of them when left out. */
  readonly modes?: readonly TransportMode[];
  /** The half that is looked at, when it makes no difference whose the other half is. */
  readonly of?: "server" | "client";
  /** It looks at what belongs to the process (warnings, uncaught exceptions): nothing else runs beside it. */
  readonly alone?: true;
  readonly differs?: Difference;
}

export interface Section {
  readonly title: string;
  /** The page of the documentation, below https://socket.io/docs/v4/. */
  readonly page: string;
  readonly cases: Readonly<Record<string, Case>>;
}

/** A section of the documentation and its cases by name. */
export function section(
  title: string,
  page: string,
  cases: Readonly<Record<string, Run | Case>>,
): Section {
  const whole = Object.entries(cases).map(([name, given]): [string, Case] => [
    name,
    typeof given === "function" ? { run: given } : given,
  ]);
  return { title, page, cases: Object.fromEntries(whole) };
}
