import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { freshPath, removeFiles } from "../test/files.ts";
import { fileLog } from "./file-log.ts";

afterAll(removeFiles);

const child = fileURLToPath(new URL("../test/full-child.ts", import.meta.url));

// Blocks of 512 or 1024 bytes, by the shell: a file that may not grow is as good as a disk that is full.
it.skipIf(process.platform === "win32")(
  "a full disk refuses messages, loses none that was confirmed, and ends nothing",
  { timeout: 60_000 },
  async () => {
    const path = freshPath();
    const command = 'ulimit -f 2000; exec "$0" --no-warnings -C hawser-source "$1" "$2"';
    const writer = spawn("sh", ["-c", command, process.execPath, child, path], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let said = "";
    writer.stdout.on("data", (data) => (said += String(data)));
    const [code] = (await once(writer, "close")) as [number];
    expect(code).toBe(0);
    const { confirmed, refused, offsets } = JSON.parse(said) as Record<string, unknown[]>;
    expect(new Set(refused)).toEqual(new Set(["LOG_FAILED"]));
    expect(confirmed!.length).toBeGreaterThan(10);
    // What was refused is not there, and leaves no gap.
    expect(offsets).toEqual(confirmed);
    expect(offsets).toEqual(Array.from({ length: offsets!.length }, (_, at) => at + 1));
    const log = fileLog(path);
    const { last, repaired } = await log.open({});
    expect([last, repaired]).toEqual([offsets!.length, undefined]);
    await log.close();
  },
);
