import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { NaiveLog } from "./naive-log.ts";
import type {
  Log,
  LogEntry,
  LogRecord,
  Page,
  ReadQuery,
  Retention,
  Span,
} from "../src/delivery/log.ts";

/** What a log is made of for one test. */
export interface LogMaker {
  /** A fresh log, not yet opened, that reads the time from the clock. */
  make(this: void, now: () => number): Log | Promise<Log>;
  /** How many runs a property gets. */
  runs?: number;
  /** How long one test may take. */
  timeoutMs?: number;
}

const startMs = 1_700_000_000_000;
const readAll = { after: 0, limit: 1_000, bytes: 1_000_000 };

export function entry(text: string, rooms: readonly string[] = [], namespace = "/"): LogEntry {
  return { namespace, rooms, except: [], text, attachments: [] };
}

const textsOf = (page: { records: LogRecord[] }) => page.records.map((it) => it.text);
const spanOf = (room?: string, after = 0, upTo?: number): Span =>
  upTo === undefined ? { room, after } : { room, after, upTo };

/** What every log does; a package with a log of its own runs it over that. */
export function logContract(
  name: string,
  { make, runs = 100, timeoutMs = 60_000 }: LogMaker,
): void {
  describe(`${name}: the contract of logs`, { timeout: timeoutMs }, () => {
    const opened: Log[] = [];
    let nowMs = startMs;

    async function open(retention: Retention = {}): Promise<Log> {
      nowMs = startMs;
      const log = await make(() => nowMs);
      opened.push(log);
      const { epoch, last, repaired } = await log.open(retention);
      expect([typeof epoch, last, repaired]).toEqual(["string", 0, undefined]);
      expect(epoch).not.toBe("");
      return log;
    }

    afterEach(async () => {
      for (const log of opened.splice(0)) await log.close();
    });

    const say = (log: Log, ...entries: LogEntry[]) => log.commit({ entries, states: [] });
    const read = (log: Log, spans: Span[], query: Partial<ReadQuery> = {}): Promise<Page> =>
      log.read({ namespace: "/", spans, ...readAll, ...query });

    describe("commit", () => {
      it("gives offsets from 1, without gaps, and the time", async () => {
        const log = await open();
        expect(await say(log, entry("a"), entry("b"))).toBe(1);
        nowMs += 5;
        expect(await say(log, entry("c"))).toBe(3);
        const { records } = await read(log, [spanOf()]);
        expect(records.map(({ offset, text, atMs }) => [offset, text, atMs])).toEqual([
          [1, "a", startMs],
          [2, "b", startMs],
          [3, "c", startMs + 5],
        ]);
      });

      it("keeps the order of concurrent calls, and settles in it", async () => {
        const log = await open();
        const settled: number[] = [];
        const all = Array.from({ length: 500 }, (_, at) =>
          say(log, entry(`${at}`)).then((offset) => settled.push(offset)),
        );
        await Promise.all(all);
        expect(settled).toEqual(Array.from({ length: 500 }, (_, at) => at + 1));
        const { records } = await read(log, [spanOf()]);
        expect(records.every(({ text, offset }) => Number(text) === offset - 1)).toBe(true);
      });

      it("keeps what it is given as it is at the time of the call", async () => {
        const log = await open();
        const bytes = Buffer.from([1, 2, 3]);
        const committed = say(log, { ...entry("a"), attachments: [bytes, new Uint8Array(0)] });
        bytes.fill(9);
        await committed;
        const [record] = (await read(log, [spanOf()])).records;
        expect(record!.attachments.map((it) => [...it])).toEqual([[1, 2, 3], []]);
      });

      it("keeps large messages and any text", async () => {
        const log = await open();
        const large = "ä".repeat(2_000_000);
        const bytes = new Uint8Array(3_000_000).map((_, at) => at * 7);
        const odd = 'quote " nul \0 half \ud800 pair 😀 \u0001';
        await say(log, { ...entry(large, ["big"]), attachments: [bytes] }, entry(odd, [odd], odd));
        const [big] = (await read(log, [spanOf("big")])).records;
        expect(big!.text === large).toBe(true);
        expect(Buffer.compare(big!.attachments[0]!, bytes)).toBe(0);
        const page = await read(log, [spanOf(odd)], { namespace: odd });
        expect(page.records).toMatchObject([{ namespace: odd, rooms: [odd], text: odd }]);
      });
    });

    describe("read", () => {
      it("finds rooms from one offset to another, and each message once", async () => {
        const log = await open();
        const rooms = [["a"], ["b"], ["a", "b"], [], ["c"], ["b", "a", "a"], ["a"]];
        await say(log, ...rooms.map((it, at) => entry(`${at + 1}`, it)));
        expect(textsOf(await read(log, [spanOf("a")]))).toEqual(["1", "3", "6", "7"]);
        expect(textsOf(await read(log, [spanOf("a", 1, 6), spanOf("b", 2)]))).toEqual(["3", "6"]);
        expect(textsOf(await read(log, [spanOf()]))).toEqual(["4"]);
        expect(textsOf(await read(log, [spanOf("a"), spanOf()], { after: 3 }))).toEqual([
          "4",
          "6",
          "7",
        ]);
        expect(textsOf(await read(log, [spanOf("nobody"), spanOf("a", 7)]))).toEqual([]);
        expect(await read(log, [])).toMatchObject({ records: [], atEnd: true, upTo: 7 });
        const [third] = (await read(log, [spanOf("b", 2)])).records;
        expect(third).toMatchObject({ rooms: ["a", "b"], except: [], namespace: "/" });
      });

      it("keeps namespaces apart, whatever their names", async () => {
        const log = await open();
        const places: [string, string[]][] = [
          ["/a", []],
          ["/a", ["b"]],
          ["/a\nb", []],
          ["/ab", []],
          ["/", ["ab"]],
          ["/", [""]],
        ];
        await say(log, ...places.map(([nsp, rooms], at) => entry(`${at}`, rooms, nsp)));
        for (const [at, [namespace, [room]]] of places.entries()) {
          expect(textsOf(await read(log, [spanOf(room)], { namespace }))).toEqual([`${at}`]);
        }
      });

      it("comes in pages, by count and by bytes", async () => {
        const log = await open();
        for (let at = 0; at < 10; at++) {
          await say(log, entry("x".repeat(at === 5 ? 5_000 : 100), [at % 2 === 0 ? "a" : "b"]));
        }
        for (const bounds of [{ limit: 2 }, { bytes: 600 }, { limit: 1 }, { bytes: 1 }]) {
          const seen: number[] = [];
          let after = 0;
          for (let pages = 0; ; pages++) {
            expect(pages).toBeLessThan(20);
            const page = await read(log, [spanOf("a"), spanOf("b", 3)], { ...bounds, after });
            expect(page.records.length).toBeLessThanOrEqual(bounds.limit ?? 10);
            seen.push(...page.records.map((it) => it.offset));
            expect(page.upTo).toBeGreaterThanOrEqual(seen.at(-1) ?? 0);
            after = page.upTo;
            if (page.atEnd) break;
            expect(page.records.length).toBeGreaterThan(0);
          }
          expect(seen).toEqual([1, 3, 4, 5, 6, 7, 8, 9, 10]);
          expect(after).toBe(10);
        }
      });

      it("says what has been trimmed, to those whose rooms have lost something", async () => {
        const log = await open({ count: 3 });
        await say(log, entry("1", ["a"]), entry("2", ["b"]), entry("3"));
        await say(log, entry("4", ["a"]), entry("5", ["c"]));
        const spans = [spanOf("a"), spanOf("a", 1), spanOf("b", 1), spanOf("c"), spanOf()];
        const page = await read(log, spans);
        expect(textsOf(page)).toEqual(["3", "4", "5"]);
        expect(page.missing).toEqual([spanOf("a"), spanOf("b", 1)]);
        expect((await read(log, spans, { after: 1 })).missing).toEqual([spanOf("b", 1)]);
        expect((await read(log, spans, { after: 2 })).missing).toEqual([]);
      });
    });

    describe("history", () => {
      it("reads backwards, the newest last", async () => {
        const log = await open();
        for (let at = 1; at <= 7; at++) await say(log, entry(`${at}`, at % 2 === 1 ? ["a"] : []));
        const page = (room: string | undefined, limit: number, before?: number) =>
          log.history({
            namespace: "/",
            room,
            limit,
            ...(before === undefined ? {} : { before }),
          });
        expect(textsOf(await page("a", 2))).toEqual(["5", "7"]);
        expect(await page("a", 2, 5)).toMatchObject({
          atStart: true,
          records: [{ text: "1" }, { text: "3" }],
        });
        expect(await page("a", 3, 7)).toMatchObject({ atStart: true });
        expect(await page("a", 2, 7)).toMatchObject({ atStart: false });
        expect(textsOf(await page(undefined, 10))).toEqual(["2", "4", "6"]);
        expect(await page("z", 10)).toEqual({ records: [], atStart: true });
      });
    });

    describe("states", () => {
      const put = (log: Log, states: Record<string, string | null>) =>
        log.commit({
          entries: [],
          states: Object.entries(states).map(([key, value]) => ({ key, value })),
        });
      const list = async (log: Log, prefix: string) => {
        const found: Record<string, string> = {};
        for await (const { key, value } of log.states(prefix)) found[key] = value;
        return found;
      };

      it("are put, read, replaced, deleted", async () => {
        const log = await open();
        await put(log, { a: "1", "s:1": "x", "s:2": "y", "s:\0": "\0", t: "" });
        expect(await log.get("a")).toBe("1");
        expect(await log.get("t")).toBe("");
        expect(await log.get("s:")).toBeUndefined();
        await put(log, { a: "2", "s:1": null, none: null });
        expect([await log.get("a"), await log.get("s:1")]).toEqual(["2", undefined]);
        expect(await list(log, "s:")).toEqual({ "s:2": "y", "s:\0": "\0" });
        expect(await list(log, "zz")).toEqual({});
      });

      it("change in the order of commits, within one, too", async () => {
        const log = await open();
        const one = log.commit({ entries: [entry("a")], states: [{ key: "k", value: "1" }] });
        const two = log.commit({
          entries: [],
          states: [
            { key: "k", value: null },
            { key: "k", value: "2" },
          ],
        });
        expect([await one, await two]).toEqual([1, 2]);
        expect(await log.get("k")).toBe("2");
      });

      it("come by prefix, many of them, while they change", async () => {
        const log = await open();
        const keys = Array.from({ length: 3_000 }, (_, at) => `p:${at}`);
        await put(log, Object.fromEntries(["o:1", ...keys, "q:1"].map((key) => [key, "v"])));
        const seen = new Set<string>();
        for await (const { key } of log.states("p:")) {
          seen.add(key);
          if (seen.size === 10) await put(log, { "q:2": "v", "o:1": null });
        }
        expect(seen).toEqual(new Set(keys));
        expect(Object.keys(await list(log, "p:29")).length).toBe(111);
      });
    });

    describe("retention", () => {
      it("trims by count", async () => {
        const log = await open({ count: 5 });
        for (let at = 1; at <= 12; at++) await say(log, entry(`${at}`));
        expect(textsOf(await read(log, [spanOf()]))).toEqual(["8", "9", "10", "11", "12"]);
        expect(await say(log, entry("13"))).toBe(13);
      });

      it("trims by bytes, and goes on when all has gone", async () => {
        const log = await open({ bytes: 10_000 });
        for (let at = 0; at < 50; at++) await say(log, entry("x".repeat(1_000)));
        const kept = (await read(log, [spanOf()])).records.length;
        expect([kept >= 5, kept <= 10]).toEqual([true, true]);
        expect(await say(log, entry("x".repeat(20_000)))).toBe(51);
        const page = await read(log, [spanOf()]);
        expect([page.records.length, page.upTo, page.missing.length]).toEqual([0, 51, 1]);
        expect(await say(log, entry("after"))).toBe(52);
        expect(textsOf(await read(log, [spanOf()]))).toEqual(["after"]);
      });

      it("trims by age, with the next message at the latest", async () => {
        const log = await open({ ageMs: 1_000 });
        await say(log, entry("old", ["a"]));
        nowMs += 600;
        await say(log, entry("young", ["a"]));
        nowMs += 401;
        await say(log, entry("new", ["b"]));
        const page = await read(log, [spanOf("a"), spanOf("b")]);
        expect(textsOf(page)).toEqual(["young", "new"]);
        expect(page.missing).toEqual([spanOf("a")]);
      });
    });

    describe("close", () => {
      it("ends when what was on its way is settled", async () => {
        const log = await open();
        const settled: number[] = [];
        const commits = Array.from({ length: 200 }, (_, at) =>
          say(log, entry(`${at}`)).then((offset) => settled.push(offset)),
        );
        await log.close();
        expect(settled.length).toBe(200);
        await Promise.all(commits);
        await expect(say(log, entry("late"))).rejects.toMatchObject({ code: "LOG_CLOSED" });
        await expect(log.get("a")).rejects.toMatchObject({ code: "LOG_CLOSED" });
        await log.close();
      });
    });

    it("holds 100,000 messages, and reads what one room missed", async () => {
      const log = await open({ count: 100_000 });
      for (let at = 0; at < 101; at++) {
        const entries = Array.from({ length: 1_000 }, (_, i) => entry("{}", [`room ${i}`]));
        await say(log, ...entries);
      }
      const page = await read(log, [spanOf("room 7")]);
      expect(page.records.map((it) => it.offset)).toEqual(
        Array.from({ length: 100 }, (_, at) => (at + 1) * 1_000 + 8),
      );
      expect(page).toMatchObject({ upTo: 101_000, atEnd: true, missing: [spanOf("room 7")] });
    });

    it("does what a naive log does, whatever is asked", async () => {
      await fc.assert(
        fc.asyncProperty(scripts, async ({ retention, steps }) => {
          const log = await open(retention);
          const model = new NaiveLog(retention);
          for (const step of steps) {
            if (step.kind === "wait") nowMs += step.ms;
            else if (step.kind === "commit") {
              const [first] = await Promise.all(step.batches.map((batch) => log.commit(batch)));
              const offsets = step.batches.map((batch) => model.commit(batch, nowMs));
              expect(first).toBe(offsets[0]);
            } else if (step.kind === "read") {
              // A log may trim what is too old when it is read: both have done so.
              await log.commit({ entries: [], states: [] });
              model.commit({ entries: [], states: [] }, nowMs);
              const page = await log.read(step.query);
              expect(shown(page)).toEqual(shown(model.read(step.query)));
            } else {
              const page = await log.history(step.query);
              const { records, atStart } = model.history(step.query);
              if (model.isUpToDate(nowMs)) {
                expect([page.records, page.atStart]).toEqual([records, atStart]);
              }
            }
          }
          await opened.pop()!.close();
        }),
        { numRuns: runs },
      );
    });
  });
}

/** A page as it is compared: a log may look at less at once, as long as it says so. */
function shown({ records, missing, atEnd }: Page): unknown {
  return { records, missing, atEnd };
}

const room = fc.constantFrom("a", "b", "c", "");
const namespace = fc.constantFrom("/", "/x");
const spans = fc.array(
  fc
    .tuple(
      fc.option(room, { nil: undefined }),
      fc.nat(30),
      fc.option(fc.nat(40), { nil: undefined }),
    )
    .map(([room, after, upTo]) => spanOf(room, after, upTo)),
  { maxLength: 5 },
);
const bytes = fc.uint8Array({ maxLength: 9 });
const batch = fc.record({
  entries: fc.array(
    fc.record({
      namespace,
      rooms: fc.array(room, { maxLength: 3 }),
      except: fc.array(room, { maxLength: 2 }),
      text: fc.string({ maxLength: 40, unit: "grapheme" }),
      attachments: fc.array(bytes, { maxLength: 2 }),
    }),
    { maxLength: 4 },
  ),
  states: fc.constant([]),
});
const step = fc.oneof(
  fc.record({ kind: fc.constant("wait" as const), ms: fc.nat(50) }),
  fc.record({
    kind: fc.constant("commit" as const),
    batches: fc.array(batch, { minLength: 1, maxLength: 3 }),
  }),
  fc.record({
    kind: fc.constant("read" as const),
    query: fc.record({
      namespace,
      spans,
      after: fc.nat(40),
      limit: fc.integer({ min: 1, max: 5 }),
      bytes: fc.integer({ min: 1, max: 600 }),
    }),
  }),
  fc.record({
    kind: fc.constant("history" as const),
    query: fc.record({
      namespace,
      room: fc.option(room, { nil: undefined }),
      limit: fc.integer({ min: 1, max: 5 }),
    }),
  }),
);
const scripts = fc.record({
  retention: fc.record(
    {
      ageMs: fc.integer({ min: 1, max: 200 }),
      count: fc.integer({ min: 1, max: 20 }),
      bytes: fc.integer({ min: 100, max: 3_000 }),
    },
    { requiredKeys: [] },
  ),
  steps: fc.array(step, { maxLength: 12 }),
});
