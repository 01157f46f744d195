import { CliError, textOf } from "../errors.ts";
import { limits } from "../limits.ts";
import { Backoff } from "../lines/backoff.ts";
import { makeLine } from "../lines/make-line.ts";
import type { ExitReason } from "../errors.ts";
import type { Answer, Line, LineHandler, LineOptions, Loss, OpenedLine } from "../lines/line.ts";
import type { Dialect } from "../target.ts";
import type { Printer } from "../terminal/printer.ts";

export interface SessionSettings {
  readonly dialect: Dialect;
  readonly line: LineOptions;
  readonly printer: Printer;
  /** Events that are shown and counted; undefined: all. */
  readonly events: ReadonlySet<string> | undefined;
  readonly count: number | undefined;
  readonly timeoutMs: number | undefined;
  readonly reconnects: boolean;
  /** Attempts in a row; undefined: one to begin with, and any number once it has been open. */
  readonly retries: number | undefined;
}

/** Answers that the server waits for and nobody has given; the oldest are forgotten. */
const openAnswersMax = 100;

/** One run of `connect` or `listen`: a line that comes back, what it says, and how it ends. */
export class Session implements LineHandler {
  /** Resolves when it is over; the line is closed by then. */
  readonly over: Promise<ExitReason>;
  readonly #settings: SessionSettings;
  readonly #backoff = new Backoff();
  readonly #answers = new Map<number, Answer>();
  #line: Line | undefined;
  #end!: (reason: ExitReason) => void;
  #fail!: (error: unknown) => void;
  #isOver = false;
  #isOpen = false;
  #wasOpen = false;
  #heard = 0;
  #answerId = 0;
  #ackId = 0;
  #waitingAcks = 0;
  #lostAcks = 0;
  #timer: NodeJS.Timeout | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #onOpened: (() => void)[] = [];
  #onSettled: (() => void)[] = [];
  #waitingRooms = 0;
  #onRooms: (() => void)[] = [];

  constructor(settings: SessionSettings) {
    this.#settings = settings;
    this.over = new Promise<ExitReason>((resolve, reject) => {
      this.#end = resolve;
      this.#fail = reject;
    }).finally(() => this.#stop());
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  async start(): Promise<void> {
    const { dialect, line, timeoutMs } = this.#settings;
    if (timeoutMs !== undefined) {
      this.#deadline = setTimeout(() => this.finish("timeout"), timeoutMs);
    }
    this.#line = await makeLine(dialect, line, this);
    this.#line.open();
  }

  /** Ends it; the first call counts. */
  finish(reason: ExitReason): void {
    this.#isOver = true;
    this.#end(reason);
  }

  fail(error: unknown): void {
    this.#isOver = true;
    this.#fail(error);
  }

  /** Resolves when the line is open. */
  async opened(): Promise<void> {
    if (!this.#isOpen) await new Promise<void>((resolve) => this.#onOpened.push(resolve));
  }

  /** Whether an acknowledgement that was asked for will never come, since its line has been lost. */
  get hasLostAcks(): boolean {
    return this.#lostAcks > 0;
  }

  /** Resolves when every acknowledgement that was asked for has come, or cannot any more. */
  async settled(): Promise<void> {
    if (this.#waitingAcks > 0) await new Promise<void>((resolve) => this.#onSettled.push(resolve));
  }

  /** Resolves when the server has answered what was subscribed to: before that it may take nobody for a member. */
  async roomsAnswered(): Promise<void> {
    if (this.#waitingRooms === 0) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#onRooms.push(resolve);
      timer = setTimeout(resolve, limits.roomsTimeoutMs);
    });
    clearTimeout(timer);
    this.#waitingRooms = 0;
  }

  emit(event: string, data: unknown[], wantsAck: boolean): void {
    const { printer } = this.#settings;
    if (!wantsAck) {
      this.#line!.emit(event, data);
      printer.event("out", event, data);
      return;
    }
    const id = this.#ackId + 1;
    this.#line!.emit(event, data, (answer) => {
      this.#waitingAcks -= 1;
      printer.ack("in", id, answer);
      if (this.#waitingAcks === 0) this.#letOn(this.#onSettled);
    });
    this.#ackId = id;
    this.#waitingAcks += 1;
    printer.event("out", event, data, { id });
  }

  /** Acknowledges an event of the server. @throws CliError */
  reply(id: number, data: unknown[]): void {
    const answer = this.#answers.get(id);
    if (!answer) throw new CliError("usage", `no event #${id} waits for an answer`);
    this.#answers.delete(id);
    answer(...data);
    this.#settings.printer.ack("out", id, data);
  }

  subscribe(rooms: string[], leave: boolean): void {
    this.#line!.subscribe(rooms, leave);
    this.#waitingRooms += 1;
  }

  command(name: string, words: string[]): boolean {
    return this.#line!.command(name, words);
  }

  onOpen({ id, over, recovered }: OpenedLine): void {
    const { printer, line, dialect } = this.#settings;
    this.#isOpen = true;
    this.#wasOpen = true;
    this.#backoff.reset();
    const name = id === undefined ? "" : ` as ${id}`;
    const how = recovered ? ", nothing was missed" : "";
    printer.notice(
      "good",
      `connected${name} (${dialect}${over === dialect ? "" : ` over ${over}`})${how}`,
      {
        type: "open",
        ...(id !== undefined && { id }),
        dialect,
        over,
        ...(recovered !== undefined && { recovered }),
      },
    );
    if (line.rooms.length > 0 && dialect !== "sse" && !recovered) {
      this.#try(() => this.subscribe([...line.rooms], false));
    }
    this.#letOn(this.#onOpened);
  }

  onEvent(event: string, data: unknown[], extra: { answer?: Answer; position?: string }): void {
    const { events, printer, count } = this.#settings;
    if (this.#isOver || (events && !events.has(event))) return;
    const { answer, position } = extra;
    let id: number | undefined;
    if (answer) {
      this.#answerId += 1;
      id = this.#answerId;
      this.#answers.set(id, answer);
      this.#answers.delete(id - openAnswersMax);
    }
    printer.event("in", event, data, {
      ...(id !== undefined && { id }),
      ...(position !== undefined && position !== "" && { position }),
    });
    this.#heard += 1;
    if (this.#heard === count) this.finish("ok");
  }

  onNotice(type: string, text: string, fields: Record<string, unknown>, isBad = false): void {
    this.#settings.printer.notice(isBad ? "bad" : "quiet", text, { type, ...fields });
    if (type !== "subscribed" && type !== "unsubscribed") return;
    this.#waitingRooms -= 1;
    if (this.#waitingRooms <= 0) this.#letOn(this.#onRooms);
  }

  onLoss(loss: Loss): void {
    if (this.#isOver) return;
    const { printer, reconnects, retries } = this.#settings;
    this.#isOpen = false;
    this.#answers.clear();
    // What was lost with the line is not answered any more.
    this.#lostAcks += this.#waitingAcks;
    this.#waitingAcks = 0;
    this.#waitingRooms = 0;
    this.#letOn(this.#onSettled);
    this.#letOn(this.#onRooms);
    const { reason, refused, retry, data } = loss;
    const more = data === undefined ? "" : ` ${JSON.stringify(data)}`;
    const attempts = this.#backoff.attempts;
    const mayTry = retries === undefined ? this.#wasOpen : attempts < retries;
    if (refused || retry === false || !reconnects || !mayTry) {
      const type = refused ? "refused" : "lost";
      printer.notice("bad", `${type}: ${reason}${more}`, { type, reason, ...(more && { data }) });
      this.finish(refused ? "refused" : loss.clean ? "ok" : "lost");
      return;
    }
    const delayMs = Math.max(this.#backoff.next(), retry ?? 0);
    const text = `lost: ${reason}; again in ${(delayMs / 1_000).toFixed(1)} s (attempt ${attempts + 1})`;
    printer.notice("bad", text, { type: "lost", reason, retryMs: delayMs, attempt: attempts + 1 });
    this.#timer = setTimeout(() => this.#line!.open(), delayMs);
  }

  #letOn(waiting: (() => void)[]): void {
    for (const done of waiting.splice(0)) done();
  }

  /** What the user has asked for wrongly must not end the line. */
  #try(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.onNotice("error", textOf(error), { message: textOf(error) }, true);
    }
  }

  async #stop(): Promise<void> {
    clearTimeout(this.#timer);
    clearTimeout(this.#deadline);
    await this.#line?.close();
  }
}
