import { describe, expect, it } from "vitest";
import { Outgoing } from "../outgoing.ts";
import { PollQueue, mayCompress, packetsMaxOf } from "./poll-queue.ts";

const text = (index: number): Outgoing => new Outgoing(`4${index}`);

function queueOf(...messages: Outgoing[]): PollQueue {
  const queue = new PollQueue();
  for (const message of messages) queue.push(message);
  return queue;
}

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

  it("hands over no more packets than asked for, in order, and knows the size of the rest", () => {
    const messages = Array.from({ length: 40 }, (_, index) => text(index));
    const queue = queueOf(...messages);
    const before = queue.size;
    const first = queue.takeSome(16).messages;
    expect(first).toEqual(messages.slice(0, 16));
    expect(queue.size).toBe(before - first.reduce((sum, { size }) => sum + size, 0));
    expect(queue.takeSome(16).messages).toEqual(messages.slice(16, 32));
    expect(queue.takeSome(16).messages).toEqual(messages.slice(32));
    expect(queue.empty).toBe(true);
    expect(queue.size).toBe(0);
  });

  it("does not part a message from its attachments", () => {
    const binary = new Outgoing("451-[]", [Buffer.from("a"), Buffer.from("b")]);
    const queue = queueOf(text(1), binary, text(2));
    expect(queue.takeSome(3).messages).toHaveLength(1);
    expect(queue.takeSome(2).messages).toEqual([binary]);
  });

  it("calls back only with what has left last", () => {
    const queue = queueOf(text(1), text(2));
    const callback = (): void => {};
    queue.pushCallback(callback);
    expect(queue.takeSome(1).callbacks).toEqual([]);
    expect(queue.takeSome(1).callbacks).toEqual([callback]);
  });
});

describe("packetsMaxOf", () => {
  it("spares Python's clients, and nobody else", () => {
    expect(packetsMaxOf("Python/3.11 aiohttp/3.8.4")).toBe(16);
    expect(packetsMaxOf("python-requests/2.28.1")).toBe(16);
    expect(packetsMaxOf("Mozilla/5.0")).toBe(Infinity);
    expect(packetsMaxOf(undefined)).toBe(Infinity);
  });
});

describe("mayCompress", () => {
  it("compresses a body as soon as one message may be", () => {
    const plain = new Outgoing("4", undefined, false);
    expect(mayCompress([plain, plain])).toBe(false);
    expect(mayCompress([plain, new Outgoing("4b")])).toBe(true);
  });
});
