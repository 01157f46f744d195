// A client of durable delivery in its smallest form, on the platform's own WebSocket: what the wire says and no more.
import { until, within } from "../support/wait.ts";

interface Position {
  epoch: string;
  offset: number;
}

interface Greeting {
  session: { id: string; secret: string };
  recovered: boolean;
  position: Position;
  accepted: number;
  inFlight: number;
}

/** A durable message that waits for its answer. */
interface Unanswered {
  counter: number;
  args: unknown[];
  sent: boolean;
  settle: (outcome: unknown[]) => void;
}

export class DurableLine {
  readonly heard: unknown[][] = [];
  readonly resets: { reason: string; room?: string }[] = [];
  greeting: Greeting | undefined;
  live = false;
  fenced = false;
  connects = 0;
  /** How often a message came that it had had already. */
  repeats = 0;
  sid = "";
  #url: string;
  #session: Greeting["session"] | undefined;
  #position: Position | undefined;
  #socket: WebSocket | undefined;
  readonly #outbox: Unanswered[] = [];
  #next = 1;
  #stopped = false;

  /** @param port of the server, or of something before it */
  constructor(port: number) {
    this.#url = `ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`;
  }

  /** Comes and comes again until {@link stop}. */
  start(): this {
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    this.live = false;
    socket.addEventListener("message", ({ data }) => {
      if (socket === this.#socket) this.#onText(String(data));
    });
    socket.addEventListener("close", () => {
      if (socket !== this.#socket) return;
      this.live = false;
      if (!this.#stopped) setTimeout(() => !this.#stopped && this.start(), 5);
    });
    socket.addEventListener("error", () => {});
    return this;
  }

  /** Ends once it is live. */
  async untilLive(ms?: number): Promise<this> {
    await until("the client is live", () => this.live, ms);
    return this;
  }

  /** Another place to come to, such as a server that has been started again. */
  set port(port: number) {
    this.#url = this.#url.replace(/:\d+\//, `:${port}/`);
  }

  stop(): void {
    this.#stopped = true;
    this.#socket?.close();
  }

  /** Breaks the line from here. */
  cut(): void {
    this.#socket?.close();
  }

  /** Sends a durable message; gives the arguments of its answer. */
  emit(...args: unknown[]): Promise<unknown[]> {
    const counter = this.#next++;
    const settled = new Promise<unknown[]>((settle) => {
      const entry = { counter, args, sent: false, settle };
      this.#outbox.push(entry);
      this.#send(entry);
    });
    return within(`the answer to ${counter}`, settled, 30_000);
  }

  position(): void {
    this.#write(`42${JSON.stringify(["$position", this.#position!.offset])}`);
  }

  /** A second client with the same session. */
  twin(): DurableLine {
    const twin = new DurableLine(Number(new URL(this.#url).port));
    twin.#session = this.#session;
    twin.#position = this.#position;
    return twin;
  }

  #send(entry: Unanswered): void {
    if (this.greeting === undefined) return;
    const data = ["$emit", entry.counter, entry.sent ? 1 : 0, ...entry.args];
    entry.sent = this.#write(`42${entry.counter}${JSON.stringify(data)}`) || entry.sent;
  }

  #write(text: string): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(text);
    return true;
  }

  #onText(text: string): void {
    if (text === "2") this.#write("3");
    else if (text.startsWith("0")) this.#greet();
    else if (text.startsWith("40")) this.#onConnect(JSON.parse(text.slice(2)) as never);
    else if (text.startsWith("41")) this.stop();
    else if (text.startsWith("42[")) this.#onEvent(JSON.parse(text.slice(2)) as unknown[]);
    else if (text.startsWith("43")) {
      const at = text.indexOf("[");
      this.#onAnswer(Number(text.slice(2, at)), JSON.parse(text.slice(at)) as unknown[]);
    }
  }

  #greet(): void {
    const next = this.#outbox[0]?.counter ?? this.#next;
    const request = { v: 1, session: this.#session, position: this.#position, next };
    this.greeting = undefined;
    this.#write(`40${JSON.stringify({ $delivery: request })}`);
  }

  #onConnect({ sid, $delivery }: { sid: string; $delivery: Greeting }): void {
    this.sid = sid;
    this.connects += 1;
    this.greeting = $delivery;
    this.#session = $delivery.session;
    this.#position = $delivery.position;
    for (const entry of this.#outbox) this.#send(entry);
  }

  #onEvent([name, ...args]: unknown[]): void {
    if (name === "$durable") {
      const [offset, ...event] = args as [number, ...unknown[]];
      if (offset <= this.#position!.offset) {
        this.repeats += 1;
        return;
      }
      this.#position = { ...this.#position!, offset };
      this.heard.push(event);
    } else if (name === "$live") {
      this.#position = { ...this.#position!, offset: args[0] as number };
      this.live = true;
    } else if (name === "$reset") this.resets.push(args[0] as { reason: string });
    else if (name === "$fenced") this.fenced = true;
  }

  #onAnswer(counter: number, outcome: unknown[]): void {
    const at = this.#outbox.findIndex((entry) => entry.counter === counter);
    if (at === -1) return;
    if (outcome[0] === 2) {
      // All from here on come again, in their order.
      setTimeout(() => this.#outbox.slice(at).forEach((entry) => this.#send(entry)), 5);
      return;
    }
    const [entry] = this.#outbox.splice(at, 1);
    entry!.settle(outcome);
  }
}
