import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdir, open, readFile, rename } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { PacketType, SocketDecoder, encodeArguments, encodeHead } from "@hawser/protocol";
import { DeliveryError } from "./errors.ts";
import { decoderLimits } from "../limits.ts";
import type { OpenOutbox, OutboxStore, StoredEntry, StoredState, StoreChanges } from "./store.ts";

/** A file that is shorter is not written anew. */
const compactBytesMin = 64 * 1024;
/** More than there can be processes with outboxes of one name. */
const slotsMax = 1000;

/** Files that this process has open. */
const held = new Set<string>();

/**
 * The outbox in a file of `folder`, for Node.js: what was emitted survives the end of the process. Two sockets never
 * share a file, also not of two processes on one machine: the second takes one of its own.
 */
export function fileStore(folder: string): OutboxStore {
  return {
    refusesBlobs: true,
    async open(name: string): Promise<OpenOutbox> {
      await mkdir(folder, { recursive: true });
      const readable = name.replaceAll(/[^\w.-]+/g, "_").slice(0, 60);
      const hash = createHash("sha256").update(name).digest("hex").slice(0, 12);
      for (let slot = 0; slot < slotsMax; slot++) {
        const path = join(resolve(folder), `${readable}-${hash}-${slot}.outbox`);
        if (lock(path)) return OutboxFile.open(path);
      }
      throw new DeliveryError("STORE_UNAVAILABLE", "no");
    },
  };
}

/** One write: a line of JSON. */
interface Line {
  state?: StoredState | undefined;
  put: StoredLine[];
  remove: number[];
}

type StoredLine = Omit<StoredEntry, "args"> & { text: string; attachments: string[] };

/** A file of lines, each one write; now and then it is written anew with what is left. */
class OutboxFile implements OpenOutbox {
  state: StoredState | undefined = undefined;
  readonly entries: StoredEntry[];
  private readonly path: string;
  private readonly live: Map<number, StoredLine> = new Map();
  private file: FileHandle | undefined = undefined;
  private bytes = 0;
  private liveBytes = 0;

  private constructor(path: string, text: string) {
    this.path = path;
    for (const line of text.split("\n").slice(0, -1)) {
      const read = parse(line);
      // The last write before a crash of the machine: nobody was told that it was safe.
      if (!read) break;
      this.apply(read);
    }
    this.entries = Array.from(this.live.values(), entryOf);
  }

  static async open(path: string): Promise<OutboxFile> {
    try {
      const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return "";
        throw error;
      });
      const file = new OutboxFile(path, text);
      await file.rewrite();
      return file;
    } catch (error) {
      unlock(path);
      throw error;
    }
  }

  async save({ state, put, remove }: StoreChanges): Promise<void> {
    const line: Line = { state, put: put.map(lineOf), remove: [...remove] };
    const text = `${JSON.stringify(line)}\n`;
    if (!this.file) await this.rewrite();
    try {
      await this.file!.appendFile(text);
      // A position that is too old costs a repeat after a crash of the machine, and not a message.
      if (put.length > 0) await this.file!.datasync();
    } catch (error) {
      // It may have been written in part: never go on behind that.
      await this.file!.close().catch(() => {});
      this.file = undefined;
      throw error;
    }
    this.bytes += text.length;
    this.apply(line);
    if (this.bytes > compactBytesMin && this.bytes > 4 * this.liveBytes) await this.rewrite();
  }

  async close(): Promise<void> {
    await this.file?.close();
    this.file = undefined;
    unlock(this.path);
  }

  private apply({ state, put, remove }: Line): void {
    if (state) this.state = state;
    for (const line of put) {
      this.forget(line.id);
      this.live.set(line.id, line);
      this.liveBytes += line.text.length;
    }
    for (const id of remove) this.forget(id);
  }

  private forget(id: number): void {
    this.liveBytes -= this.live.get(id)?.text.length ?? 0;
    this.live.delete(id);
  }

  private async rewrite(): Promise<void> {
    const line: Line = { state: this.state, put: Array.from(this.live.values()), remove: [] };
    const text = `${JSON.stringify(line)}\n`;
    const next = await open(`${this.path}.new`, "w");
    try {
      await next.appendFile(text);
      await next.datasync();
      await rename(`${this.path}.new`, this.path);
      await syncFolder(dirname(this.path));
    } catch (error) {
      await next.close();
      throw error;
    }
    const old = this.file;
    this.file = next;
    this.bytes = text.length;
    await old?.close();
  }
}

/** The new name is safe, too; some systems do not know this, and need not. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r").catch(() => undefined);
  await handle?.sync().catch(() => {});
  await handle?.close();
}

function parse(line: string): Line | undefined {
  try {
    return JSON.parse(line) as Line;
  } catch {
    return undefined;
  }
}

function lineOf({ args, ...row }: StoredEntry): StoredLine {
  const { json, attachments } = encodeArguments(args);
  return {
    ...row,
    text: json,
    attachments: attachments.map((bytes) => Buffer.from(bytes).toString("base64")),
  };
}

function entryOf({ text, attachments, ...row }: StoredLine): StoredEntry {
  const decoder = new SocketDecoder(decoderLimits);
  let packet = decoder.decodeText(
    encodeHead(PacketType.EVENT, "/", undefined, attachments.length) + text,
  );
  for (const bytes of attachments) packet = decoder.decodeBinary(Buffer.from(bytes, "base64"));
  return { ...row, args: packet!.data as unknown[] };
}

/** Takes the file for this process; one that has ended does not hold it any more. */
function lock(path: string): boolean {
  if (held.has(path)) return false;
  const lockPath = `${path}.lock`;
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const file = openSync(lockPath, "wx");
      writeFileSync(file, `${process.pid}`);
      closeSync(file);
      held.add(path);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      if (isAlive(lockPath)) return false;
      rmSync(lockPath, { force: true });
    }
  }
  return false;
}

function isAlive(lockPath: string): boolean {
  try {
    const pid = Number(readFileSync(lockPath, "utf8"));
    // Ours, but not held: an earlier process had the same number.
    if (!pid || pid === process.pid) return false;
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function unlock(path: string): void {
  held.delete(path);
  rmSync(`${path}.lock`, { force: true });
}
