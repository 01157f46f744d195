import { CliError, textOf } from "../errors.ts";
import { parseLine } from "../terminal/input-line.ts";
import type { Dialect } from "../target.ts";
import type { Session } from "./session.ts";

const helpOf = (dialect: Dialect): string[] =>
  dialect === "raw"
    ? [
        "any text           is sent as it is (//text for one that begins with a slash)",
        "/binary 01ff…      bytes, as hex",
        "/ping text         a ping; /close 1000 reason",
        "/help, /quit",
      ]
    : [
        'chat "hi" 42       emits an event with JSON arguments; a word that is no JSON is text',
        'pic {"$base64":"AAEC"}   bytes',
        "/ack chat 42       emits and waits for the acknowledgement",
        "/reply 3 42        answers event #3",
        "/subscribe room…   and /unsubscribe room…",
        "/help, /quit",
      ];

/** Does what a line at the prompt or of a pipe asks for. Returns lines of help. @throws CliError */
export function sayLine(session: Session, dialect: Dialect, line: string): string[] {
  if (dialect === "raw" && (!line.startsWith("/") || line.startsWith("//"))) {
    if (line !== "") session.emit("message", [line.replace(/^\/\//, "/")], false);
    return [];
  }
  const parsed = parseLine(line);
  switch (parsed.type) {
    case "nothing":
      return [];
    case "wrong":
      throw new CliError("usage", `${parsed.message} (column ${parsed.at + 1})`);
    case "emit":
      session.emit(parsed.event, parsed.data, parsed.ack);
      return [];
    case "command":
    default:
      return doCommand(session, dialect, parsed.name, parsed.words, line);
  }
}

function doCommand(
  session: Session,
  dialect: Dialect,
  name: string,
  words: string[],
  line: string,
): string[] {
  switch (name) {
    case "help":
      return helpOf(dialect);
    case "quit":
    case "exit":
      session.finish("ok");
      return [];
    case "subscribe":
    case "unsubscribe":
      if (words.length === 0) throw new CliError("usage", `/${name} needs a room`);
      session.subscribe(words, name === "unsubscribe");
      return [];
    case "reply": {
      // The same grammar as of an event, whose name is the number.
      const parsed = parseLine(line.trim().replace(/^\/reply\s*/, ""));
      if (parsed.type !== "emit" || !/^\d+$/.test(parsed.event)) {
        throw new CliError("usage", "/reply needs the number of an event: /reply 3 42");
      }
      session.reply(Number(parsed.event), parsed.data);
      return [];
    }
    default:
      if (session.command(name, words)) return [];
      throw new CliError("usage", `there is no /${name}; /help tells what there is`);
  }
}

/** The same, where a mistake is told and not thrown. */
export function trySayLine(
  session: Session,
  dialect: Dialect,
  line: string,
  tell: (lines: string[]) => void,
): void {
  try {
    tell(sayLine(session, dialect, line));
  } catch (error) {
    session.onNotice("error", textOf(error), { message: textOf(error) }, true);
  }
}
