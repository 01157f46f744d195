// What a run's processes agree on.

/**
 * Who takes part: our clients with durable delivery; unmodified ones with connection state recovery; or clients of the plain
 * dialect with sessions and readers of Server-Sent Events, in the same rooms as ours.
 */
export const kinds = ["durable", "recovery", "plain"] as const;
export type Kind = (typeof kinds)[number];

/** A client in a process of clients. */
export interface Page {
  open(): void;
  /** Nothing more is ordered. */
  calm(): void;
  /** Nothing of it is on its way. */
  readonly idle: boolean;
  readonly heardAll: boolean;
  /** For whoever wonders what it waits for. */
  toString(): string;
}

/** How the server process is started; as JSON in its first argument. */
export interface ServerPlan {
  run: number;
  /** 0 for the first run. */
  port: number;
  log: string;
  history: string;
  seed: number;
  clients: Kind;
  /** Messages that the log keeps; so many that nothing is lost, unless a run is about that. */
  keep: number;
  /** Nothing is said any more: the log is read from end to end, and that is all. */
  isLast: boolean;
  /** A mistake that the checker must find. */
  bug?: Bug | undefined;
}

/** How a process of clients is started. */
export interface ClientsPlan {
  url: string;
  history: string;
  seed: number;
  kind: Kind;
  /** Where their outboxes are. */
  store: string;
  clients: { name: string; page: number; nextOrder: number }[];
  /** Time between two orders of a client, on average, in ms. */
  pauseMs: number;
}

export const bugs = ["skips a page", "forgets what it accepted", "keeps its epoch"] as const;
export type Bug = (typeof bugs)[number];

const rooms = ["red", "green", "blue", "grey", "teal", "pink"];

/** All rooms in which something is said. */
export const allRooms: readonly string[] = rooms;

/** The rooms of a client, by its number: two, so that each room has several clients, and each pair is another one. */
export function roomsOf(client: string): string[] {
  const number = Number(client.replace(/\D/g, ""));
  const first = number % rooms.length;
  const second =
    (first + 1 + (Math.floor(number / rooms.length) % (rooms.length - 1))) % rooms.length;
  return [rooms[first]!, rooms[second]!];
}

/** What a client of a plain run speaks. */
export function wireOf(client: string): "plain" | "sse" | "ours" {
  return (["plain", "sse", "plain", "ours"] as const)[Number(client.replace(/\D/g, "")) % 4]!;
}

/** The last word in each room: who has heard it has heard everything. */
export const lastWord = "last word";
