import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  copyFileSync,
  existsSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { entry } from "../../server/test/log-contract.ts";
import { freshPath, removeFiles } from "../test/files.ts";
import { fileLog } from "./file-log.ts";
import type { FileLogOptions } from "./options.ts";

afterAll(removeFiles);

const count = 2_000;

/** A file with messages and states in it; resolves with its epoch. */
async function write(path: string, options: FileLogOptions = {}): Promise<string> {
  const log = fileLog(path, options);
  const { epoch } = await log.open({});
  const text = (at: number) => `${at} ${"x".repeat(200)}`;
  for (let from = 1; from <= count; from += 500) {
    const entries = Array.from({ length: 500 }, (_, at) =>
      entry(text(from + at), [`room ${at % 9}`]),
    );
    await log.commit({ entries, states: [{ key: `k:${from}`, value: `${from}` }] });
  }
  await log.close();
  return epoch;
}

/** Opens it; resolves with what is in it. */
async function look(path: string, options: FileLogOptions = {}) {
  const log = fileLog(path, options);
  try {
    const opened = await log.open({});
    const spans = Array.from({ length: 9 }, (_, at) => ({ room: `room ${at}`, after: 0 }));
    const all = { namespace: "/", spans, after: 0, limit: 100_000, bytes: 1e9 };
    const { records } = await log.read(all);
    const next = await log.commit({ entries: [entry("new", ["room 1"])], states: [] });
    return { ...opened, records, next };
  } finally {
    await log.close();
  }
}

function edit(path: string, sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

describe("a damaged file", { timeout: 90_000 }, () => {
  const damages: [string, (path: string) => void][] = [
    ["has lost its end", (path) => truncateSync(path, Math.floor(statSync(path).size * 0.6))],
    ["has lost nearly all", (path) => truncateSync(path, 5_000)],
    [
      "has other bytes in the middle",
      (path) => {
        const bytes = readFileSync(path);
        bytes.fill(0xa5, Math.floor(bytes.length / 2), Math.floor(bytes.length / 2) + 20_000);
        writeFileSync(path, bytes);
      },
    ],
    ["lacks messages", (path) => edit(path, "DELETE FROM messages WHERE offset BETWEEN 5 AND 9")],
  ];
  for (const [what, damage] of damages) {
    it(`that ${what} is put aside, and what can be read is kept`, async () => {
      const path = freshPath();
      const epoch = await write(path);
      damage(path);
      const found = await look(path);
      expect(found.epoch).not.toBe(epoch);
      expect(found.repaired).toMatch(
        new RegExp(`was damaged.* ${found.records.length} messages.*damaged-1`),
      );
      expect(existsSync(`${path}.damaged-1`)).toBe(true);
      for (const { offset, text } of found.records)
        expect(text.startsWith(`${offset} x`)).toBe(true);
      if (what !== "has lost nearly all") expect(found.records.length).toBeGreaterThan(count / 4);
      expect(found.records.length).toBeLessThan(count);
      expect(found.next).toBeGreaterThan(found.records.at(-1)?.offset ?? 0);
      const again = await look(path);
      expect([again.epoch, again.repaired, again.last]).toEqual([
        found.epoch,
        undefined,
        found.next,
      ]);
    });
  }

  it("that is none of ours is refused and left as it is", async () => {
    const text = freshPath();
    writeFileSync(text, "dear diary, ".repeat(1_000));
    const other = freshPath();
    edit(other, "CREATE TABLE people (name)");
    for (const path of [text, other]) {
      const before = readFileSync(path);
      await expect(look(path)).rejects.toMatchObject({ code: "LOG_NOT_A_LOG" });
      expect(readFileSync(path).equals(before)).toBe(true);
    }
  });

  it("of a later version is refused", async () => {
    const path = freshPath();
    await write(path, { durability: "none" });
    edit(path, "PRAGMA user_version = 99");
    await expect(look(path)).rejects.toMatchObject({ code: "LOG_NEWER" });
  });

  it("that is empty is a new one", async () => {
    const path = freshPath();
    writeFileSync(path, "");
    expect(await look(path)).toMatchObject({ last: 0, next: 1, records: [] });
  });
});

describe("a file that may lack something", { timeout: 90_000 }, () => {
  it("is a copy: a new epoch", async () => {
    const path = freshPath();
    const epoch = await write(path);
    copyFileSync(path, `${path}.copy`);
    const copy = await look(`${path}.copy`);
    expect([copy.epoch === epoch, copy.records.length]).toEqual([false, count]);
    expect(copy.repaired).toMatch(/copy/);
    expect((await look(path)).epoch).toBe(epoch);
  });

  it("was open without a flush when the machine went down: a new epoch", async () => {
    for (const [durability, isSame] of [
      ["none", false],
      [{ batchedMs: 10 }, false],
      ["fsync", true],
    ] as const) {
      const path = freshPath();
      const epoch = await write(path, { durability });
      edit(path, "UPDATE head SET clean = 0, boot = 'another'");
      const found = await look(path);
      expect([found.epoch === epoch, found.repaired === undefined]).toEqual([isSame, isSame]);
    }
  });
});

describe("a file that is open", { timeout: 90_000 }, () => {
  it("is refused to a second one, here and in another process, until it is closed", async () => {
    const path = freshPath();
    await write(path, { durability: "none" });
    const log = fileLog(path);
    await log.open({});
    await expect(look(path)).rejects.toMatchObject({ code: "LOG_LOCKED" });
    const args = ["--no-warnings", "-C", "hawser-source"];
    const child = fileURLToPath(new URL("../test/crash-child.ts", import.meta.url));
    const second = spawn(process.execPath, [...args, child, path, "1", '"none"']);
    let said = "";
    second.stderr.on("data", (data) => (said += data));
    await once(second, "close");
    expect(said).toMatch(/LOG_LOCKED|open in another process/);
    expect(await log.commit({ entries: [entry("still here")], states: [] })).toBe(count + 1);
    await log.close();
    expect((await look(path)).next).toBe(count + 2);
  });
});
