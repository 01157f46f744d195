import { beforeEach, describe, expect, it } from "vitest";
import type { AckCallback } from "./acks.ts";
import { createRetryQueue } from "./retry-queue.ts";
import type { Flags, RetryQueue } from "./retry-queue.ts";

describe("RetryQueue", () => {
  let connected: boolean;
  let sent: { args: unknown[]; answer: AckCallback; flags: Flags }[];
  let queue: RetryQueue;

  beforeEach(() => {
    connected = true;
    sent = [];
    queue = createRetryQueue(
      () => connected,
      (args, flags) => {
        const answer = args.at(-1) as AckCallback;
        sent.push({ args: args.slice(0, -1), answer, flags });
      },
      2,
    );
  });

  const names = () => sent.map(({ args }) => args[0]);

  it("sends one event at a time, in order", () => {
    queue.add(["a", 1], { compress: false });
    queue.add(["b"], {});
    expect(names()).toEqual(["a"]);
    expect(sent[0]!.args).toEqual(["a", 1]);
    expect(sent[0]!.flags).toEqual({ compress: false, withError: true });
    sent[0]!.answer(null);
    expect(names()).toEqual(["a", "b"]);
  });

  it("hands on the answer with null first", () => {
    const answers: unknown[][] = [];
    queue.add(["a", (...args: unknown[]) => answers.push(args)], {});
    sent[0]!.answer(null, "x", "y");
    expect(answers).toEqual([[null, "x", "y"]]);
  });

  it("sends again after an error, as often as it may, and then gives the error", () => {
    const answers: unknown[][] = [];
    queue.add(["a", (...args: unknown[]) => answers.push(args)], {});
    queue.add(["b"], {});
    const error = new Error("timed out");
    for (let i = 0; i < 3; i++) {
      expect(answers).toEqual([]);
      sent[i]!.answer(error);
    }
    expect(names()).toEqual(["a", "a", "a", "b"]);
    expect(answers).toEqual([[error]]);
  });

  it("keeps events while it cannot send, and sends none twice when it can", () => {
    connected = false;
    queue.add(["a"], {});
    queue.add(["b"], {});
    queue.drain();
    expect(names()).toEqual([]);
    connected = true;
    queue.drain();
    queue.drain();
    expect(names()).toEqual(["a"]);
  });

  it("sends the first again on a new connection, after the old one was released", () => {
    queue.add(["a"], {});
    connected = false;
    sent[0]!.answer(new Error("socket has been disconnected"));
    expect(names()).toEqual(["a"]);
    connected = true;
    queue.drain();
    expect(names()).toEqual(["a", "a"]);
  });

  it("takes the first answer only", () => {
    const answers: unknown[][] = [];
    queue.add(["a", (...args: unknown[]) => answers.push(args)], {});
    queue.add(["b"], {});
    sent[0]!.answer(null, 1);
    sent[0]!.answer(null, 2);
    expect(answers).toEqual([[null, 1]]);
    expect(names()).toEqual(["a", "b"]);
  });
});
