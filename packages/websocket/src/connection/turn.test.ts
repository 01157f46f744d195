import { describe, expect, it } from "vitest";
import { beginChunk, endChunk, gather, whenRead, writeSoon } from "./turn.ts";

/** Writes its name into a list; one called `throw` throws, one called `again` has more to write at once. */
class Pen {
  readonly name: string;
  private readonly paper: string[];
  private again: boolean;

  constructor(name: string, paper: string[]) {
    this.name = name;
    this.paper = paper;
    this.again = name === "again";
  }

  onTick(): void {
    this.paper.push(this.name);
    if (this.name === "throw") throw new Error("from the application");
    if (this.again) writeSoon(this);
    this.again = false;
  }
}

const tick = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));

describe("writeSoon", () => {
  it("writes once the tick is over, in order", async () => {
    const paper: string[] = [];
    for (const name of ["a", "again", "b"]) writeSoon(new Pen(name, paper));
    expect(paper).toEqual([]);
    await tick();
    await tick();
    expect(paper).toEqual(["a", "again", "b", "again"]);
  });

  it("is for each turn anew, also after one with very many", async () => {
    for (const count of [2_000, 3]) {
      const paper: string[] = [];
      for (let at = 0; at < count; at++) writeSoon(new Pen(String(at), paper));
      await tick();
      expect(paper).toEqual(Array.from({ length: count }, (_, at) => String(at)));
    }
  });
});

describe("gather", () => {
  it("writes what its work has sent before it returns, with what waited already", () => {
    const paper: string[] = [];
    writeSoon(new Pen("before", paper));
    gather(() => {
      writeSoon(new Pen("a", paper));
      gather(() => writeSoon(new Pen("b", paper)));
      expect(paper).toEqual([]);
    });
    expect(paper).toEqual(["before", "a", "b"]);
  });

  it("writes also what was sent before its work threw, and passes the error on", () => {
    const paper: string[] = [];
    const work = (): void => {
      writeSoon(new Pen("a", paper));
      throw new Error("work");
    };
    expect(() => gather(work)).toThrow("work");
    expect(paper).toEqual(["a"]);
  });

  it("lets nobody wait for ever behind a writer that throws", async () => {
    const paper: string[] = [];
    const work = (): void => {
      for (const name of ["a", "throw", "b", "c"]) writeSoon(new Pen(name, paper));
    };
    expect(() => gather(work)).toThrow("from the application");
    await tick();
    expect(paper).toEqual(["a", "throw", "b", "c"]);
    gather(() => writeSoon(new Pen("d", paper)));
    expect(paper.at(-1)).toBe("d");
  });
});

describe("whenRead", () => {
  it("waits for the tick when no chunk is being read", async () => {
    const done: string[] = [];
    whenRead(() => done.push("job"));
    expect(done).toEqual([]);
    await tick();
    expect(done).toEqual(["job"]);
  });

  it("waits for the end of the chunk, and of the one around it", async () => {
    const done: string[] = [];
    expect(beginChunk()).toBe(true);
    expect(beginChunk()).toBe(false);
    whenRead(() => done.push("first"));
    whenRead(() => done.push("second"));
    expect(done).toEqual([]);
    endChunk(true);
    expect(done).toEqual(["first"]);
    await tick();
    expect(done).toEqual(["first", "second"]);
  });

  it("waits for the tick when the chunk could not be read to its end, and leaves nothing behind", async () => {
    const done: string[] = [];
    beginChunk();
    whenRead(() => done.push("job"));
    endChunk(false);
    expect(done).toEqual([]);
    await tick();
    expect(beginChunk()).toBe(true);
    endChunk(true);
    expect(done).toEqual(["job"]);
  });

  it("lets a job throw, and the next chunk is read as any other", () => {
    beginChunk();
    whenRead(() => {
      throw new Error("from a handler");
    });
    expect(() => endChunk(true)).toThrow("from a handler");
    expect(beginChunk()).toBe(true);
    endChunk(true);
  });
});
