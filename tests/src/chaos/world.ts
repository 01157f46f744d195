// What a run's processes agree on.

/** How the server process is started; as JSON in its first argument. */
export interface ServerPlan {
  run: number;
  /** 0 for the first run. */
  port: number;
  log: string;
  history: string;
  seed: number;
  /** Unmodified clients with connection state recovery, or our own with durable delivery. */
  clients: "durable" | "recovery";
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
  kind: "durable" | "recovery";
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

/** The last word in each room: who has heard it has heard everything. */
export const lastWord = "last word";
