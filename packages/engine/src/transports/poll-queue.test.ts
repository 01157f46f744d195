import { describe, expect, it } from "vitest";
import { Outgoing } from "../outgoing.ts";
import { PollQueue, payloadOf } from "./poll-queue.ts";

describe("PollQueue", () => {
  it("hands over everything in order and is empty again", () => {
    const queue = new PollQueue();
    const messages = [new Outgoing("4a"), new Outgoing(undefined, [Buffer.of(1, 2, 3)])];
    const callback = (): void => {};
    for (const message of messages) queue.push(message);
    queue.pushCallback(callback);
    expect(queue.size).toBe(5);
    expect(queue.empty).toBe(false);
    expect(queue.take()).toEqual({ messages, callbacks: [callback] });
    expect(queue.empty).toBe(true);
    expect(queue.size).toBe(0);
    expect(queue.take()).toEqual({ messages: [], callbacks: [] });
  });
});

describe("payloadOf", () => {
  it("joins messages, and compresses when one of them may be", () => {
    const plain = new Outgoing("4", undefined, false);
    expect(payloadOf([plain, plain])).toEqual({ text: "4\x1e4", compress: false });
    expect(payloadOf([plain, new Outgoing("4b")])).toEqual({ text: "4\x1e4b", compress: true });
  });
});
