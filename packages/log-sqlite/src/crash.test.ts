import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { freshPath, removeFiles } from "../test/files.ts";
import { fileLog } from "./file-log.ts";
import type { Durability } from "./options.ts";

afterAll(removeFiles);

const child = fileURLToPath(new URL("../test/crash-child.ts", import.meta.url));
const killsEach = 11;

/** Runs a writer, and kills it after so many confirmations. */
async function runUntilKilled(
  path: string,
  run: number,
  durability: Durability,
  confirmations: number,
  confirmed: Map<number, string>,
): Promise<{ last: number; epoch: string; repaired?: string }> {
  const args = ["--no-warnings", "-C", "hawser-source", child, path, String(run)];
  const writer = spawn(process.execPath, [...args, JSON.stringify(durability)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(writer, "exit");
  let opened: { last: number; epoch: string; repaired?: string } | undefined;
  let seen = 0;
  for await (const line of createInterface({ input: writer.stdout })) {
    if (opened === undefined) {
      opened = JSON.parse(line) as { last: number; epoch: string };
      continue;
    }
    const [offset, text] = line.split(" ") as [string, string];
    // A line that the kill has cut is no confirmation.
    if (!/^\d+ \d+:\d+$/.test(line)) continue;
    expect(confirmed.has(Number(offset))).toBe(false);
    confirmed.set(Number(offset), text);
    if (++seen === confirmations) writer.kill("SIGKILL");
  }
  await exited;
  expect(opened).toBeDefined();
  return opened!;
}

describe.concurrent("a log whose process is killed", { timeout: 120_000 }, () => {
  const levels: Durability[] = ["fsync", { batchedMs: 20 }, "none"];
  it.for(levels)("has every confirmed message, in order, once: %o", async (durability) => {
    const path = freshPath();
    const confirmed = new Map<number, string>();
    let epoch: string | undefined;
    for (let run = 1; run <= killsEach; run++) {
      const confirmations = 1 + Math.floor(Math.random() * 400);
      const newest = Math.max(0, ...confirmed.keys());
      const opened = await runUntilKilled(path, run, durability, confirmations, confirmed);
      epoch ??= opened.epoch;
      expect(opened.last).toBeGreaterThanOrEqual(newest);
      expect([run, opened.epoch, opened.repaired]).toEqual([run, epoch, undefined]);
    }
    const log = fileLog(path);
    const { last } = await log.open({});
    const all = { namespace: "/", spans: [{ room: "all", after: 0 }], after: 0 };
    const { records } = await log.read({ ...all, limit: 1_000_000, bytes: 1e9 });
    expect(records.map((it) => it.offset)).toEqual(Array.from({ length: last }, (_, at) => at + 1));
    const texts = records.map((it) => it.text);
    for (const [offset, text] of confirmed)
      expect([offset, texts[offset - 1]]).toEqual([offset, text]);
    // One order: run by run, and counted without gaps within each.
    let [run, counter] = [0, 0];
    for (const text of texts) {
      if (!text.startsWith(`${run}:`)) [run, counter] = [Number(text.split(":")[0]), 0];
      expect(text).toBe(`${run}:${counter++}`);
    }
    // In one transaction with what was said.
    expect(await log.get("newest")).toBe(texts.at(-1));
    await log.close();
  });
});
