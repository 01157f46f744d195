import { describe, expect, it } from "vitest";
import { callApart, Dispatcher } from "./dispatch.ts";

class Recorder {
  readonly seen: string[] = [];
  readonly dispatcher: Dispatcher<string>;
  constructor(dispatcher: Dispatcher<string>) {
    this.dispatcher = dispatcher;
  }
  deliver(packet: string): void {
    this.seen.push(packet);
    if (packet === "again") this.dispatcher.push(this, "pushed while delivering");
    if (packet === "throw") throw new Error("from a handler");
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Catches the uncaught exceptions of one test. */
async function uncaughtOf(run: () => void): Promise<unknown[]> {
  const errors: unknown[] = [];
  const before = process.listeners("uncaughtException");
  process.removeAllListeners("uncaughtException");
  process.on("uncaughtException", (error) => errors.push(error));
  run();
  await turn();
  process.removeAllListeners("uncaughtException");
  for (const listener of before) process.on("uncaughtException", listener);
  return errors;
}

describe("Dispatcher", () => {
  it("delivers nothing in the call that pushes, and everything in the same turn, in order", async () => {
    const dispatcher = new Dispatcher<string>();
    const recorder = new Recorder(dispatcher);
    dispatcher.push(recorder, "a");
    dispatcher.push(recorder, "b");
    expect(recorder.seen).toEqual([]);
    await turn();
    expect(recorder.seen).toEqual(["a", "b"]);
  });

  it("delivers what handlers push", async () => {
    const dispatcher = new Dispatcher<string>();
    const recorder = new Recorder(dispatcher);
    dispatcher.push(recorder, "again");
    await turn();
    expect(recorder.seen).toEqual(["again", "pushed while delivering"]);
  });

  it("goes on behind a handler that throws, whose error is uncaught", async () => {
    const dispatcher = new Dispatcher<string>();
    const recorder = new Recorder(dispatcher);
    const errors = await uncaughtOf(() => {
      for (const packet of ["throw", "b", "throw", "d"]) dispatcher.push(recorder, packet);
    });
    expect(recorder.seen).toEqual(["throw", "b", "throw", "d"]);
    expect(errors).toHaveLength(2);
  });
});

describe("callApart", () => {
  it("lets the caller finish, and throws afterwards", async () => {
    let finished = false;
    const errors = await uncaughtOf(() => {
      callApart(() => {
        throw new Error("late");
      });
      finished = true;
    });
    expect(finished).toBe(true);
    expect(errors).toHaveLength(1);
  });
});
