// A page with a client of durable delivery: it orders, listens, and writes down what it sees.
import { io } from "@hawser/client";
import { durable, fileStore } from "@hawser/client/durable";
import type { DurableSocket } from "@hawser/client/durable";
import { randomOf } from "../support/random.ts";
import { lastWord, roomsOf } from "./world.ts";
import type { Random } from "../support/random.ts";
import type { Recorder } from "./history.ts";
import type { ClientsPlan, Page } from "./world.ts";

export class DurablePage implements Page {
  readonly #name: string;
  readonly #page: number;
  readonly #plan: ClientsPlan;
  readonly #history: Recorder;
  readonly #random: Random;
  readonly #socket: DurableSocket;
  #order: number;
  #timer: NodeJS.Timeout | undefined;
  /** Whether its outbox has been read. */
  #begun = false;
  #isCalm = false;
  #unsettled = 0;
  /** Rooms whose last word it has not heard. */
  readonly #awaited: Set<string>;

  constructor(
    plan: ClientsPlan,
    client: ClientsPlan["clients"][number],
    store: string,
    history: Recorder,
  ) {
    this.#plan = plan;
    this.#name = client.name;
    this.#page = client.page;
    this.#order = client.nextOrder;
    this.#history = history;
    this.#random = randomOf(plan.seed + client.page * 1_000 + client.nextOrder);
    this.#awaited = new Set(roomsOf(client.name));
    this.#socket = io(plan.url, {
      autoConnect: false,
      forceNew: true,
      auth: { client: client.name },
      transports: this.#random(3) === 0 ? ["polling", "websocket"] : ["websocket"],
      reconnectionDelay: 20,
      reconnectionDelayMax: 200,
      timeout: 1_000,
      durable: durable({ storage: fileStore(store), name: client.name }),
    });
  }

  open(): void {
    const socket = this.#socket;
    socket.on("said", ({ room, id }: { room: string; id: string }) => this.#hear(room, id));
    socket.delivery.on("reset", ({ reason, room }) =>
      this.#history.record({ kind: "reset", client: this.#name, reason, room }),
    );
    void socket.outbox.ready.then(() => this.#begin());
  }

  /** Nothing more is ordered. */
  calm(): void {
    this.#isCalm = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Nothing of it is on its way. */
  get idle(): boolean {
    return this.#begun && this.#socket.outbox.length === 0 && this.#unsettled === 0;
  }

  get heardAll(): boolean {
    return this.#awaited.size === 0;
  }

  toString(): string {
    const { connected, outbox } = this.#socket;
    return `${this.#name}: ${connected ? "connected" : "away"}, ${outbox.length} in the outbox, ${this.#unsettled} unsettled, waits for ${[...this.#awaited].join(" ")}`;
  }

  #begin(): void {
    this.#begun = true;
    const left = this.#socket.outbox.entries;
    const numberOf = (args: readonly unknown[]): number => (args[0] as { order: number }).order;
    this.#history.record({
      kind: "page",
      client: this.#name,
      page: this.#page,
      outbox: left.map(({ args }) => numberOf(args)),
    });
    for (const entry of left) {
      const order = numberOf(entry.args);
      this.#order = Math.max(this.#order, order + 1);
      this.#await(order, entry.settled);
    }
    this.#socket.connect();
    this.#later();
  }

  #later(): void {
    if (this.#isCalm) return;
    this.#timer = setTimeout(
      () => {
        const order = this.#order++;
        this.#history.record({ kind: "ordered", client: this.#name, page: this.#page, order });
        this.#await(order, this.#socket.durable.emit("order", { order }));
        this.#later();
      },
      this.#random(2 * this.#plan.pauseMs),
    );
  }

  #await(order: number, outcome: Promise<unknown>): void {
    this.#unsettled++;
    const settled = { kind: "settled", client: this.#name, page: this.#page, order } as const;
    outcome
      .then(
        (answer) => this.#history.record({ ...settled, answer: answer as string }),
        (error: Error & { code?: string }) =>
          this.#history.record({ ...settled, code: error.code ?? error.message }),
      )
      .finally(() => this.#unsettled--);
  }

  #hear(room: string, id: string): void {
    this.#history.record({ kind: "heard", client: this.#name, room, id });
    if (id.startsWith(lastWord)) this.#awaited.delete(room);
  }
}
