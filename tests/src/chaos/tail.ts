// How much of what is in a history that is still being written.
import { closeSync, existsSync, fstatSync, openSync, readSync } from "node:fs";
import type { Fact } from "./history.ts";

export class Tail {
  readonly #path: string;
  readonly #counts = new Map<string, number>();
  #read = 0;
  #rest = "";

  constructor(path: string) {
    this.#path = path;
  }

  /** How many facts of a kind there are now. */
  count(kind: Fact["kind"]): number {
    this.#follow();
    return this.#counts.get(kind) ?? 0;
  }

  #follow(): void {
    if (!existsSync(this.#path)) return;
    const file = openSync(this.#path, "r");
    const bytes = Buffer.alloc(fstatSync(file).size - this.#read);
    this.#read += readSync(file, bytes, 0, bytes.length, this.#read);
    closeSync(file);
    const lines = (this.#rest + bytes.toString("latin1")).split("\n");
    this.#rest = lines.pop()!;
    for (const line of lines) {
      const kind = /"kind":"([^"]+)"/.exec(line)?.[1] ?? "";
      this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
    }
  }
}
