// Runs a list of cases against one side of the subject, some at a time.
import { once } from "node:events";
import type { Case, Verdict } from "./case.ts";
import { judge } from "./case.ts";
import type { Matrix, Side } from "./matrix.ts";
import { dial, RawServer } from "./peer/handshake.ts";
import type { Line } from "./peer/line.ts";
import { echoClient, echoServer } from "./subject.ts";

/** Runs only the cases whose number starts so. */
const only = process.env["HAWSER_WEBSOCKET_CASE"];

/** An open line to the subject for each case. */
export interface Bench {
  open(): Promise<Line>;
  close(): Promise<void>;
}

/** The subject is a server: a raw client for each case. */
export async function serverBench(secure: boolean): Promise<Bench> {
  const server = await echoServer({ tls: secure });
  return {
    open: async () => (await dial(server.port, { tls: secure })).line,
    close: () => server.close(),
  };
}

/** The subject is a client: a raw server, to which it comes for each case. */
export async function clientBench(secure: boolean): Promise<Bench> {
  const server = await RawServer.listen(secure);
  let paths = 0;
  const clients = new Set<ReturnType<typeof echoClient>>();
  return {
    async open() {
      const path = `/case/${(paths += 1)}`;
      const accepted = server.accept(path);
      const client = echoClient(server.port, path, { tls: secure });
      clients.add(client);
      client.once("close", () => clients.delete(client));
      const { line } = await accepted;
      if (client.readyState === client.CONNECTING) await once(client, "open");
      return line;
    },
    async close() {
      for (const client of clients) client.terminate();
      server.close();
    },
  };
}

export const benchFor = (side: Side): Promise<Bench> =>
  (side.startsWith("server") ? serverBench : clientBench)(side.endsWith("TLS"));

/** Runs the cases; what did not end as it must, one line each. */
export async function runCases(
  cases: readonly Case[],
  { bench, atATime, note }: { bench: Bench; atATime: number; note: (verdict: Verdict) => void },
): Promise<string[]> {
  const wrong: string[] = [];
  const left = cases.filter((test) => only === undefined || test.id.startsWith(only));
  const worker = async (): Promise<void> => {
    for (let test = left.shift(); test !== undefined; test = left.shift()) {
      const verdict = await verdictOf(bench, test);
      note(verdict);
      if (verdict.grade !== "OK")
        wrong.push(`${test.id} ${test.title}: ${verdict.grade} ${verdict.why}`);
    }
  };
  await Promise.all(Array.from({ length: atATime }, worker));
  return wrong;
}

async function verdictOf(bench: Bench, test: Case): Promise<Verdict> {
  try {
    return await judge(await bench.open(), test);
  } catch (error) {
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { grade: "FAILED", why, closeMs: Infinity, endMs: Infinity };
  }
}

/** Runs a section against one side and notes it. */
export async function runSection(
  matrix: Matrix,
  section: string,
  side: Side,
  cases: readonly Case[],
  atATime: number,
): Promise<string[]> {
  const bench = await benchFor(side);
  try {
    return await runCases(cases, {
      bench,
      atATime,
      note: (verdict) => matrix.note(section, side, verdict),
    });
  } finally {
    await bench.close();
  }
}
