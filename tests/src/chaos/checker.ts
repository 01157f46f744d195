// Judges a history: what was promised, and was not kept.
import { checkOrders } from "./check-orders.ts";
import { checkRooms } from "./check-rooms.ts";
import type { OrderCounts } from "./check-orders.ts";
import type { RoomCounts } from "./check-rooms.ts";
import type { Seen } from "./history.ts";

export interface Verdict extends RoomCounts, OrderCounts {
  /** Empty when every promise was kept. */
  violations: string[];
  kills: number;
  /** Reconnections of unmodified clients, and those of them that took up their session. */
  reconnected: number;
  recovered: number;
  faults: Record<string, number>;
}

/** @param facts what was seen, in that order */
export function check(facts: readonly Seen[]): Verdict {
  const violations: string[] = [];
  const violate = (text: string): void => void violations.push(text);
  const rooms = checkRooms(facts, violate);
  const orders = checkOrders(facts, violate);
  const faults: Record<string, number> = {};
  for (const fact of facts) {
    if (fact.kind === "fault") faults[fact.fault] = (faults[fact.fault] ?? 0) + 1;
  }
  const kills = facts.filter((fact) => fact.kind === "kill").length;
  const again = facts.filter((fact) => fact.kind === "reconnected");
  const reconnected = again.length;
  const recovered = again.filter((fact) => fact.recovered).length;
  return { violations, ...rooms, ...orders, kills, reconnected, recovered, faults };
}
