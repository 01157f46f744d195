import { parentPort, receiveMessageOnPort } from "node:worker_threads";
import { limits } from "../limits.ts";
import type { FromThread, Group, Request, ToThread } from "../messages.ts";
import { Store } from "./store.ts";
import { failureOf, Trouble } from "./trouble.ts";

const port = parentPort!;
let store: Store | undefined;
/** In the order in which they came. */
let groups: Group[] = [];
const questions: { id: number; request: Request }[] = [];
let closing: number | undefined;
let flushTimer: NodeJS.Timeout | undefined;

port.on("message", (message: ToThread) => {
  take(message);
  work();
});

function say(message: FromThread): void {
  port.postMessage(message);
}

function take(message: ToThread): void {
  if (message.kind === "commit") groups.push(message);
  else if (message.kind === "trim") trim(message.nowMs);
  else if (message.request.kind === "close") closing = message.id;
  else questions.push(message);
}

/** Until nothing waits: what is to be written first, all of it at once, and readers in between. */
function work(): void {
  for (;;) {
    for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port)) {
      take(next.message as ToThread);
    }
    if (groups.length > 0) write();
    else if (questions.length === 0) break;
    const untilMs = performance.now() + limits.readingMs;
    while (questions.length > 0) {
      answer(questions.shift()!);
      if (groups.length > 0 || performance.now() > untilMs) break;
    }
  }
  if (closing !== undefined) close(closing);
  else flushInTime();
}

function prepare(): void {
  try {
    store?.beforeWrite();
  } catch {
    // The transaction meets the same trouble, and says so.
  }
}

/** One transaction for all that waits, up to a bound. */
function write(): void {
  let entries = 0;
  let end = 0;
  prepare();
  const entriesMax = store?.entriesMax ?? limits.transactionEntriesMax;
  while (end < groups.length && entries < entriesMax) entries += groups[end++]!.bytes.length;
  const now = groups.slice(0, end);
  groups = groups.slice(end);
  try {
    say({ kind: "committed", firsts: store!.writer.write(now) });
  } catch (error) {
    const commits = now.reduce((sum, it) => sum + it.sizes.length / 2, 0);
    say({ kind: "refused", commits, failure: failureOf(error) });
  }
}

function answer({ id, request }: { id: number; request: Request }): void {
  try {
    say({ kind: "answer", id, value: answerTo(request) });
  } catch (error) {
    say({ kind: "failed", id, failure: failureOf(error) });
  }
}

function answerTo(request: Request): unknown {
  if (request.kind === "open") {
    store ??= new Store(request);
    return store.opened;
  }
  if (store === undefined) throw new Trouble("LOG_FAILED", "it could not be opened");
  const { reader } = store;
  switch (request.kind) {
    case "read":
      return reader.read(request.query);
    case "history":
      return reader.history(request.query);
    case "get":
      return reader.get(request.key);
    case "states":
      return reader.states(request.prefix, request.after);
    case "close":
      break;
  }
  return undefined;
}

function trim(nowMs: number): void {
  try {
    if (store?.writer.trimSome(nowMs)) setImmediate(trim, nowMs);
  } catch {
    // What could not be trimmed is tried again with the next message.
  }
}

function flushInTime(): void {
  const ms = store?.flushInMs;
  if (ms === undefined || flushTimer !== undefined) return;
  flushTimer = setTimeout(() => {
    flushTimer = undefined;
    try {
      store?.flush();
    } catch {
      // The next message meets the same trouble, and says so.
    }
    flushInTime();
  }, ms);
}

function close(id: number): void {
  clearTimeout(flushTimer);
  try {
    store?.close();
    say({ kind: "answer", id, value: undefined });
  } catch (error) {
    say({ kind: "failed", id, failure: failureOf(error) });
  }
  port.close();
}
