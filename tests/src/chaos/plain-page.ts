// A page with a client of the plain dialect and a session, written from the specification alone: it orders, listens, and
// writes down what it sees.
import { PlainClient } from "../support/plain-client.ts";
import { randomOf } from "../support/random.ts";
import { lastWord, roomsOf } from "./world.ts";
import type { Plain, PlainForm } from "../support/plain-client.ts";
import type { Random } from "../support/random.ts";
import type { Recorder } from "./history.ts";
import type { ClientsPlan, Page } from "./world.ts";

/** Nothing has come for so long: the line is dead, whatever TCP says. */
const silenceMs = 1_200;
const askMs = 400;
const backoffMs = 150;

interface Connected {
  session: string;
  position?: string;
  recovered: boolean;
  accepted: number;
  inFlight: number;
}

export class PlainPage implements Page {
  readonly #name: string;
  readonly #page: number;
  readonly #plan: ClientsPlan;
  readonly #history: Recorder;
  readonly #random: Random;
  readonly #awaited: Set<string>;
  readonly #form: PlainForm;
  #line: PlainClient | undefined;
  #order: number;
  #timer: NodeJS.Timeout | undefined;
  #heardAt = 0;
  #session: string | undefined;
  #position: string | undefined;
  #told: string | undefined;
  #inFlight = 0;
  #counter = 0;
  /** Orders that have not been settled, by their counters in the session. */
  #unsettled = new Map<number, number>();
  /** The highest counter that this line has carried. */
  #sent = 0;

  constructor(plan: ClientsPlan, client: ClientsPlan["clients"][number], history: Recorder) {
    this.#plan = plan;
    this.#name = client.name;
    this.#page = client.page;
    this.#order = client.nextOrder;
    this.#history = history;
    this.#random = randomOf(plan.seed + Number(client.name.slice(1)));
    this.#awaited = new Set(roomsOf(client.name));
    this.#form = this.#random(3) === 0 ? "msgpack" : "json";
  }

  open(): void {
    this.#history.record({ kind: "page", client: this.#name, page: this.#page, outbox: [] });
    this.#join();
    this.#later();
    setInterval(() => this.#look(), askMs);
  }

  calm(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  get idle(): boolean {
    return this.#unsettled.size === 0;
  }

  get heardAll(): boolean {
    return this.#awaited.size === 0;
  }

  toString(): string {
    const state = this.#line?.last("connected") ? "connected" : "away";
    return `${this.#name} (${this.#form}): ${state}, ${this.#unsettled.size} unsettled, waits for ${[...this.#awaited].join(" ")}`;
  }

  #join(): void {
    const line = new PlainClient(this.#plan.url, { form: this.#form });
    this.#line = line;
    this.#sent = 0;
    this.#inFlight = 0;
    this.#heardAt = performance.now();
    const auth = { client: this.#name };
    const [session, position] = [this.#session, this.#position];
    line.ws.on("open", () => {
      if (session === undefined) line.send({ connect: { session: true, auth } });
      else line.send({ recover: { session, auth, ...(position ? { position } : {}) } });
    });
    line.onMessage = (message) => {
      if (line === this.#line) this.#take(message);
    };
    line.ws.on("close", () => {
      if (line === this.#line) setTimeout(() => this.#join(), this.#random(backoffMs));
    });
  }

  /** Browsers cannot send a ping: asks in words, notes its position, and gives up a line that is silent. */
  #look(): void {
    const line = this.#line!;
    if (performance.now() - this.#heardAt > silenceMs) {
      line.ws.terminate();
      return;
    }
    if (line.ws.readyState !== line.ws.OPEN) return;
    line.send({ ping: this.#random(1_000) });
    if (this.#inFlight === 0 || this.#position === this.#told) return;
    line.send({ position: this.#position });
    this.#told = this.#position;
  }

  #take(message: Plain): void {
    this.#heardAt = performance.now();
    const line = this.#line!;
    // Nobody reads it here, and the run is long.
    if (line.messages.length > 1_000) line.messages.splice(0, 900);
    if ("connected" in message) this.#connected(message["connected"] as Connected);
    else if (message["event"] === "said") this.#hear(message);
    else if ("durable" in message) this.#answered(message);
    else if ("reset" in message) {
      const { reason, room } = message["reset"] as { reason: string; room?: string };
      this.#history.record({ kind: "reset", client: this.#name, reason, room });
    } else if ("error" in message) {
      console.error(`${this.#name}: ${JSON.stringify(message)}`);
    }
    const at = message["position"] ?? message["live"];
    if (typeof at === "string") this.#position = at;
  }

  #connected({ session, position, recovered, accepted, inFlight }: Connected): void {
    if (!recovered) {
      // Another session counts from one.
      this.#unsettled = new Map([...this.#unsettled.values()].map((order, at) => [at + 1, order]));
      this.#counter = this.#unsettled.size;
      this.#position = undefined;
      if (this.#session !== undefined) {
        this.#history.record({ kind: "reset", client: this.#name, reason: "session" });
      }
    }
    this.#session = session;
    if (position !== undefined) this.#position = position;
    this.#inFlight = inFlight;
    this.#told = undefined;
    // Those settled whose answers got lost with the line are answered again: they are sent again like all others.
    void accepted;
    this.#send(true);
  }

  #hear({ data }: Plain): void {
    const [{ room, id }] = data as [{ room: string; id: string }];
    this.#history.record({ kind: "heard", client: this.#name, room, id });
    if (id.startsWith(lastWord)) this.#awaited.delete(room);
  }

  #answered({ durable, data, error, retry }: Plain): void {
    const counter = durable as number;
    if (typeof retry === "number") {
      // 0: something before it is missing.
      const from = retry === 0 ? 0 : counter - 1;
      setTimeout(() => {
        this.#sent = Math.min(this.#sent, from);
        this.#send(true);
      }, retry);
      return;
    }
    const order = this.#unsettled.get(counter);
    if (order === undefined) return;
    this.#unsettled.delete(counter);
    const settled = { kind: "settled", client: this.#name, page: this.#page, order } as const;
    const code = (error as { code: string } | undefined)?.code;
    if (code !== undefined) this.#history.record({ ...settled, code });
    else this.#history.record({ ...settled, answer: (data as [string])[0] });
    this.#send(false);
  }

  /** Sends what is due, in order, no more at a time than was agreed on. */
  #send(again: boolean): void {
    const line = this.#line!;
    if (this.#inFlight === 0 || line.ws.readyState !== line.ws.OPEN) return;
    const due = [...this.#unsettled].slice(0, this.#inFlight);
    for (const [counter, order] of due) {
      if (counter <= this.#sent) continue;
      this.#sent = counter;
      const message = { event: "order", data: [{ order }], durable: counter };
      line.send(again ? { ...message, again } : message);
    }
  }

  #later(): void {
    this.#timer = setTimeout(
      () => {
        const order = this.#order++;
        this.#history.record({ kind: "ordered", client: this.#name, page: this.#page, order });
        this.#unsettled.set(++this.#counter, order);
        this.#send(false);
        this.#later();
      },
      this.#random(2 * this.#plan.pauseMs),
    );
  }
}
