// A case: what is sent to the subject, what must come back, and how the line must end. `judge` runs it on an open line.
import { closeBody, op } from "./peer/frame.ts";
import type { FrameSpec } from "./peer/frame.ts";
import { patienceMs } from "./peer/line.ts";
import type { Happening, Line } from "./peer/line.ts";

/** How the line must end. */
export type End =
  /** The peer closes with 1000 once everything has come back, and gets 1000 back. */
  | { readonly kind: "closing" }
  /** The subject fails the connection with one of these codes, as soon as it has what is wrong. */
  | { readonly kind: "fails"; readonly codes: readonly number[] }
  /** What was sent holds a close frame; it is answered with one of these codes, `undefined` for none. */
  | { readonly kind: "answers"; readonly codes: readonly (number | undefined)[] };

export interface Case {
  /** Its number in the Autobahn test suite, or one of ours behind it. */
  readonly id: string;
  readonly title: string;
  readonly send: readonly FrameSpec[];
  /** How the bytes travel: in one write, in one for each frame, or in pieces of so many bytes. */
  readonly chop?: number | "frames" | undefined;
  /** What comes back, to the byte and in order. */
  readonly strict: readonly Happening[];
  /** What is tolerated instead, and counts as NON-STRICT. */
  readonly lenient?: readonly (readonly Happening[])[];
  readonly end: End;
  /** Pongs may overtake messages that are still being compressed: only their own order is looked at. */
  readonly pongsAnywhere?: boolean;
  /** Sends it all so many times, each time when everything of the time before has come back. */
  readonly rounds?: number;
  /** Looks whether a client leaves it to the server to end TCP. */
  readonly lingers?: boolean;
}

export type Grade = "OK" | "NON-STRICT" | "FAILED";

export interface Verdict {
  readonly grade: Grade;
  /** What is wrong, when something is. */
  readonly why: string;
  /** From the last byte sent to the close frame, and from there to the end of TCP. */
  readonly closeMs: number;
  readonly endMs: number;
}

/** A failure, and the end of TCP after it, has to come within this. Autobahn allows a second. */
const promptMs = 1_000;
/** How long a client is watched that must leave the end of TCP to the server. */
const lingerMs = 200;

export const text = (payload: string | Uint8Array): Happening => ({
  kind: "text",
  payload: Buffer.from(payload as Uint8Array),
});
export const binary = (payload: string | Uint8Array): Happening => ({
  kind: "binary",
  payload: Buffer.from(payload as Uint8Array),
});
export const pong = (payload: string | Uint8Array = ""): Happening => ({
  kind: "pong",
  payload: Buffer.from(payload as Uint8Array),
});

export const closing: End = { kind: "closing" };
export const fails = (...codes: number[]): End => ({ kind: "fails", codes });
export const answers = (...codes: (number | undefined)[]): End => ({ kind: "answers", codes });
export const protocolError: End = fails(1002);
export const notUtf8: End = fails(1007);

/** Runs a case. The socket is gone when this is over. */
export async function judge(line: Line, test: Case): Promise<Verdict> {
  const problems: string[] = [];
  try {
    for (let round = 1; round <= (test.rounds ?? 1); round += 1) {
      await line.send(test.send, test.chop);
      const due = round * test.send.length;
      if (test.rounds !== undefined)
        await line.until(() => line.happened.length >= due || line.ended);
    }
    if (test.end.kind === "closing") await closeNormally(line, test);
    const sentAt = performance.now();
    await line.until(() => line.closeFrame !== undefined || line.ended);
    const closeMs = line.closeFrameAt === 0 ? Infinity : Math.max(0, line.closeFrameAt - sentAt);
    problems.push(...checkClose(line, test.end, closeMs));
    if (test.end.kind === "fails")
      await line.send([{ opcode: op.close, payload: closeBody(1000) }]);
    problems.push(...(await checkEnd(line, test)));
    const endMs = Math.max(0, line.endedAt - line.closeFrameAt);
    if (line.offence !== undefined) problems.push(line.offence);
    const same = (events: readonly Happening[]): boolean =>
      test.pongsAnywhere === true
        ? equal(pongsLast(line.happened), pongsLast(events))
        : equal(line.happened, events);
    const strict = same(test.strict);
    const lenient = strict || (test.lenient ?? []).some(same);
    if (!lenient) problems.push(`came back: ${list(line.happened)}; due: ${list(test.strict)}`);
    const grade = problems.length > 0 ? "FAILED" : strict ? "OK" : "NON-STRICT";
    return { grade, why: problems.join("; "), closeMs, endMs };
  } finally {
    line.socket.destroy();
  }
}

async function closeNormally(line: Line, test: Case): Promise<void> {
  await line.until(
    () => line.happened.length >= test.strict.length || line.closeFrame !== undefined || line.ended,
  );
  await line.send([{ opcode: op.close, payload: closeBody(1000) }]);
}

function checkClose(line: Line, end: End, closeMs: number): string[] {
  const { closeFrame } = line;
  if (closeFrame === undefined) {
    return [line.ended ? "the line ended without a close frame" : "no close frame came"];
  }
  const code = closeFrame.length >= 2 ? closeFrame.readUInt16BE(0) : undefined;
  const due: readonly (number | undefined)[] = end.kind === "closing" ? [1000] : end.codes;
  const problems: string[] = [];
  if (!due.includes(code)) problems.push(`close code ${code}, due ${due.join(" or ")}`);
  if (end.kind === "fails" && closeMs > promptMs)
    problems.push(`failed only after ${Math.round(closeMs)} ms`);
  return problems;
}

/** Who ends TCP (RFC 6455, section 7.1.1): the server first, and a client waits for it; nobody resets the line. */
async function checkEnd(line: Line, test: Case): Promise<string[]> {
  const problems: string[] = [];
  if (line.subject === "server") {
    if (!(await line.until(() => line.ended, promptMs)))
      problems.push("the server did not end TCP within a second of the close handshake");
  } else if (test.end.kind !== "fails") {
    if (test.lingers === true) await line.until(() => line.ended, lingerMs);
    if (line.ended) problems.push("the client ended TCP before the server");
  }
  if (!line.socket.writableEnded) line.socket.end();
  await line.until(() => line.ended, patienceMs);
  if (!line.ended) problems.push("TCP was not ended by the subject");
  await line.until(() => line.closed, patienceMs);
  if (line.reset) problems.push("TCP was reset");
  return problems;
}

function pongsLast(events: readonly Happening[]): readonly Happening[] {
  const isPong = ({ kind }: Happening): boolean => kind === "pong";
  return [...events.filter((event) => !isPong(event)), ...events.filter(isPong)];
}

function equal(some: readonly Happening[], others: readonly Happening[]): boolean {
  return (
    some.length === others.length &&
    some.every(
      ({ kind, payload }, at) => kind === others[at]?.kind && payload.equals(others[at].payload),
    )
  );
}

function list(events: readonly Happening[]): string {
  if (events.length === 0) return "nothing";
  const shown = events.slice(0, 8).map(({ kind, payload }) => {
    const start = payload.toString("latin1", 0, 20);
    return `${kind} ${JSON.stringify(start)}${payload.length > 20 ? `… (${payload.length})` : ""}`;
  });
  return shown.join(", ") + (events.length > 8 ? `, … ${events.length} in all` : "");
}
