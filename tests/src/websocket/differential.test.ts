// The same bytes for Hawser and for npm `ws`: the same messages, answers and close codes, but for differences that are
// named here. HAWSER_WEBSOCKET_PAIRS sets how many streams, HAWSER_TEST_SEED where they begin.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { TestContext } from "node:test";
import * as hawser from "@hawser/websocket";
import * as Peer from "ws";
import { next, until } from "../support/wait.ts";
import { dial, RawServer } from "./peer/handshake.ts";
import type { Line } from "./peer/line.ts";
import { cuts, mutatedStream } from "./peer/mutated.ts";
import { randomOf } from "../support/random.ts";

const pairs = Number(process.env["HAWSER_WEBSOCKET_PAIRS"] ?? 600);
const firstSeed = Number(process.env["HAWSER_TEST_SEED"] ?? 1);
const options = { maxPayload: 20_000, closeTimeout: 500 };

/** What a stream came to. */
interface Outcome {
  readonly messages: string[];
  readonly pongs: string[];
  /** The code of the `error` event, if there was one. */
  error: string | undefined;
  /** Of the close frame that was sent; undefined when none was. */
  sent: number | undefined;
  /** Of the `close` event. */
  code: number;
}

type Maker = "hawser" | "ws";
const makers: Record<Maker, typeof Peer> = { hawser: hawser as unknown as typeof Peer, ws: Peer };

/**
 * On some spoiled streams ws 8.23 throws out of its receiver, in the callback of zlib, where nobody can catch it. That
 * would end the process; here it is counted.
 */
let crashesOfWs = 0;
const uncaught: unknown[] = [];

/** Tells the errors that nobody catches apart by who threw them. */
function watchUncaught(t: TestContext): void {
  process.setUncaughtExceptionCaptureCallback((error) => {
    if (/node_modules.ws.lib/.test(error.stack ?? "")) crashesOfWs += 1;
    else uncaught.push(error);
  });
  t.after(() => process.setUncaughtExceptionCaptureCallback(null));
}

/** How long a line whose peer has ended it may stay; one whose receiver has thrown stays for good. */
const goneMs = 5_000;

/** Notes what a socket tells; resolves when it is closed. */
function note(socket: Peer.WebSocket, outcome: Outcome): Promise<void> {
  socket.on("message", (data, isBinary) =>
    outcome.messages.push(`${isBinary ? "binary" : "text"} ${(data as Buffer).toString("hex")}`),
  );
  socket.on(
    "error",
    (error: Error & { code?: string }) => (outcome.error ??= error.code ?? error.name),
  );
  return new Promise((resolve) => {
    socket.on("close", (code) => {
      outcome.code = code;
      resolve();
    });
  });
}

/** Pairs that run at a time; each waits for answers that may not come. */
const atATime = 16;
/** How long an answer to a whole stream may take: what it holds may have to be inflated. Only then the line is ended. */
const answerMs = 60;
/** The same for a pair that differed: on a busy machine one of the two may just have been late. */
const patientAnswerMs = 2_000;

/** Sends a stream, ends the line, and waits for the subject. */
async function outcomeOf(
  line: Line,
  closed: Promise<void>,
  outcome: Outcome,
  pieces: readonly Buffer[],
  waitMs: number,
): Promise<Outcome> {
  for (const piece of pieces) {
    await line.write(Buffer.from(piece));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await line.until(() => line.closeFrame !== undefined || line.ended, waitMs);
  line.socket.end();
  await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, goneMs).unref())]);
  await line.until(() => line.closed || line.ended);
  line.socket.destroy();
  const { closeFrame, happened } = line;
  outcome.pongs.push(...happened.map(({ kind, payload }) => `${kind} ${payload.toString("hex")}`));
  outcome.sent = closeFrame === undefined ? undefined : codeOf(closeFrame);
  return outcome;
}

const codeOf = (frame: Buffer): number => (frame.length >= 2 ? frame.readUInt16BE(0) : 1005);
const nothing = (): Outcome => ({
  messages: [],
  pongs: [],
  error: undefined,
  sent: undefined,
  code: 0,
});

const startsWith = (all: readonly string[], start: readonly string[]): boolean =>
  start.length <= all.length && start.every((one, at) => one === all[at]);

/** Differences that are meant; each says when it may be one. */
const meant: [name: string, holds: (ours: Outcome, theirs: Outcome) => boolean][] = [
  [
    "ws threw an error that nobody can catch",
    (ours, theirs) => theirs.code === 0 && ours.code !== 0 && crashesOfWs > 0,
  ],
  [
    "invalid UTF-8 is found at once, not at the end of the message",
    (ours, theirs) =>
      ours.error === "WS_ERR_INVALID_UTF8" && startsWith(theirs.messages, ours.messages),
  ],
  [
    "a length that is not in its shortest form is refused (RFC 6455, section 5.2)",
    (ours, theirs) =>
      ours.error === "WS_LENGTH_NOT_MINIMAL" && startsWith(theirs.messages, ours.messages),
  ],
  [
    "a length with its first bit set breaks the rules (1002) before it is too long (1009)",
    (ours, theirs) =>
      ours.error === "WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH" &&
      ours.error === theirs.error &&
      ours.sent === 1002,
  ],
  [
    "a header is judged when it is complete",
    (ours, theirs) =>
      ours.error === undefined &&
      (theirs.sent === 1002 || theirs.sent === 1009) &&
      ours.messages.join() === theirs.messages.join(),
  ],
  [
    "deflate data that ends in the middle is refused",
    (ours, theirs) =>
      ours.error === "WS_EXTENSION_DATA" && startsWith(theirs.messages, ours.messages),
  ],
  [
    "ws inflates each fragment by itself, and finds wrong data before the message is whole",
    (ours, theirs) => theirs.error === "Z_DATA_ERROR" && startsWith(ours.messages, theirs.messages),
  ],
];

class Comparison {
  readonly counts: Map<string, number> = new Map();
  readonly unmeant: string[] = [];

  /** What the two came to is called; undefined when that is not meant. */
  name(compressed: boolean, ours: Outcome, theirs: Outcome): string | undefined {
    // Who still inflates when the line ends has no chance to answer what came last.
    const late = compressed && (ours.sent === undefined || theirs.sent === undefined);
    const same =
      ours.messages.join() === theirs.messages.join() &&
      (ours.pongs.join() === theirs.pongs.join() ||
        (late && (startsWith(ours.pongs, theirs.pongs) || startsWith(theirs.pongs, ours.pongs)))) &&
      (ours.error === undefined) === (theirs.error === undefined) &&
      (ours.sent === theirs.sent || late) &&
      ours.code === theirs.code;
    return same ? "the same" : meant.find(([, holds]) => holds(ours, theirs))?.[0];
  }

  add(seed: number, name: string | undefined, ours: Outcome, theirs: Outcome): void {
    if (name === undefined)
      this.unmeant.push(`seed ${seed}: ${JSON.stringify({ ours, theirs }).slice(0, 1_500)}`);
    const key = name ?? "not meant";
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
  }

  check(what: string): void {
    console.log(
      `${what}: ${[...this.counts].map(([name, count]) => `${count} ${name}`).join("; ")}`,
    );
    assert.deepEqual(this.unmeant, []);
    assert.deepEqual(uncaught, []);
    assert.ok((this.counts.get("the same") ?? 0) > pairs / 4, "most are the same");
  }
}

function piecesOf(seed: number, masked: boolean, compressed: boolean): Buffer[] {
  const random = randomOf(seed);
  const changesMax = random(2) === 0 ? 0 : 3;
  return cuts(mutatedStream(random, { masked, compressed, changesMax }), random, 3);
}

/** Runs all pairs, some at a time, and compares. */
async function compareAll(
  what: string,
  compressed: boolean,
  run: (maker: Maker, seed: number, waitMs: number) => Promise<Outcome>,
): Promise<void> {
  const comparison = new Comparison();
  const runBoth = (seed: number, waitMs: number): Promise<[ours: Outcome, theirs: Outcome]> =>
    Promise.all([run("hawser", seed, waitMs), run("ws", seed, waitMs)]);
  let done = 0;
  const worker = async (): Promise<void> => {
    while (done < pairs) {
      const seed = firstSeed + (done += 1);
      let [ours, theirs] = await runBoth(seed, answerMs);
      if (comparison.name(compressed, ours, theirs) === undefined) {
        [ours, theirs] = await runBoth(seed, patientAnswerMs);
      }
      comparison.add(seed, comparison.name(compressed, ours, theirs), ours, theirs);
    }
  };
  await Promise.all(Array.from({ length: atATime }, worker));
  comparison.check(what);
}

async function asServers(t: TestContext, compressed: boolean, what: string): Promise<void> {
  watchUncaught(t);
  const ports = {} as Record<Maker, number>;
  const arrived = new Map<string, { outcome: Outcome; closed: Promise<void> }>();
  for (const maker of ["hawser", "ws"] as const) {
    const listening = { ...options, port: 0, host: "127.0.0.1", perMessageDeflate: compressed };
    const server = new makers[maker].WebSocketServer(listening);
    t.after(() => server.close());
    await next(server, "listening");
    ports[maker] = (server.address() as { port: number }).port;
    server.on("connection", (socket, request) => {
      const outcome = nothing();
      arrived.set(`${maker}${request.url}`, { outcome, closed: note(socket, outcome) });
    });
  }
  await compareAll(what, compressed, async (maker, seed, waitMs) => {
    const offer = compressed ? "permessage-deflate; client_no_context_takeover" : undefined;
    const path = `/${seed}`;
    const { line } = await dial(ports[maker], { offer, path });
    await until("the connection", () => arrived.has(maker + path));
    const { outcome, closed } = arrived.get(maker + path) as {
      outcome: Outcome;
      closed: Promise<void>;
    };
    arrived.delete(maker + path);
    return outcomeOf(line, closed, outcome, piecesOf(seed, true, compressed), waitMs);
  });
}

async function asClients(t: TestContext, compressed: boolean, what: string): Promise<void> {
  watchUncaught(t);
  const server = await RawServer.listen(false);
  t.after(() => server.close());
  await compareAll(what, compressed, async (maker, seed, waitMs) => {
    const path = `/${maker}/${seed}`;
    const accepted = server.accept(path, () =>
      compressed ? "permessage-deflate; server_no_context_takeover" : undefined,
    );
    const outcome = nothing();
    const url = `ws://127.0.0.1:${server.port}${path}`;
    const socket = new makers[maker].WebSocket(url, { ...options, perMessageDeflate: compressed });
    const closed = note(socket, outcome);
    const { line } = await accepted;
    return outcomeOf(line, closed, outcome, piecesOf(seed, false, compressed), waitMs);
  });
}

const timeout = 60_000 + pairs * 50;

describe(`${pairs} streams from seed ${firstSeed}, Hawser and ws`, { timeout }, () => {
  for (const compressed of [false, true]) {
    const how = compressed ? "with permessage-deflate" : "without compression";
    it(`as servers, ${how}`, (t) => asServers(t, compressed, `servers, ${how}`));
    it(`as clients, ${how}`, (t) => asClients(t, compressed, `clients, ${how}`));
  }
});
