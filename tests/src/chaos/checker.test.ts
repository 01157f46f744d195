// The checker can fail: a history that keeps every promise passes, and each way to break one is found.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { check } from "./checker.ts";
import type { Fact, Seen } from "./history.ts";

const epoch = "e1";
const logged = (id: string, offset: number, room = "r"): Fact => ({
  kind: "logged",
  epoch,
  room,
  id,
  offset,
});
const heard = (id: string, room = "r"): Fact => ({ kind: "heard", client: "c", room, id });
const joined: Fact = { kind: "joined", client: "c", room: "r", after: undefined };
const reset: Fact = { kind: "reset", client: "c", reason: "retention", room: "r" };
const said: Fact[] = [{ kind: "run", run: 1, epoch }, joined, logged("a", 1), logged("b", 2)];
const talk: Fact[] = [...said, logged("c", 3)];

const kill: Fact = { kind: "kill", run: 1 };
const page = (page: number, outbox: number[] = []): Fact => ({
  kind: "page",
  client: "c",
  page,
  outbox,
});
const ordered = (order: number, page = 1): Fact => ({ kind: "ordered", client: "c", page, order });
const started = (order: number, run = 1, redelivered = false): Fact => ({
  kind: "started",
  client: "c",
  order,
  run,
  redelivered,
  message: `s:${order}`,
});
const answered = (order: number, run = 1): Fact => ({
  kind: "answered",
  client: "c",
  order,
  run,
  answer: `${order}.${run}`,
});
const settled = (order: number, page = 1, run = 1): Fact => ({
  kind: "settled",
  client: "c",
  page,
  order,
  answer: `${order}.${run}`,
});
const handled = (order: number): Fact[] => [ordered(order), started(order), answered(order)];
const died: Fact = { kind: "died", client: "c", page: 1 };

/** Just after the fact before it. */
const diedAtOnce = { ...died, at: 6_500_000 } as Fact;

/** One fact each second; what is older than one and a half when a page dies must have been stored. */
function seen(facts: Fact[]): Seen[] {
  return facts.map((fact, index) => ({ at: index * 1_000_000, ...fact }));
}

describe("the checker is content with", () => {
  const good: Record<string, Fact[]> = {
    "everything heard once and in order": [...talk, heard("a"), heard("b"), heard("c")],
    "what the next page hears again": [
      ...talk,
      heard("a"),
      heard("b"),
      diedAtOnce,
      heard("b"),
      heard("c"),
    ],
    "a gap that was told": [...talk, heard("a"), reset, heard("c")],
    "a gap at the end that was told": [...talk, heard("a"), reset],
    "a new session that begins later": [
      ...talk,
      heard("a"),
      { kind: "reset", client: "c", reason: "session" },
      { kind: "joined", client: "c", room: "r", after: "b" },
      heard("c"),
    ],
    "orders that were handled once": [
      page(1),
      ...handled(1),
      settled(1),
      ...handled(2),
      settled(2),
    ],
    "an order that ran again after a kill": [
      page(1),
      ordered(1),
      started(1),
      kill,
      started(1, 2, true),
      answered(1, 2),
      settled(1, 1, 2),
    ],
    "an order that the next page took over": [
      page(1),
      ...handled(1),
      died,
      page(2, [1]),
      settled(1, 2),
    ],
    "an order that its page took along": [page(1), ordered(1), died, page(2)],
    "an order that has failed and said so": [
      page(1),
      ordered(1),
      { kind: "settled", client: "c", page: 1, order: 1, code: "OUTBOX_FULL" },
    ],
  };
  for (const [what, facts] of Object.entries(good)) {
    it(what, () => assert.deepEqual(check(seen(facts)).violations, []));
  }
});

describe("the checker finds", () => {
  const bad: Record<string, [RegExp, Fact[]]> = {
    "a loss": [/never heard 1 \(b/, [...talk, heard("a"), heard("c")]],
    "a loss at the end": [/never heard 1 \(c/, [...talk, heard("a"), heard("b")]],
    "a client that is left behind": [/never heard 3/, talk],
    "a duplicate": [/heard a twice/, [...talk, heard("a"), heard("b"), heard("a"), heard("c")]],
    "what a page hears again that had time to note it": [
      /heard a twice/,
      [...talk, heard("a"), heard("b"), diedAtOnce, heard("a"), heard("b"), heard("c")],
    ],
    "another order": [/out of order/, [...talk, heard("b"), heard("a"), heard("c")]],
    "what no log has": [/no log has/, [...talk, heard("a"), heard("b"), heard("c"), heard("x")]],
    "a fork": [/forked/, [...talk, logged("x", 3), heard("a"), heard("b"), heard("c")]],
    "a message at two places": [/stands at 1 and at 4/, [...said, logged("a", 4)]],
    "a needless reset": [
      /where there is none/,
      [...talk, heard("a"), reset, heard("b"), heard("c")],
    ],
    "an order that never settled": [/never settled/, [page(1), ...handled(1)]],
    "an order that was lost": [/no handler saw it/, [page(1), ordered(1), settled(1)]],
    "an answer of nobody": [/no handler gave/, [page(1), ...handled(1), settled(1, 1, 7)]],
    "an order that settled twice": [
      /settled twice/,
      [page(1), ...handled(1), settled(1), settled(1)],
    ],
    "an order that was handled twice": [
      /twice without a kill/,
      [page(1), ...handled(1), started(1), answered(1), settled(1)],
    ],
    "an order that ran again though its client has the answer": [
      /after its answer had reached/,
      [page(1), ...handled(1), settled(1), kill, started(1, 2, true), answered(1, 2)],
    ],
    "an order that ran again though it was accepted": [
      /acceptance was durable/,
      [
        page(1),
        ...handled(1),
        { kind: "accepted", session: "s", counter: 1 },
        kill,
        started(1, 2, true),
        answered(1, 2),
        settled(1, 1, 2),
      ],
    ],
    "an order that ran again and did not say so": [
      /not marked/,
      [page(1), ordered(1), started(1), kill, started(1, 2), answered(1, 2), settled(1, 1, 2)],
    ],
    "orders in another order": [
      /started after order 2/,
      [page(1), ...handled(2), settled(2), ...handled(1), settled(1)],
    ],
    "two handlers at once": [
      /while order 1/,
      [page(1), ordered(1), ordered(2), started(1), started(2), answered(1), answered(2)],
    ],
    "an outbox that forgot": [
      /not in the outbox/,
      [page(1), ordered(1), started(1), died, page(2)],
    ],
    "an outbox that stored too late": [
      /not in the outbox/,
      [page(1), ordered(1), ordered(2), died, page(2, [2]), started(2), answered(2), settled(2)],
    ],
    "an order that was sent before it was stored": [
      /before it was stored/,
      [page(1), ordered(1), died, page(2), started(1), answered(1)],
    ],
  };
  for (const [what, [message, facts]] of Object.entries(bad)) {
    it(what, () => assert.match(check(seen(facts)).violations.join("\n"), message));
  }
});
