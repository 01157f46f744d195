import { forPeople, printable, withoutBytes } from "./values.ts";
import type { Colours } from "./colours.ts";
import type { Output } from "./world.ts";

/** One thing that happened, as `--json` prints it. */
export interface Entry {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** What stands beside an event: the number under which it is answered, its place in the log. */
export interface EventExtra {
  readonly id?: number | undefined;
  readonly position?: string | undefined;
}

/** What prints: for people, or one JSON object per line. */
export interface Printer {
  /** An event that came (`in`) or left (`out`). */
  event(direction: "in" | "out", event: string, data: readonly unknown[], extra?: EventExtra): void;
  ack(direction: "in" | "out", id: number, data: readonly unknown[]): void;
  /** What happened to the line. `tone` chooses the colour. */
  notice(tone: "good" | "bad" | "quiet", text: string, entry: Entry): void;
  frame(text: string, entry: Entry): void;
}

export interface PrinterOptions {
  readonly out: Output;
  readonly colours: Colours;
  /** JSON lines. */
  readonly json: boolean;
  /** Whether what was sent is repeated. */
  readonly echo: boolean;
  readonly now: () => Date;
  /** Writes a line, where a prompt has to be kept below it. */
  readonly write: (line: string) => void;
}

/** `12:03:09.041`, local time. */
export function clockText(date: Date): string {
  const two = (n: number): string => String(n).padStart(2, "0");
  const ms = String(date.getMilliseconds()).padStart(3, "0");
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${ms}`;
}

export function makePrinter(options: PrinterOptions): Printer {
  return options.json ? jsonPrinter(options) : textPrinter(options);
}

function jsonPrinter({ now, write, echo }: PrinterOptions): Printer {
  const put = (entry: Entry): void =>
    write(JSON.stringify(withoutBytes({ time: now().toISOString(), ...entry })));
  return {
    event: (direction, event, data, extra = {}) => {
      if (direction === "out") {
        if (echo) put({ type: "sent", event, data, ...extra });
      } else put({ type: "event", event, data, ...extra });
    },
    ack: (direction, id, data) => {
      if (direction === "in" || echo) put({ type: direction === "in" ? "ack" : "acked", id, data });
    },
    notice: (_tone, _text, entry) => put(entry),
    frame: (_text, entry) => put(entry),
  };
}

function textPrinter({ colours: c, now, write, echo }: PrinterOptions): Printer {
  const time = (): string => c.dim(clockText(now()));
  const tones = { good: c.green, bad: c.red, quiet: c.dim };
  const values = (data: readonly unknown[]): string =>
    data.map((it) => ` ${printable(forPeople(it))}`).join("");
  return {
    event: (direction, event, data, extra = {}) => {
      if (direction === "out" && !echo) return;
      const arrow = direction === "in" ? c.cyan("←") : c.yellow("→");
      const { id } = extra;
      const wants = id === undefined ? "" : c.dim(` #${String(id)}`);
      write(`${time()} ${arrow} ${c.bold(printable(event))}${values(data)}${wants}`);
    },
    ack: (direction, id, data) => {
      if (direction === "out" && !echo) return;
      const arrow = direction === "in" ? c.cyan("←") : c.yellow("→");
      write(`${time()} ${arrow} ${c.magenta(`ack #${id}`)}${values(data)}`);
    },
    notice: (tone, text) => write(`${time()} ${tones[tone](`• ${printable(text)}`)}`),
    frame: (text) => write(`${time()} ${text}`),
  };
}
