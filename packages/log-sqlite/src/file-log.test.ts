import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { entry, logContract } from "../../server/test/log-contract.ts";
import { folder, freshPath, removeFiles } from "../test/files.ts";
import { fileLog } from "./file-log.ts";
import { SqliteLogError } from "./errors.ts";
import { limits } from "./limits.ts";

afterAll(removeFiles);

const say = (...texts: string[]) => ({ entries: texts.map((it) => entry(it)), states: [] });
const everything = { namespace: "/", spans: [{ room: undefined, after: 0 }], after: 0 };
const textsIn = async (log: ReturnType<typeof fileLog>) =>
  (await log.read({ ...everything, limit: 10_000, bytes: 1e9 })).records.map((it) => it.text);

logContract("fileLog", {
  make: (now) => fileLog(freshPath(), { durability: "none", now }),
  runs: 10,
});
logContract("fileLog, flushed each time", {
  make: (now) => fileLog(freshPath(), { now }),
  runs: 3,
});
logContract("fileLog, flushed now and then, with better-sqlite3", {
  make: (now) =>
    fileLog(freshPath(), { durability: { batchedMs: 5 }, driver: "better-sqlite3", now }),
  runs: 5,
});

describe("fileLog", () => {
  it("has what it had, when it is opened again", async () => {
    const path = freshPath();
    const first = fileLog(path);
    const { epoch } = await first.open({});
    await first.commit({ ...say("a", "b"), states: [{ key: "k", value: "v" }] });
    await first.close();
    const second = fileLog(path, { durability: "none" });
    expect(await second.open({})).toEqual({ epoch, last: 2 });
    expect(await second.commit(say("c"))).toBe(3);
    expect(await textsIn(second)).toEqual(["a", "b", "c"]);
    expect(await second.get("k")).toBe("v");
    await second.close();
  });

  it("does not give offsets again when all has been trimmed", async () => {
    const path = freshPath();
    const first = fileLog(path);
    await first.open({ bytes: 200 });
    await first.commit(say("x".repeat(500)));
    await first.close();
    const second = fileLog(path);
    expect((await second.open({})).last).toBe(1);
    const page = await second.read({ ...everything, limit: 1, bytes: 1 });
    expect([page.missing.length, page.upTo]).toEqual([1, 1]);
    await second.close();
  });

  it("trims to a retention that has become smaller when it is opened", async () => {
    const path = freshPath();
    const first = fileLog(path, { durability: "none" });
    await first.open({});
    const texts = Array.from({ length: 10_000 }, (_, at) => `${at}`);
    await first.commit(say(...texts));
    await first.close();
    const second = fileLog(path, { durability: "none" });
    await second.open({ count: 7 });
    expect(await textsIn(second)).toEqual(texts.slice(-7));
    await second.close();
  });

  it("refuses more than may wait, in order, and goes on", async () => {
    const log = fileLog(freshPath(), { queueBytes: 10_000, durability: "none" });
    await log.open({});
    const settled: string[] = [];
    const commits = Array.from({ length: 20 }, async (_, at) => {
      const error: unknown = await log.commit(say("x".repeat(1_000))).then(
        () => undefined,
        (it: unknown) => it,
      );
      settled.push(error instanceof SqliteLogError ? `${at} ${error.code}` : `${at}`);
    });
    await Promise.all(commits);
    expect(settled).toEqual(
      Array.from({ length: 20 }, (_, at) => (at < 8 ? `${at}` : `${at} LOG_OVERLOADED`)),
    );
    expect(await log.commit(say("x".repeat(100_000)))).toBe(9);
    await log.close();
  });

  it("gives each of many readers all of it, also when that is more than is kept for the next", async () => {
    const log = fileLog(freshPath(), { durability: "none", queueBytes: 1e9 });
    await log.open({});
    const texts = Array.from(
      { length: 90 },
      (_, at) => `${at} ${"x".repeat(limits.recentBytes / 60)}`,
    );
    await log.commit(say(...texts));
    const readAll = async (limit: number) => {
      const found: string[] = [];
      for (let after = 0, atEnd = false; !atEnd;) {
        const page = await log.read({ ...everything, after, limit, bytes: 1e9 });
        found.push(...page.records.map((it) => it.text));
        ({ upTo: after, atEnd } = page);
      }
      return found;
    };
    const all = await Promise.all([1, 7, 20, 90, 3, 50].map(readAll));
    for (const found of all) expect(found).toEqual(texts);
    await log.close();
  });

  it("says what is wrong with its options", () => {
    const wrong: [string, object, string][] = [
      ["", {}, "path"],
      ["a.db", { durability: "often" }, "durability"],
      ["a.db", { durability: { batchedMs: -1 } }, "batchedMs: 1 to"],
      ["a.db", { queueBytes: 0 }, "queueBytes"],
      ["a.db", { driver: "mysql" }, "better-sqlite3"],
    ];
    for (const [path, options, part] of wrong) {
      expect(() => fileLog(path, options)).toThrow(part);
    }
  });

  it("refuses to work before it is open", async () => {
    const log = fileLog(freshPath());
    await expect(log.commit(say("a"))).rejects.toMatchObject({ code: "LOG_NOT_OPEN" });
    await log.close();
    await expect(log.open({})).rejects.toMatchObject({ code: "LOG_CLOSED" });
  });

  it("says that a folder is missing", async () => {
    const log = fileLog(join(folder, "missing", "chat.db"));
    await expect(log.open({})).rejects.toThrow(/missing\/chat\.db/);
    await expect(log.commit(say("a"))).rejects.toMatchObject({ code: "LOG_FAILED" });
    await log.close();
  });
});
