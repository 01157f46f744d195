import { FakeConnection, settled } from "./fake-connection.ts";
import type { DeliveryAnswer, Position, ResetNotice, SessionKey } from "@hawser/protocol/internal";
import type { AnyServer } from "../src/erased.ts";

/** A client of durable delivery that keeps what a real one keeps, on lines without a network. */
export class DurablePeer {
  readonly io: AnyServer;
  readonly nsp: string;
  conn!: FakeConnection;
  sid = "";
  session: SessionKey | undefined;
  position: Position | undefined;
  next = 1;
  greeting: DeliveryAnswer | undefined;
  /** What was handed out: event and arguments. */
  readonly heard: unknown[][] = [];
  readonly offsets: number[] = [];
  readonly resets: ResetNotice[] = [];
  /** Messages without an offset. */
  readonly plain: unknown[][] = [];
  /** What came, by packet id. */
  readonly answers: Map<number, unknown[]> = new Map();
  readonly errors: unknown[] = [];
  /** Messages that came though it had them. */
  repeats = 0;
  live = false;
  fenced = false;
  disconnected = false;
  private ids = 0;

  constructor(io: AnyServer, nsp = "/") {
    this.io = io;
    this.nsp = nsp;
  }

  private get prefix(): string {
    return this.nsp === "/" ? "" : `${this.nsp},`;
  }

  /** Opens a line and asks to be let in. */
  async connect(auth: Record<string, unknown> = {}): Promise<this> {
    this.conn = new FakeConnection(this.io);
    this.live = false;
    this.disconnected = false;
    await this.join(auth);
    return this;
  }

  async join(auth: Record<string, unknown> = {}): Promise<void> {
    const request = { v: 1, session: this.session, position: this.position, next: this.next };
    await this.conn.send(`0${this.prefix}${JSON.stringify({ ...auth, $delivery: request })}`);
    await this.read();
  }

  /** Takes what has come, after everything that waits has run. */
  async read(): Promise<this> {
    await settled();
    await settled();
    for (const text of this.conn.take()) this.take(text);
    return this;
  }

  drop(): this {
    for (const text of this.conn.take()) this.take(text);
    this.conn.drop("transport close");
    return this;
  }

  /** Sends a durable message; gives the packet's id. */
  async emit(counter: number, flags: number, event: string, ...args: unknown[]): Promise<number> {
    const id = this.ids++;
    const data = JSON.stringify(["$emit", counter, flags, event, ...args]);
    await this.conn.send(`2${this.prefix}${id}${data}`);
    await this.read();
    return id;
  }

  async send(...event: unknown[]): Promise<void> {
    await this.conn.send(`2${this.prefix}${JSON.stringify(event)}`);
    await this.read();
  }

  private take(text: string): void {
    if (!text.slice(1).startsWith(this.prefix)) return;
    const body = text.slice(1 + this.prefix.length);
    if (text.startsWith("0")) this.onGreeting(JSON.parse(body));
    else if (text.startsWith("1")) this.disconnected = true;
    else if (text.startsWith("3")) {
      const at = body.indexOf("[");
      this.answers.set(Number(body.slice(0, at)), JSON.parse(body.slice(at)) as unknown[]);
    } else if (text.startsWith("4")) this.errors.push(JSON.parse(body));
    else if (text.startsWith("2[") || text.startsWith(`2${this.prefix}[`)) {
      this.onEvent(JSON.parse(body) as unknown[]);
    }
  }

  private onGreeting({ sid, $delivery }: { sid: string; $delivery?: DeliveryAnswer }): void {
    this.sid = sid;
    this.greeting = $delivery;
    if ($delivery === undefined) return;
    this.session = $delivery.session;
    this.position = $delivery.position;
  }

  private onEvent([name, ...args]: unknown[]): void {
    if (name === "$durable") {
      const [offset, ...event] = args as [number, ...unknown[]];
      if (offset <= this.position!.offset) {
        this.repeats++;
        return;
      }
      this.position = { ...this.position!, offset };
      this.offsets.push(offset);
      this.heard.push(event);
    } else if (name === "$live") {
      this.live = true;
      this.position = { ...this.position!, offset: args[0] as number };
    } else if (name === "$reset") this.resets.push(args[0] as ResetNotice);
    else if (name === "$fenced") this.fenced = true;
    else this.plain.push([name, ...args]);
  }
}
