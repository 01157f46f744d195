// Clients to server: what was ordered, what the handlers saw, and how the promises settled.
import type { Fact, Seen } from "./history.ts";

type Of<Kind extends Fact["kind"]> = Extract<Fact, { kind: Kind }>;

/** What a page gave to its outbox so long before it died must be in the store, in µs. */
const storedWithinUs = 1_500_000;

/** One order on its way through outbox, line, handler and back. */
interface Order {
  readonly starts: Of<"started">[];
  readonly answers: string[];
  settled: Of<"settled"> | undefined;
  /** The page that awaits it. */
  page: number;
  /** When its page gave it to the outbox. */
  readonly at: number;
  /** Its page died, and the next one did not find it: it had not been stored yet, or its answer had just come. */
  gone: boolean;
}

export interface OrderCounts {
  ordered: number;
  /** Handlers that ran again after a kill, and said so. */
  redelivered: number;
  /** Marked as perhaps run before, though it had not been. */
  cautious: number;
  /** Settled with an error's code. */
  failed: number;
  pages: number;
}

/** All orders of one client. */
class Client {
  readonly #name: string;
  readonly #violate: (text: string) => void;
  readonly #counts: OrderCounts;
  readonly #kills: ReadonlySet<number>;
  /** Up to where the messages of a session were durably accepted. */
  readonly #accepted: ReadonlyMap<string, number>;
  readonly #orders = new Map<number, Order>();
  /** The last order whose handler started for the first time. */
  #last = 0;
  /** The order that is being handled, and by which run. */
  #running: { order: number; run: number } | undefined;
  /** When its last page died. */
  #diedAt = Infinity;

  constructor(
    name: string,
    kills: ReadonlySet<number>,
    accepted: ReadonlyMap<string, number>,
    counts: OrderCounts,
    violate: (text: string) => void,
  ) {
    this.#name = name;
    this.#kills = kills;
    this.#accepted = accepted;
    this.#counts = counts;
    this.#violate = violate;
  }

  page({ page, outbox }: Of<"page">): void {
    this.#counts.pages++;
    for (const [number, order] of this.#orders) {
      if (order.settled !== undefined || order.gone || outbox.includes(number)) continue;
      order.gone = true;
      const sent = order.starts.length > 0 && order.answers.length === 0;
      if (sent || this.#diedAt - order.at > storedWithinUs) {
        this.#violate(`order ${number} of ${this.#name} is not in the outbox of page ${page}`);
      }
    }
    for (const order of outbox) this.#order(order).page = page;
  }

  died({ at }: Seen): void {
    this.#diedAt = at;
  }

  ordered({ order, page, at }: Of<"ordered"> & Seen): void {
    this.#counts.ordered++;
    this.#order(order, at).page = page;
  }

  settled(fact: Of<"settled">): void {
    const order = this.#order(fact.order);
    const what = `order ${fact.order} of ${this.#name}`;
    if (order.settled !== undefined && order.settled.page === fact.page) {
      this.#violate(`${what} settled twice`);
    }
    order.settled = fact;
    if (fact.code !== undefined) this.#counts.failed++;
    else if (!order.answers.includes(fact.answer!)) {
      this.#violate(`${what} got the answer ${fact.answer}, which no handler gave`);
    }
  }

  started(fact: Of<"started">): void {
    const { order: number, run, redelivered } = fact;
    const order = this.#order(number);
    const what = `order ${number} of ${this.#name}`;
    const before = order.starts.at(-1);
    if (order.gone && before === undefined) this.#violate(`${what} was sent before it was stored`);
    if (this.#running?.run === run) {
      this.#violate(`${what} started while order ${this.#running.order} was being handled`);
    }
    if (before === undefined) {
      if (number < this.#last) this.#violate(`${what} started after order ${this.#last}`);
      if (redelivered) this.#counts.cautious++;
      this.#last = Math.max(this.#last, number);
    } else if (before.run === run || !this.#kills.has(before.run)) {
      this.#violate(`${what} was handled twice without a kill between`);
    } else if (this.#isAccepted(before.message)) {
      this.#violate(`${what} was handled again though its acceptance was durable`);
    } else if (order.settled !== undefined) {
      this.#violate(`${what} was handled again after its answer had reached its client`);
    } else if (!redelivered) {
      this.#violate(`${what} was handled again after a kill, and not marked as redelivered`);
    } else {
      this.#counts.redelivered++;
    }
    order.starts.push(fact);
    this.#running = { order: number, run };
  }

  answered({ order, answer }: Of<"answered">): void {
    this.#order(order).answers.push(answer);
    this.#running = undefined;
  }

  end(): void {
    for (const [number, { settled, gone, starts }] of this.#orders) {
      const what = `order ${number} of ${this.#name}`;
      if (settled === undefined && !gone) this.#violate(`${what} never settled`);
      if (settled?.code === undefined && starts.length === 0 && !gone) {
        this.#violate(`${what} was lost: no handler saw it`);
      }
    }
  }

  #isAccepted(message: string): boolean {
    const at = message.lastIndexOf(":");
    return Number(message.slice(at + 1)) <= (this.#accepted.get(message.slice(0, at)) ?? 0);
  }

  #order(number: number, at = 0): Order {
    let order = this.#orders.get(number);
    if (order === undefined) {
      order = { starts: [], answers: [], settled: undefined, page: 0, at, gone: false };
      this.#orders.set(number, order);
    }
    return order;
  }
}

/** Each order is handled once and in order, and its promise ends in the answer that its handler gave. */
export function checkOrders(facts: readonly Seen[], violate: (text: string) => void): OrderCounts {
  const counts: OrderCounts = { ordered: 0, redelivered: 0, cautious: 0, failed: 0, pages: 0 };
  const kills = new Set(facts.flatMap((fact) => (fact.kind === "kill" ? [fact.run] : [])));
  const accepted = new Map<string, number>();
  const clients = new Map<string, Client>();
  const of = (name: string): Client => {
    const client = clients.get(name) ?? new Client(name, kills, accepted, counts, violate);
    clients.set(name, client);
    return client;
  };
  for (const fact of facts) {
    if (fact.kind === "page") of(fact.client).page(fact);
    else if (fact.kind === "died") of(fact.client).died(fact);
    else if (fact.kind === "ordered") of(fact.client).ordered(fact);
    else if (fact.kind === "settled") of(fact.client).settled(fact);
    else if (fact.kind === "started") of(fact.client).started(fact);
    else if (fact.kind === "answered") of(fact.client).answered(fact);
    else if (fact.kind === "accepted") accepted.set(fact.session, fact.counter);
  }
  for (const client of clients.values()) client.end();
  return counts;
}
