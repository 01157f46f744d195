import { appendFileSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { fileStore } from "./file-store.node.ts";
import type { OpenOutbox, StoredEntry } from "./store.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hawser-outbox-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const row = (id: number, more: Partial<StoredEntry> = {}): StoredEntry => ({
  id,
  args: ["order", { id }],
  bytes: 10,
  sinceMs: 1,
  ...more,
});

const open = (): Promise<OpenOutbox> => fileStore(folder).open("name/of it");
const files = (): string[] => readdirSync(folder).toSorted();
const outboxFile = (): string =>
  join(
    folder,
    files().find((name) => name.endsWith(".outbox"))!,
  );

describe("the store in a file", () => {
  it("gives back what was saved, with binary, in its newest form", async () => {
    const box = await open();
    expect([box.state, box.entries]).toEqual([undefined, []]);
    const bytes = new Uint8Array([0, 1, 255]);
    await box.save({
      state: { next: 1 },
      put: [row(1), row(2, { args: ["b", { bytes }] })],
      remove: [],
    });
    await box.save({ state: { next: 2 }, put: [row(1, { counter: 1 }), row(3)], remove: [3] });
    await box.save({ state: undefined, put: [], remove: [9] });
    await box.close();
    const again = await open();
    expect(again.state).toEqual({ next: 2 });
    const entries = again.entries.toSorted((a, b) => a.id - b.id);
    expect(entries.map(({ id, counter }) => [id, counter])).toEqual([
      [1, 1],
      [2, undefined],
    ]);
    expect([...(entries[1]!.args[1] as { bytes: Uint8Array }).bytes]).toEqual([0, 1, 255]);
    await again.close();
  });

  it("never opens the same file twice, and takes up what was left behind", async () => {
    const a = await open();
    const b = await open();
    await a.save({ state: undefined, put: [row(1)], remove: [] });
    await b.save({ state: undefined, put: [row(2)], remove: [] });
    await a.close();
    const c = await open();
    expect(c.entries.map(({ id }) => id)).toEqual([1]);
    await b.close();
    await c.close();
    expect(files().every((name) => name.endsWith(".outbox"))).toBe(true);
  });

  it("takes the file of a process that has died, and not that of one that lives", async () => {
    const box = await open();
    const lock = `${outboxFile()}.lock`;
    await box.close();
    writeFileSync(lock, "999999999");
    const taken = await open();
    expect(files().filter((name) => name.endsWith(".outbox"))).toHaveLength(1);
    await taken.close();
    writeFileSync(lock, `${process.ppid}`);
    const other = await open();
    expect(files().filter((name) => name.endsWith(".outbox"))).toHaveLength(2);
    await other.close();
  });

  it("leaves out a last line that was written in part", async () => {
    const box = await open();
    await box.save({ state: undefined, put: [row(1)], remove: [] });
    await box.close();
    appendFileSync(outboxFile(), '{"put":[{"id":2,');
    const again = await open();
    expect(again.entries.map(({ id }) => id)).toEqual([1]);
    await again.save({ state: undefined, put: [row(3)], remove: [] });
    await again.close();
    const third = await open();
    expect(third.entries.map(({ id }) => id)).toEqual([1, 3]);
    await third.close();
  });

  it("stays small", async () => {
    const box = await open();
    const args = ["x", "y".repeat(1000)];
    for (let id = 1; id <= 300; id++) {
      await box.save({ state: { next: id }, put: [row(id, { args })], remove: [id - 1] });
    }
    expect(statSync(outboxFile()).size).toBeLessThan(100_000);
    await box.close();
    const again = await open();
    expect([again.state, again.entries.map(({ id }) => id)]).toEqual([{ next: 300 }, [300]]);
    await again.close();
  });
});
